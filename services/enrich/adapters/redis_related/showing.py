"""The links that a reader is shown, and the reason for each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.enrich.domain.related import SCALE, Record, Records, copies_among, shared_numbers
from shared.events import RelatedLink

PINNED: Final = "Chosen by an editor"
_NAMED: Final = 3

Card = Mapping[str, Any]


class Seen(NamedTuple):
    """The article whose links they are."""

    card: Card
    record: Record


class Candidate(NamedTuple):
    card: Card
    record: Record
    score: int
    pinned: bool


def shown_links(own: Seen, candidates: Sequence[Candidate], limit: int) -> tuple[RelatedLink, ...]:
    """What editors pinned, then the best of what is visible, no text twice."""
    chosen: list[int] = []
    copies = copies_among([candidate.record for candidate in candidates])
    for at, candidate in enumerate(candidates):
        if len(chosen) == limit:
            break
        if candidate.pinned or not copies[at, chosen].any():
            chosen.append(at)
    links = [candidates[at] for at in chosen]
    shared = shared_numbers(own.record.vector, Records.of([link.record for link in links]))
    return tuple(_link(own, *each) for each in zip(links, shared, strict=True))


def _link(own: Seen, other: Candidate, shared: Sequence[int]) -> RelatedLink:
    return RelatedLink(
        id=other.card["id"],
        title=other.card["title"],
        url=other.card["url"],
        published_at=other.card["published_at"],
        read_minutes=other.card["read_minutes"],
        score=min(1.0, other.score / SCALE),
        reason=PINNED if other.pinned else _reason(own, other, shared),
    )


def _reason(own: Seen, other: Candidate, shared: Sequence[int]) -> str:
    """The shared terms of most weight, as they are written in one of the articles."""
    written: dict[int, str] = {}
    for card, record in ((other.card, other.record), own):
        written |= zip(record.vector.posted, card["written"], strict=False)
    named = list(dict.fromkeys(word for n in shared if (word := written.get(n))))[:_NAMED]
    return f"Both mention {', '.join(named)}" if named else "Similar words"
