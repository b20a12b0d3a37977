from typing import Any

import pytest

from services.search.domain.articles import IndexedArticle, Links
from services.search.domain.indexing import build_indexed_article
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
    return build_indexed_article(
        given, content, Links(story_id="a1"), id="a1", version=7, url="https://example.org/a"
    )


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
