"""Which release an index was made for: another mapping or analysis is another schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.version import VERSION

UNSTAMPED: Final = "0"
"""The release of an index that does not say which one made it: older than all that do."""


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """An index was made by another release: it can be read, and must be rebuilt to be written.

    Attributes:
        release: the one that made it.
        newer: whether that release is newer than this one, which then leaves the index alone.
    """

    release: str
    newer: bool


def stamp(*declared: object) -> dict[str, str]:
    """What an index made by this release bears: the fields and the analysis as declared."""
    text = json.dumps(declared, sort_keys=True, default=str)
    return {"schema": hashlib.sha256(text.encode()).hexdigest()[:16], "release": VERSION}


def difference(borne: Mapping[str, Any], wanted: Mapping[str, str]) -> SchemaDifference | None:
    """Compare the stamp of an index, perhaps absent, with that of this release."""
    if borne.get("schema") == wanted["schema"]:
        return None
    release = str(borne.get("release", UNSTAMPED))
    return SchemaDifference(release, _numbers(release) > _numbers(wanted["release"]))


def _numbers(release: str) -> list[int]:
    return [int(part) if part.isdecimal() else 0 for part in release.split(".")]
