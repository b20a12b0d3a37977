"""Whether one store holds all that another does, by the versions of their documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from services.search.domain.digests import Digest
from services.search.domain.writes import renumbered
from services.search.ports import ArticleStore

AT_ONCE = 10_000

Versions = Sequence[tuple[str, int]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """The versions of the articles of one store."""

    scan: Callable[[str | None, int], Awaitable[Versions]]
    get: Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]


def versions_of(store: ArticleStore, *, raised: int = 0) -> Held:
    """The store's versions, shifted to an index whose base is `raised` by so many."""

    async def scan(after: str | None, limit: int) -> Versions:
        found = await store.scan_versions(after, limit)
        return [(id_, renumbered(version, raised)) for id_, version in found]

    async def get(ids: Sequence[str]) -> Mapping[str, int]:
        found = await store.get(ids, whole=False)
        return {id_: renumbered(one.version, raised) for id_, one in found.items()}

    return Held(scan, get)


async def compare(
    old: Held, new: Held, on_page: Callable[[], Awaitable[None]]
) -> tuple[Digest, list[str]]:
    """A digest of all that `new` holds, and the ids of which it lacks the version of `old`."""
    digest, behind = Digest(), []
    built = _each(new.scan, on_page)
    ours = await anext(built, None)
    async for id_, version in _each(old.scan, on_page):
        while ours and ours[0] < id_:
            digest.add(*ours)
            ours = await anext(built, None)
        if not ours or ours[0] != id_ or ours[1] < version:
            behind.append(id_)
    while ours:
        digest.add(*ours)
        ours = await anext(built, None)
    return digest, behind


async def still_behind(old: Held, new: Held, ids: Sequence[str]) -> list[str]:
    """Those of the ids of which `new` still lacks the version of `old`."""
    have = await new.get(ids)
    return [id_ for id_, version in (await old.get(ids)).items() if have.get(id_, -1) < version]


class Identified(Protocol):
    @property
    def id(self) -> str: ...


I = TypeVar("I", bound=Identified)  # noqa: E741 - an identified one.


async def pages(
    scan: Callable[[str | None, int], Awaitable[Sequence[I]]], size: int
) -> AsyncIterator[Sequence[I]]:
    """All of a scan, in pages."""
    after: str | None = None
    while page := await scan(after, size):
        yield page
        after = page[-1].id


async def _each(
    scan: Callable[[str | None, int], Awaitable[Versions]], on_page: Callable[[], Awaitable[None]]
) -> AsyncIterator[tuple[str, int]]:
    after: str | None = None
    while page := await scan(after, AT_ONCE):
        await on_page()
        for pair in page:
            yield pair
        after = page[-1][0]
