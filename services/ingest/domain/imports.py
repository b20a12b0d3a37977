"""Documents that publishers send in a known format, and what is read out of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMATS = (
    "ninjs",
    "newsarticle",
    "html",
    "rss",
    "atom",
    "jsonfeed",
    "wordpress",
    "wxr",
    "newsmlg2",
    "nitf",
)
"""The values of `?format=`; `docs/formats.md` says how each maps to an article."""

ITEMS = 10_000
"""How many articles one document may hold."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was sent.

    Attributes:
        content_type: as declared by the sender; may be empty.
        url: the address of the page, or the base of relative addresses; None if it is not known.
    """

    content: bytes
    content_type: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something cannot be read: a field of the document, and a sentence about it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """One article of a document that cannot be taken."""

    faults: tuple[Fault, ...]


ImportedItem = Mapping[str, Any] | Refused
"""The fields of an article, as JSON has them; or why there is none."""


class UnreadableDocumentError(ValueError):
    """The document cannot be read at all, or is not of its format."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(f"{fault.field}: {fault.message}" for fault in self.faults)


def unreadable(field: str, message: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(Fault(field, message))
