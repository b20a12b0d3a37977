"""RebuildIndex: a second index filled from the present one and the log, compared, swapped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from services.search.domain.articles import (
    Marker,
    Refused,
    Rejected,
    StoredArticle,
)
from services.search.domain.digests import Digest
from services.search.domain.versions import MAX_GENERATION
from services.search.domain.writes import Write, copy_of, write_of
from services.search.ports import (
    ArticleStore,
    GenerationStore,
    IndexBuild,
    IndexUnavailableError,
    LogReader,
    RebuildFailedError,
    RebuildProgress,
    SearchIndex,
    WriteLog,
)
from services.search.use_cases.compare_stores import (
    compare,
    pages,
    still_behind,
    versions_of,
)
from shared.events import Envelope

PAGE = 200
NAMED = 5
SETTLING_ROUNDS = 10
SETTLING_PAUSE_S = 0.3
REFUSED_PAUSE_S = 1.0
REFUSED_ROUNDS = 60
REPLICAS_SEE_S = 3.0
"""Three looks of every replica at the generation."""

# A node that is lost makes single requests fail for a while: no reason to begin again.
PATIENTLY = retry(
    retry=retry_if_exception_type(IndexUnavailableError),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(30),
    reraise=True,
)

Report = Callable[[RebuildProgress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the new index held when it was compared with the old one."""

    articles: Digest
    seconds: float


class RebuildIndex:
    """Questions and writes go on all the while; nothing changes for them before the swap.

    Where generations have used up the room that versions have for them, the new index counts from
    a higher base.

    Args:
        rest: pause after each page, as a share of the time it took: readers go first.
    """

    def __init__(
        self, index: SearchIndex, log: WriteLog, generations: GenerationStore, *, rest: float = 1.0
    ) -> None:
        self._index = index
        self._log = log
        self._generations = generations
        self._rest = rest

    async def __call__(self, report: Report) -> Rebuilt:
        """Rebuild; `report` may raise to end it, which leaves the index as it was.

        Raises:
            RebuildFailedError: the new index would lack something; it is dropped.
            IndexUnavailableError, StoreUnavailableError: try again later, from the beginning.
        """
        started = time.monotonic()
        raised = _room_needed(await self._marker())
        async with self._log.reading() as events:
            build = await self._index.start_build()
            try:
                await self._copy(build, raised, report)
                await self._follow(build, events, raised, report)
                articles = await self._compare(build, events, raised, report)
                await self._swap(build, raised, report)
            finally:
                await build.drop()
            # What was written to the old index meanwhile is in the log up to its present end.
            await self._follow(self._index, events, 0, report)
        return Rebuilt(articles, time.monotonic() - started)

    async def _marker(self) -> Marker:
        marker = await self._index.read_marker()
        if marker is None:
            raise IndexUnavailableError("the generation of the index is not decided yet")
        return marker

    async def _copy(self, build: IndexBuild, raised: int, report: Report) -> None:
        """Everything the index holds."""
        done = 0
        async for page in pages(PATIENTLY(self._index.scan), PAGE):
            async with self._resting():
                _refuse_loss(await _write(build, _copies(page, raised)))
            done += len(page)
            await report(RebuildProgress("articles", done))

    @asynccontextmanager
    async def _resting(self) -> AsyncIterator[None]:
        start = time.monotonic()
        yield
        await asyncio.sleep(self._rest * (time.monotonic() - start))

    async def _follow(
        self, store: ArticleStore, events: LogReader, raised: int, report: Report
    ) -> None:
        """Write what the log has to say, up to its end as of now."""
        marker = await self._marker()
        marker = replace(marker, base=marker.base + raised)
        done = 0
        while found := await events.read(PAGE):
            writes = [write for one in found if (write := _write_of(one, marker))]
            await _write(store, writes)
            done += len(found)
            await report(RebuildProgress("log", done))
            if len(found) < PAGE:
                break

    async def _compare(
        self, build: IndexBuild, events: LogReader, raised: int, report: Report
    ) -> Digest:
        """Make sure that the build lacks nothing; answers what it holds.

        Raises:
            RebuildFailedError: it does lack something, and the log does not have it either.
        """
        old, new = versions_of(self._index, raised=raised), versions_of(build)
        digest, behind = await compare(old, new, lambda: report(RebuildProgress("comparing")))
        for _ in range(SETTLING_ROUNDS):
            # Written while we looked: the log has it.
            behind = await still_behind(old, new, behind)
            if not behind:
                return digest
            await asyncio.sleep(SETTLING_PAUSE_S)
            await self._follow(build, events, raised, report)
        raise RebuildFailedError(
            f"the new index lacks {len(behind)} articles, among them {', '.join(behind[:NAMED])}; "
            "the index in use is untouched"
        )

    async def _swap(self, build: IndexBuild, raised: int, report: Report) -> None:
        """Nobody else decides on the generation meanwhile: the marker moves with the index."""
        await report(RebuildProgress("swapping"))
        while not await self._generations.take_lease():
            await asyncio.sleep(SETTLING_PAUSE_S)
            await report(RebuildProgress("swapping"))
        try:
            if raised:
                # No replica may write by the old base into the new index: without a generation
                # all of them pause, and ingest too, until the next one is decided.
                await self._generations.forget()
                await asyncio.sleep(REPLICAS_SEE_S)
            marker = await self._marker()
            await build.swap(replace(marker, base=marker.base + raised))
        finally:
            await self._generations.release_lease()


def _room_needed(marker: Marker) -> int:
    """By how much the base must rise: not at all until the last generation there is room for."""
    used = marker.generation - marker.base
    return used - 1 if used >= MAX_GENERATION else 0


def _copies(page: Sequence[StoredArticle], raised: int) -> list[Write]:
    copies: list[Write] = []
    for article in page:
        try:
            copies.append(copy_of(article, raised=raised))
        except (KeyError, TypeError, ValueError) as error:
            raise RebuildFailedError(f"article {article.id} cannot be read: {error!r}") from error
    return copies


def _write_of(envelope: Envelope, marker: Marker) -> Write | None:
    try:
        return write_of(envelope, marker)
    except ValueError:
        return None  # Its consumer makes a dead letter of it.


async def _write(store: ArticleStore, writes: Sequence[Write]) -> list[str]:
    """Write all of it; what the engine refuses for now is handed in again.

    Answers what it will never take, with its reason.

    Raises:
        IndexUnavailableError: the engine goes on refusing.
    """
    waiting = list(writes)
    rejected: list[str] = []
    for _ in range(REFUSED_ROUNDS):
        if not waiting:
            return rejected
        pairs = list(zip(waiting, await PATIENTLY(store.apply)(waiting), strict=True))
        rejected += [f"{w.id}: {v.reason}" for w, v in pairs if isinstance(v, Rejected)]
        waiting = [write for write, verdict in pairs if isinstance(verdict, Refused)]
        if waiting:
            await asyncio.sleep(REFUSED_PAUSE_S)
    raise IndexUnavailableError("the engine goes on refusing writes to the new index")


def _refuse_loss(rejected: Sequence[str]) -> None:
    if rejected:
        raise RebuildFailedError(f"the new index would not take all: {'; '.join(rejected[:NAMED])}")
