"""Why a tag was chosen, in words a reader understands."""

from services.enrich.domain.tags.candidates import Candidate

_MOST_VARIANTS = 3


def reason_for(candidate: Candidate, variants: list[str]) -> str:
    """As "in the title, 5 times, first at word 3; also as Mr. Karasin"."""
    parts = ["in the title"] if candidate.in_title else []
    parts += [_times(candidate.count + candidate.borrowed), f"first at word {candidate.first + 1}"]
    reason = ", ".join(parts)
    return f"{reason}; also as {', '.join(variants[:_MOST_VARIANTS])}" if variants else reason


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
