"""What ingest needs from outside; the docstrings are the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from services.ingest.domain.content import Bodies
from services.ingest.domain.curation import CurationInput
from services.ingest.domain.decisions import Command, Decision, Idempotency
from services.ingest.domain.keys import Key
from services.ingest.domain.receipts import ArticleState, Receipt, State
from services.ingest.domain.synonyms import SynonymsInput
from services.ingest.domain.tags import TagCommand, TagDecision
from shared.events import ArticleIndexed, Tag


class PartUnavailableError(Exception):
    """A part is out of reach, read-only or full: nothing was changed, ask again later."""


class Ledger(Protocol):
    """The record of every article. Replicas share it; each decision is one indivisible step.

    A decision `accepted` means that the event is in the stream and, as far as Redis is set to,
    on disk. Whatever keeps it from that is the outcome `late`, `unavailable` or `failed`, never an
    error.
    """

    async def decide(self, commands: Sequence[Command]) -> list[Decision]:
        """One decision per command, in order; later commands see the effect of earlier ones."""
        ...

    async def reserve(self, publisher: str, amount: int) -> float:
        """Use up the publisher's rate for so many articles; seconds to wait before sending them.

        Raises:
            PartUnavailableError: the rate is not known.
        """
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: the stream it stands in, its id there, and why it died."""

    stream: str
    id: str
    error: str


class Receipts(Protocol):
    """What became of accepted revisions, for 30 days. Every note may be repeated.

    All methods raise `PartUnavailableError` when receipts are out of reach.
    """

    async def get(self, receipt: str) -> Receipt | None: ...

    async def article(self, article_id: str) -> ArticleState | None: ...

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Those of these ids that are articles, of any publisher."""
        ...

    async def articles(
        self, publisher: str, *, after: str, state: State | None, limit: int
    ) -> tuple[list[ArticleState], str | None]:
        """The publisher's articles by id, and the id to go on after, or None at the end."""
        ...

    async def note_enriched(self, receipt: str) -> None: ...

    async def note_dead_letter(self, article_id: str, receipt: str, letter: Letter) -> None:
        """The receipt, if still open, is dead-lettered; its content may be sent again.

        Nothing happens if the dead letter is gone: it was replayed or discarded meanwhile.
        """
        ...

    async def note_indexed(self, article_id: str, indexed: ArticleIndexed) -> list[float]:
        """Close the receipts of this and of lower revisions; raise or refill the ledger's record.

        Answers the seconds each receipt waited that became searchable by this.
        """
        ...


class Curations(Protocol):
    async def get(self, article_id: str) -> CurationInput:
        """What editors decided last; nothing pinned or banned where nothing was decided.

        Raises:
            PartUnavailableError: it is out of reach.
        """
        ...


class Synonyms(Protocol):
    """Words that editors hold equal; both methods raise `PartUnavailableError`."""

    async def get(self) -> SynonymsInput:
        """All sets; none at first."""
        ...

    async def replace(self, synonyms: SynonymsInput) -> None:
        """Keep these sets, and no others."""
        ...


class Tags(Protocol):
    """The tags that articles have, as far as ingest saw them pass; and what editors decide.

    A decision is one step with its event. All methods raise `PartUnavailableError`.
    """

    async def note(self, tags: Sequence[Tag]) -> None:
        """An article has these. What editors decided about them is known again if it was lost."""
        ...

    async def decide(self, command: TagCommand) -> TagDecision: ...

    async def nearest(self, slug: str) -> str | None:
        """The known slug that this one may have meant."""
        ...


class Keys(Protocol):
    async def find(self, secret: str) -> Key | None:
        """The key of this secret; a revoked one is found for a few seconds more.

        Raises:
            PartUnavailableError: keys are out of reach, or there are none since Redis lost them.
        """
        ...


class SigningSecrets(Protocol):
    """Both methods raise `PartUnavailableError` when secrets are out of reach."""

    async def valid(self, publisher: str) -> list[str]:
        """The secrets that the publisher may sign with now: two of them during a rotation."""
        ...

    async def claim(self, publisher: str, message_id: str, fingerprint: str) -> bool:
        """Whether this message stands for this request: the first one that it came with."""
        ...


class HtmlReader(Protocol):
    def read(self, html: str, address: str) -> Bodies:
        """The HTML cut down to an allow-list, and its text with blank lines between blocks.

        Relative links are of the page at `address`, and made whole.
        """
        ...


class IdempotentBatches(Protocol):
    """Answers of batches by the publisher's idempotency key, for 24 hours.

    All methods raise `PartUnavailableError` when they are out of reach.
    """

    async def begin(self, publisher: str, key: str) -> Literal["first", "running", "answered"]:
        """Leave the key to the first caller, for 30 s at a time."""
        ...

    async def renew(self, publisher: str, key: str) -> None: ...

    async def keep(self, publisher: str, idempotency: Idempotency, answer: bytes) -> None: ...

    async def give_back(self, publisher: str, key: str) -> None:
        """Let the key stand for nothing again."""
        ...

    async def answer(self, publisher: str, idempotency: Idempotency) -> bytes | None:
        """The answer that was kept for this request; None if the key stands for another one."""
        ...
