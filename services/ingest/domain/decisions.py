"""What is asked of the ledger of articles, and what it decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["publish", "correct", "withdraw", "curate"]
Outcome = Literal[
    "accepted",  # A new revision: its event is in the stream.
    "unchanged",
    "superseded",  # An older revision than the current one: nothing changes.
    "conflict",  # The revision is taken by other content.
    "exhausted",  # The counter has no revision left.
    "unknown",  # No such article.
    "foreign",  # Another publisher's article.
    "withdrawn",  # There is nothing left to curate.
    "other_identity",  # A correction that names another article.
    "other_request",  # The idempotency key belongs to another request.
    "running",  # The request of this idempotency key is not finished.
    "limited",  # The publisher's rate.
    "recovering",  # Search has not yet stated the generation.
    "late",  # Asked after its deadline; the caller was told so already.
    "overloaded",  # Too much waits already, or Redis is nearly full.
    "unavailable",  # Redis is out of reach, read-only or full, or does not keep what it answers.
]
SETTLED: frozenset[Outcome] = frozenset({"accepted", "unchanged", "superseded"})


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A publisher's idempotency key, and the fingerprint of the request it stands for."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """To publish, correct, withdraw or curate one article.

    Attributes:
        revision: as the publisher states it, if at all.
        event: the envelope as JSON without its last two braces: the ledger appends what it alone
            knows, and closes it.
        same_identity: whether a correction names the article it is sent to.
        rated: whether the publisher's rate is asked for; a batch has asked for its items.
        of_others: whether another publisher's article may be meant.
        choices: what editors chose, as JSON.
    """

    kind: Kind
    id: str
    publisher: str
    receipt: str
    event: bytes
    revision: int | None = None
    external_id: str | None = None
    url: str = ""
    content_hash: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    same_identity: bool = True
    rated: bool = True
    idempotency: Idempotency | None = None
    of_others: bool = False
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The current revision with its receipt; `wait_s` is when to ask again."""

    outcome: Outcome
    id: str
    revision: int = 0
    receipt: str = ""
    wait_s: float = 0
