"""Related links as readers see them: from both ends, with what editors decided."""

from collections.abc import Sequence

from services.search.domain.articles import Edge, Links, StoredArticle
from services.search.domain.cards import RECORD
from services.search.domain.links import PINNED, merge_links


def article(
    id_: str,
    *edges: tuple[str, float],
    copy_of: str | None = None,
    pin: Sequence[str] = (),
    ban: Sequence[str] = (),
) -> StoredArticle:
    choices = {"related": {"pin": list(pin), "ban": list(ban)}}
    found = tuple(Edge(id=other, score=score, reason="shared") for other, score in edges)
    return StoredArticle(
        id=id_,
        version=1,
        withdrawn=False,
        published=0,
        card={"id": id_},
        content={RECORD: {"choices": choices}},
        links=Links(story_id=id_, copy_of=copy_of, edges=found),
    )


def merged(
    one: StoredArticle, others: Sequence[StoredArticle], incoming: Sequence[StoredArticle] = ()
) -> list[tuple[str, float]]:
    links = merge_links(one, {other.id: other for other in others}, incoming)
    return [(link.article.id, link.score) for link in links]


def test_edges_of_both_ends_are_one_list_the_best_first() -> None:
    one = article("one", ("b", 0.5), ("c", 0.3))
    later = article("d", ("x", 0.9), ("one", 0.4))
    found = merged(one, [article("b"), article("c")], [later])
    assert found == [("b", 0.5), ("d", 0.4), ("c", 0.3)]


def test_what_readers_cannot_see_is_left_out() -> None:
    assert merged(article("one", ("gone", 0.9), ("b", 0.5)), [article("b")]) == [("b", 0.5)]


def test_an_article_linked_from_both_ends_is_shown_once() -> None:
    found = merged(article("one", ("b", 0.5)), [article("b")], [article("b", ("one", 0.5))])
    assert found == [("b", 0.5)]


def test_of_several_copies_one_is_shown_and_none_of_the_article_itself() -> None:
    one = article("one", ("copy", 0.9), ("b", 0.6), ("c", 0.5))
    others = [article("copy", copy_of="one"), article("b"), article("c", copy_of="b")]
    assert merged(one, others) == [("b", 0.6)]
    twin = article("twin", ("one", 0.9), ("b", 0.6), copy_of="one")
    assert merged(twin, [article("one"), article("b")]) == [("b", 0.6)]


def test_a_copy_has_the_links_of_its_original() -> None:
    later = article("d", ("one", 0.4))
    assert merged(article("copy", copy_of="one"), [], [later]) == [("d", 0.4)]


def test_pinned_links_come_first_and_say_so() -> None:
    one = article("one", ("b", 0.9), pin=["far", "unseen"])
    links = merge_links(one, {other.id: other for other in (article("b"), article("far"))}, ())
    assert [link.article.id for link in links] == ["far", "b"]
    assert links[0].reason == PINNED


def test_a_ban_holds_at_both_ends() -> None:
    assert merged(article("one", ("b", 0.9), ban=["b"]), [article("b")]) == []
    assert merged(article("one", ("b", 0.9)), [article("b", ban=["one"])]) == []
    incoming = [article("b", ("one", 0.9), ban=["one"])]
    assert merged(article("one"), [], incoming) == []


def test_an_article_never_links_to_itself() -> None:
    one = article("one", ("one", 1.0), pin=["one"])
    assert merged(one, [one]) == []
