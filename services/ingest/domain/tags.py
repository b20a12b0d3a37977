"""What editors decide about a tag, and what comes of it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.ingest.domain.article import Name, TagName
from services.ingest.domain.decisions import Idempotency

TagOutcome = Literal[
    "accepted",
    "merged",  # The tag was merged into another one, which is named.
    "unknown",  # No article ever had the tag.
    "unknown_target",
    "itself",  # A tag cannot be merged into itself.
    "recovering",  # Search has not yet stated the generation.
    "other_request",  # The idempotency key belongs to another request.
    "running",  # The request of this idempotency key is not finished.
]


class NewName(BaseModel):
    """What a tag is to be called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: TagName


class Merge(BaseModel):
    """The slug of the tag that stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    into: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCommand:
    """To rename a tag or to merge it into another.

    Attributes:
        value: the new name, or the slug of the tag that stays.
        event: the envelope as JSON without its number, its target where there is one, and its last
            two braces.
    """

    kind: Literal["rename", "merge"]
    slug: str
    value: str
    event: bytes
    publisher: str
    idempotency: Idempotency | None = None


@dataclass(frozen=True, slots=True)
class TagDecision:
    """The tag as it is called from now on; of a merged one, the tag that it became."""

    outcome: TagOutcome
    slug: str
    name: str = ""
