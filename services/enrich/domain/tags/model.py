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
    `given` says that people chose it: it is kept whatever else there is. `aliases` are slugs that
    editors merged into this one, `renamed` says that they gave it its name. Of a subject, `id` is
    the address of its Media Topic and `parents` are those above it; the top ones, which are all
    that is given, have none.
    """

    slug: str
    name: str
    kind: TagKind
    score: float
    reason: str
    given: bool = False
    aliases: tuple[str, ...] = ()
    renamed: bool = False
    id: str | None = None
    parents: tuple[str, ...] = ()
