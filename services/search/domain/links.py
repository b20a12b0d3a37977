"""Related links: the edges of an article and those to it, as one list.

The score of a pair is the same from both ends, so an edge is stored once, with whichever article
was enriched later, and read from both (`docs/related.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.search.domain.articles import StoredArticle
from services.search.domain.cards import RECORD
from shared.events import Choice

PINNED = "chosen by an editor"


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """Another article, how near it is (0 to 1) and why."""

    article: StoredArticle
    score: float
    reason: str


def choices_of(article: StoredArticle) -> Choice:
    """Which related articles the editors pinned and banned."""
    choices = article.content[RECORD].get("choices") or {}
    return Choice.model_validate(choices.get("related") or {})


def merge_links(
    article: StoredArticle,
    others: Mapping[str, StoredArticle],
    incoming: Sequence[StoredArticle],
) -> list[RelatedLink]:
    """The related links of an article: pinned ones first, then the best; one of several copies.

    Args:
        article: whose links these are.
        others: the visible ones of the articles that it pins or has edges to, by id.
        incoming: visible articles with an edge to it that counts, or to the article it is a copy
            of: copies are not linked to.
    """
    choices = choices_of(article)
    pinned = [RelatedLink(others[id_], 1.0, PINNED) for id_ in choices.pin if id_ in others]
    own = [
        RelatedLink(others[edge.id], edge.score, edge.reason)
        for edge in article.links.edges
        if edge.id in others
    ]
    back = [
        RelatedLink(other, edge.score, edge.reason)
        for other in incoming
        for edge in other.links.edges
        if edge.id in {article.id, _original(article)}
    ]
    found = sorted([*own, *back], key=lambda link: (-link.score, link.article.id))
    banned = {article.id, *choices.ban}
    allowed = [
        link
        for link in found
        if link.article.id not in banned and article.id not in choices_of(link.article).ban
    ]
    return _one_of_copies([*pinned, *allowed], shown=_original(article))


def _one_of_copies(links: Sequence[RelatedLink], *, shown: str) -> list[RelatedLink]:
    kept: dict[str, RelatedLink] = {}
    for link in links:
        kept.setdefault(_original(link.article), link)
    kept.pop(shown, None)
    return list(kept.values())


def _original(article: StoredArticle) -> str:
    return article.links.copy_of or article.id
