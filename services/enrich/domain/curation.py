"""What editors decided for one article: shown whatever is computed, or never shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choices:
    """`pin` in the order wanted; what is in both lists is banned."""

    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curation:
    """Tags are named by name or slug, links by article id; `number` grows with each decision."""

    number: int = 0
    tags: Choices = Choices()
    related: Choices = Choices()


NOT_CURATED = Curation()
