"""Dead letters as operators meet them: an entry that a group gave up on, with all about it."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio import Redis

from shared.events import DATA_FIELD, Envelope, NewerSchemaError, UndecodableEventError, decode
from shared.messaging.entries import read_pages
from shared.streams import STREAMS, Stream

ABOUT = (
    "stream",
    "entry_id",
    "group",
    "consumer",
    "attempts",
    "first_error",
    "last_error",
    "code_version",
    "time",
)
"""The fields that stand behind those of the entry itself, in this order."""

# Both are told the id of the dead letter and answer whether it was still there.
LUA = f"""
local ABOUT = {{ {", ".join(f"['{name}'] = true" for name in ABOUT)} }}
local function replay(dead, stream, id)
  local row = redis.call('XRANGE', dead, id, id)[1]
  if not row then return false end
  local last = #row[2]
  while last > 2 and ABOUT[row[2][last - 1]] do last = last - 2 end
  -- First what Redis may refuse for want of memory.
  redis.call('XADD', stream, '*', unpack(row[2], 1, last))
  redis.call('XDEL', dead, id)
  return true
end
local function is_dead(dead, id)
  return #redis.call('XRANGE', dead, id, id) > 0
end
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One entry of `<stream>.dead`; `about` has the fields of `ABOUT` that it carries."""

    id: str
    stream: Stream
    raw: bytes
    about: Mapping[str, str]

    @property
    def reason(self) -> str:
        return self.about.get("last_error", "")

    @property
    def group(self) -> str:
        return self.about.get("group", "")

    @property
    def at(self) -> datetime:
        """When it was given up."""
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(self.id.split("-")[0]))

    @property
    def envelope(self) -> Envelope | None:
        """The event, where it can be read at all."""
        try:
            return decode(self.raw)
        except (NewerSchemaError, UndecodableEventError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterFilter:
    """Which dead letters are meant; what is left out leaves none out.

    `reason` is a part of the first or last error in any case; `articles` are their ids.
    """

    ids: Collection[str] = ()
    stream: str | None = None
    group: str | None = None
    reason: str | None = None
    articles: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, letter: DeadLetter) -> bool:
        errors = letter.about.get("first_error", "") + "\n" + letter.reason
        return (
            (not self.ids or letter.id in self.ids)
            and self.group in {None, letter.group}
            and (self.reason or "").casefold() in errors.casefold()
            and (self.since is None or letter.at >= self.since)
            and (self.until is None or letter.at <= self.until)
            and (not self.articles or _subject(letter) in self.articles)
        )


def _subject(letter: DeadLetter) -> str | None:
    return letter.envelope.subject if letter.envelope else None


async def find_dead_letters(redis: "Redis", wanted: DeadLetterFilter) -> AsyncIterator[DeadLetter]:
    """The dead letters of all streams, oldest first within each stream, read in pages.

    What comes after the start is left out: a replayed entry may die again meanwhile.
    """
    streams = [one for one in STREAMS if one.burying and wanted.stream in {None, one.name}]
    ends = [await _last_id(redis, stream.dead) for stream in streams]
    for stream, end in zip(streams, ends, strict=True):
        async for letter in _letters(redis, stream, end):
            if wanted.takes(letter):
                yield letter


async def _last_id(redis: "Redis", stream: str) -> str:
    newest: Any = await redis.xrevrange(stream, count=1)
    return newest[0][0].decode() if newest else "0-0"


async def _letters(redis: "Redis", stream: Stream, last: str) -> AsyncIterator[DeadLetter]:
    async for page in read_pages(redis, stream.dead, upto=last):
        for entry in page:
            yield _letter(stream, entry.id, entry.fields)


def _letter(stream: Stream, entry_id: str, fields: Mapping[Any, Any]) -> DeadLetter:
    text = {name.decode(errors="replace"): value for name, value in fields.items()}
    about = {name: text[name].decode(errors="replace") for name in ABOUT if name in text}
    return DeadLetter(entry_id, stream, text.get(DATA_FIELD, b""), about)
