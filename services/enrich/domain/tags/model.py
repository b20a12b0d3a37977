from dataclasses import dataclass
from typing import Literal

TagKind = Literal["place", "person", "name", "topic", "subject"]


@dataclass(frozen=True, slots=True)
class TaggedText:
    """What the tags of an article are chosen from; `language` is a BCP 47 tag or None."""

    title: str
    summary: str = ""
    body: str = ""
    language: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """`score` is the probability, 0 to 1, that an editor would choose the tag too.

    `slug` is the same wherever the same thing is tagged; `reason` is a sentence for readers.
    """

    slug: str
    name: str
    kind: TagKind
    score: float
    reason: str
