"""Links between articles, read from the other end."""

from services.search.domain.articles import Links
from services.search.ports import SearchIndex
from tests.contract.ports.articles import NOW, article, linked, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, write


class LinkBehaviour(SearchIndexSuite):
    async def test_links_are_stored_with_the_article(self, index: SearchIndex) -> None:
        links = linked("story", at=17, copy_of="b", b=0.93, c=0.2)
        await write(index, article("a", links=links), article("alone"))

        stored = await index.get(["a", "alone"])

        assert stored["a"].links == links
        assert stored["alone"].links == Links(story_id="alone")
        assert (await index.get(["a"], whole=False))["a"].links == links

    async def test_who_links_here_is_told_best_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("a"),
            article("weak", title="Weak", links=linked("s", at=5, a=0.21, b=0.99)),
            article("strong", links=linked("s", at=5, a=0.87)),
            article("whole", links=linked("s", at=6, a=1.0)),
            article("none", links=linked("s", at=5, a=0.0)),
            article("older", links=linked("s", at=4, a=0.9)),
            article("later", published=NOW + 1, links=linked("s", at=5, a=0.9)),
            article("gone", links=linked("s", at=5, a=0.9)),
            article("other", links=linked("s", at=5, aa=0.9)),
        )
        await write(index, tombstone("gone", 2))

        hits = await index.linked_to("a", since=4, now=NOW, limit=9)

        assert [hit.id for hit in hits] == ["whole", "strong", "weak", "none"]
        [edge] = [edge for edge in hits[2].links.edges if edge.id == "a"]
        assert (edge.score, edge.reason) == (0.21, "like a")
        assert hits[2].card["title"] == "Weak"
        assert [one.id for one in await index.linked_to("a", since=5, now=NOW, limit=9)] == [
            "whole"
        ]
        assert len(await index.linked_to("a", since=4, now=NOW, limit=2)) == 2
        assert await index.linked_to("nobody", since=0, now=NOW, limit=9) == []
