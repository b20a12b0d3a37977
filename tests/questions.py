"""Odd questions: any Unicode, every operator that some engine knows, far too long ones."""

import re
from typing import Any
from urllib.parse import quote, quote_from_bytes

import httpx
from hypothesis import strategies as st

from shared.events import ArticleEnriched
from tests.builders import enriched

OPERATORS = [
    *('"', "'", "-", "+", "*", "?", "~", "^", ":", "\\", "/", "(", ")", "[", "]", "{", "}", "<"),
    *(
        ">",
        "=",
        "!",
        "|",
        "&",
        "&&",
        "||",
        "AND",
        "OR",
        "NOT",
        "TO",
        "IN",
        "NEAR",
        "title:",
        "_id:",
    ),
    *("body:(", "[* TO *]", "{!lucene}", "/.*/", "a~2", "b^9", "$where", "';--", "%00", "\\u0000"),
    *(
        "tunnel",
        "flamingos",
        "-ice",
        "İ",
        "ǰ",
        "ﬁ",
        "ß",
        "\u202e",
        "\u0301",
        "\u200d",
        "\ufeff",
        "👩‍👩‍👧",
    ),
    *("\ud7ff", "\uffff", "\U0010ffff", "\x00", "\x7f", "\r\n", "\t", "\u2028", " ", "  "),
    *("本語", "ไทย", "서울", "عربية", "ኢትዮጵያ", "नमस्ते"),
]
# Longer ones the client refuses to send.
LONGEST_PATH = 65_000
IMAGE = "<img src=x onerror=alert(1)>"
TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(OPERATORS), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(OPERATORS), st.text(max_size=6)), max_size=20).map(" ".join),
    st.tuples(st.sampled_from([*OPERATORS, "ab ", "x"]), st.integers(1, 5_000)).map(
        lambda pair: (pair[0] * pair[1])[:5_000]
    ),
)
# Bytes that are no UTF-8 reach a server, too.
ENCODED = st.one_of(TEXT.map(lambda text: quote(text, safe="")), st.binary().map(quote_from_bytes))
_NAMES = [
    *("q", "category", "tag", "author", "publisher", "language", "year", "published_from"),
    *("published_to", "read_minutes_min", "read_minutes_max", "sort", "page", "page_size"),
    *("cursor", "fields", "facets", "facet_size", "highlight", "typos", "collapse", "explain"),
]
_USUAL = ["1", "0", "true", "newest", "tag,author", "2024-01-01", "id,title", "-News", "auto", ""]
PARAMETERS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(_NAMES), ENCODED),
        st.one_of(st.sampled_from(_USUAL).map(quote), ENCODED),
    ),
    max_size=6,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
SEARCHES = ENCODED.map(lambda q: f"/v1/search?q={q}&highlight=true&explain=true&facets=tag")
PATHS = st.one_of(
    SEARCHES,
    PARAMETERS.map(lambda query: f"/v1/search?{query}"),
    ENCODED.map(lambda q: f"/v1/suggest?q={q}"),
    ENCODED.map(lambda q: f"/v1/tags?q={q}"),
    ENCODED.map(lambda url: f"/v1/articles/by-url?url={url}"),
    ENCODED.map(lambda category: f"/v1/latest?category={category}"),
    ENCODED.map(lambda article_id: f"/v1/articles/{article_id}"),
).filter(lambda path: len(path) <= LONGEST_PATH)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
_DIALECT_NAMES = [
    *("query", "page", "hitsPerPage", "facets", "filters", "facetFilters", "numericFilters"),
    *("attributesToRetrieve", "attributesToHighlight", "attributesToSnippet", "highlightPreTag"),
    *("params", "maxValuesPerFacet", "facetQuery", "typoTolerance", "queryType", "unknown"),
]
_FILTERS = st.lists(
    st.sampled_from(
        [*("category:", "tag:a", "(", ")", "AND", "OR", "NOT", '"a b"', "read_minutes", ">=", "3")]
    ),
    max_size=12,
).map(" ".join)
DIALECT_QUERIES = st.dictionaries(
    st.sampled_from(_DIALECT_NAMES), st.one_of(_JSON, _FILTERS), max_size=5
)
_TAG = re.compile(r"</?mark>")


def odd_articles() -> dict[str, ArticleEnriched]:
    """One article that is an attack all over, and one whose every word is odd."""
    attack = enriched(
        "attack",
        title=f"Attack {IMAGE}",
        summary=f"Summary {IMAGE}",
        body=f"Body {IMAGE} & <script>alert(1)</script> " * 9,
        authors=[f"Author {IMAGE}"],
        categories=[f"Category {IMAGE}"],
        tags=[f"Tag {IMAGE}"],
    )
    return {"attack": attack, "odd": enriched("odd", title="Odd", body=" ".join(OPERATORS))}


def check(answer: httpx.Response, *allowed: int) -> None:
    """200, or a problem; and no markup in any highlight but the marks."""
    assert answer.status_code in {200, 400, *allowed}, answer.text
    body = answer.json()
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["status"] == answer.status_code
    for hit in body.get("hits", ()):
        for text in texts(hit.get("highlight")):
            assert not re.search("[<>]", _TAG.sub("", text)), text
            assert text.count("<mark>") == text.count("</mark>")


def texts(highlight: Any) -> list[str]:  # noqa: ANN401 - JSON.
    shown = highlight or {}
    return [text for text in (shown.get("title"), *(shown.get("body") or ())) if text]
