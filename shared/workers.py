"""Processes for work on input from outside: it cannot block the event loop, and it can be stopped.

Parsers take quadratic time or grow without bound over some inputs, and no check that is cheaper
than parsing tells which. So long inputs are read in worker processes that the kernel ends when they
use too much processor time or memory; a new worker takes the place of one that ended.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from shared.safe_html import sanitise

T = TypeVar("T")

QUICK_BYTES: Final = 64 * 2**10
QUICK_HTML_BYTES: Final = 16 * 2**10
QUICK_TAGS: Final = 128
QUICK_GROWTH: Final = 2**20
"""Formatting that stays open is written anew in each later block, so a parser makes of HTML at most
about the square of its tags, and its length times its tags. Within these four bounds the worst
inputs that we know are read in under 50 ms (`tests/unit/test_quick_inputs.py` holds them)."""

SHORT_BYTES: Final = 32 * 2**10
SHORT_CPU_S: Final = 0.3
"""A hundred times what the short articles of publishers take."""
LONG_CPU_S: Final = 2.0
DOCUMENT_CPU_S: Final = 15.0
"""For documents of many articles; each of these is bounded once more as a long input."""
WAIT_S: Final = 10.0
DOCUMENT_WAIT_S: Final = 40.0
"""Beyond this time the caller hears that there is too much to do."""
STUCK_S: Final = 30.0
"""A worker that was not given its processor time is ended after this, too."""
MEMORY_BYTES: Final = 256 * 2**20
DOCUMENT_MEMORY_BYTES: Final = 512 * 2**20
WAITING_BYTES: Final = 32 * 2**20
TASKS: Final = 200
"""A worker is replaced after so many, because freed memory does not all go back to the system."""
_POLITE: Final = 10
_LIMITS: Final = frozenset({-signal.SIGPROF, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})


class WorkStoppedError(ValueError):
    """The input takes more time or memory than any useful one."""


class WorkersBusyError(Exception):
    """Too much waits to be worked on; ask again later."""


def is_quick(text: bytes | str) -> bool:
    """Whether HTML, or JSON that may hold HTML, is read quickly whatever is in it."""
    if len(text) > QUICK_BYTES:
        return False
    if isinstance(text, str):
        text = text.encode()
    tags = text.count(b"<") + text.count(b"\\u003")
    if not tags:
        return True
    size = len(text)
    return size <= QUICK_HTML_BYTES and tags <= QUICK_TAGS and size * tags <= QUICK_GROWTH


@dataclass
class _Lane:
    """Workers for inputs of one class of size; the long ones do not hold up the short ones."""

    workers: int
    cpu_s: float
    niceness: int = 0
    memory_bytes: int = MEMORY_BYTES
    waiting: int = 0
    pool: ProcessPool = field(init=False)

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        self.pool = ProcessPool(
            self.workers,
            max_tasks=TASKS,
            initializer=_set_limits,
            initargs=[self.niceness, self.memory_bytes],
            context=context,
        )

    def schedule(self, work: Callable[[], T]) -> "Future[T]":
        future: Future[T] = self.pool.schedule(_limited, args=(work, self.cpu_s), timeout=STUCK_S)
        return future


class Workers:
    """A small pool of processes, made when first used.

    Args:
        preload: modules that the work needs: each new worker has them at once.
    """

    def __init__(self, preload: Sequence[str] = ()) -> None:
        multiprocessing.set_forkserver_preload([*preload])
        self._short = _Lane(2, SHORT_CPU_S)
        self._long = _Lane(max(1, (os.cpu_count() or 1) // 2), LONG_CPU_S, _POLITE)
        self._documents = _Lane(1, DOCUMENT_CPU_S, _POLITE, DOCUMENT_MEMORY_BYTES)

    async def start(self) -> None:
        """Make the processes, which would hold the event loop when the first input comes."""
        for lane in (self._short, self._long, self._documents):
            await asyncio.to_thread(lane.schedule, int)

    async def run(self, work: Callable[[], T], size: int) -> T:
        """Do the work on an input of so many bytes; both the work and its result are pickled.

        Raises:
            WorkStoppedError: it took too much time or memory.
            WorkersBusyError: too much waits already, or its turn did not come in time.
        """
        return await self._run_in(self._lane(size), work, size, WAIT_S)

    async def read_document(self, work: Callable[[], T], size: int) -> T:
        """As `run`, for a document of many articles: it may take longer and need more memory."""
        return await self._run_in(self._documents, work, size, DOCUMENT_WAIT_S)

    async def _run_in(self, lane: _Lane, work: Callable[[], T], size: int, wait_s: float) -> T:
        if lane.waiting and lane.waiting + size > WAITING_BYTES:
            raise WorkersBusyError
        lane.waiting += size
        try:
            async with asyncio.timeout(wait_s):
                return await asyncio.wrap_future(lane.schedule(work))
        except TimeoutError as error:
            raise WorkersBusyError from error
        except (ProcessExpired, MemoryError) as error:
            raise _reason(error) from error
        finally:
            lane.waiting -= size

    def call(self, work: Callable[[], T], size: int) -> T:
        """As `run`, for threads: it waits until the work is done."""
        try:
            return self._lane(size).schedule(work).result()
        except TimeoutError as error:
            raise WorkersBusyError from error
        except (ProcessExpired, MemoryError) as error:
            raise _reason(error) from error

    async def close(self) -> None:
        """End all processes, whatever they do."""
        for lane in (self._short, self._long, self._documents):
            lane.pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types.
            await asyncio.to_thread(lane.pool.join)

    def _lane(self, size: int) -> _Lane:
        return self._short if size <= SHORT_BYTES else self._long


def sanitise_in(workers: Workers, html: str, address: str) -> str:
    """As `sanitise`, for threads; long HTML goes to a worker."""
    if is_quick(html):
        return sanitise(html, address)
    return workers.call(partial(sanitise, html, address), len(html))


def _reason(error: ProcessExpired | MemoryError) -> Exception:
    """The input's own fault, unless the worker was ended from outside."""
    if isinstance(error, ProcessExpired) and error.exitcode not in _LIMITS:
        return WorkersBusyError()
    return WorkStoppedError("takes too long or too much memory to read")


def _set_limits(niceness: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(niceness)


def _limited(work: Callable[[], T], cpu_s: float) -> T:
    """Do the work; the kernel ends the process when its time is up, whatever code it is in."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
