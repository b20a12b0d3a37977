from typing import Any

import pytest
from services.search.domain.analysis import GAP

from services.search.domain.articles import IndexedArticle
from services.search.domain.indexing import LEAD_WORDS, build_indexed_article
from services.search.domain.question import Facet


def indexed(body: str = "Ships left the port.", **card: object) -> IndexedArticle:
    given: dict[str, Any] = {
        "title": "Opening consulates",
        "summary": "",
        "authors": [],
        "tags": [],
        "categories": [],
        "publisher": "demo",
        "language": "en",
        "published_at": "2024-05-01T10:00:00Z",
        "read_minutes": 3,
        **card,
    }
    content = {"body": body, "enrichment": {"tags": [{"slug": "khankendi", "name": "Khankendi"}]}}
    return build_indexed_article(given, content, id="a1", version=7, url="https://example.org/a")


def test_every_searchable_word_is_in_all_terms() -> None:
    article = indexed(summary="A short wire.", tags=["Oil prices"], authors=["Jane O'Neill"])
    assert article.all_terms == (
        f"open consul {GAP} a short wire {GAP} ship left the port {GAP} oil price {GAP} jane oneil"
    )


def test_a_summary_that_begins_the_body_is_not_counted_twice() -> None:
    article = indexed(summary="Ships left the port.", body="Ships left  the port.\n\nThen rain.")
    assert article.all_terms == f"open consul {GAP} ship left the port then rain"


def test_an_article_without_words_still_counts_in_the_statistics() -> None:
    assert indexed(title="!!!", body="…").all_terms == GAP


def test_a_title_stands_between_gaps_so_that_only_itself_is_exact() -> None:
    article = indexed()
    assert article.title_terms == f"{GAP} open consul {GAP}"
    assert article.title_words == "opening consulates"


def test_the_lead_is_the_first_words_of_summary_and_body() -> None:
    article = indexed(summary="First of all", body="word " * 100)
    assert article.lead_terms.split()[:4] == ["first", "of", "all", "word"]
    assert len(article.lead_terms.split()) == LEAD_WORDS


def test_the_vocabulary_has_shown_words_unstemmed_and_once() -> None:
    article = indexed(summary="Consulates, again", tags=["Erdoğan", "日本"], authors=["Jane"])
    assert article.words == ("opening", "consulates", "again", "erdogan", "jane")


def test_paths_and_languages_count_for_their_parents() -> None:
    article = indexed(categories=["News>Economy", "News > Sport"], language="en-GB")
    assert article.facets[Facet.CATEGORY] == ("News", "News > Economy", "News > Sport")
    assert article.facets[Facet.LANGUAGE] == ("en", "en-GB")


@pytest.mark.parametrize(
    ("published_at", "year", "published"),
    [
        ("2024-01-01T00:30:00+04:00", "2023", 1_704_054_600),
        ("1963-06-01T00:00:00Z", "1963", -207_878_400),
        ("1700-01-01T00:00:00Z", "1700", -8_520_336_000),
        ("1969-12-31T23:59:59.5Z", "1969", -1),
    ],
)
def test_time_is_whole_seconds_and_the_year_is_utc(
    published_at: str, year: str, published: int
) -> None:
    article = indexed(published_at=published_at)
    assert (article.facets[Facet.YEAR], article.published) == ((year,), published)


def test_values_are_distinct_and_without_outer_spaces() -> None:
    article = indexed(tags=["Oil", " Oil ", ""], authors=["Jane"])
    assert article.facets[Facet.TAG] == ("Oil",)
    assert article.tag_slugs == ("khankendi",)
    assert article.facets[Facet.PUBLISHER] == ("demo",)


def test_missing_lists_are_empty() -> None:
    card = {"title": "T", "published_at": "2024-05-01T10:00:00Z", "read_minutes": 1}
    article = build_indexed_article(card, {}, id="a", version=1, url="https://example.org")
    assert article.facets[Facet.TAG] == article.facets[Facet.LANGUAGE] == article.tag_slugs == ()
