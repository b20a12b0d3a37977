"""The text fields of an article, as terms separated by spaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.search.adapters.tantivy_index.analysis import (
    characters,
    exact_terms,
    joined_terms,
    primary,
    stems,
)

GAP: Final = "¶"
"""Stands between fields: no word is folded to it, and no phrase spans it."""
_LEAD_WORDS: Final = 30


def text_fields(card: Mapping[str, Any], body: str) -> dict[str, str]:
    """Every text field with its terms.

    `all` and `title` have stems, marked with the language, `exact` and `headline` words as they are
    spelled. The fields `in_...` have both, a gap between them.
    """
    language = primary(card["language"])
    summary = card["summary"] or ""
    texts = {
        "title": [card["title"]],
        # A summary derived from the body would count its words twice.
        "summary": [] if body.startswith(summary.removesuffix("…")) else [summary],
        "body": [body],
        "tags": card["tags"],
        "authors": card["authors"],
    }
    exact = {name: [exact_terms(text) for text in given] for name, given in texts.items()}
    inflected = {name: [stems(terms, language) for terms in exact[name]] for name in texts}
    whole = " \n ".join(text for given in texts.values() for text in given)
    lead = [term for name in ("summary", "body") for terms in inflected[name] for term in terms]
    fields = {
        "title": _joined(inflected["title"]),
        "headline": _joined(exact["title"]),
        "lead": " ".join(lead[:_LEAD_WORDS]),
        "all": _joined(terms for name in texts for terms in inflected[name]),
        "exact": _joined(terms for name in texts for terms in exact[name]),
        "joined": " ".join(joined_terms(whole)),
        "characters": " ".join(characters(whole)),
    }
    return fields | {f"in_{name}": _joined([*exact[name], *inflected[name]]) for name in texts}


def _joined(texts: Iterable[list[str]]) -> str:
    """Never empty: every article counts in the statistics of a field."""
    return f" {GAP} ".join(" ".join(terms) for terms in texts if terms) or GAP
