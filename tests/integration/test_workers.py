"""Worker processes read what may be hostile: they are stopped, and the service goes on."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest

from services.ingest.adapters.html import SelectolaxHtmlReader
from shared.http import FieldError, ProblemError
from shared.workers import SHORT_BYTES, Workers, WorkersBusyError, WorkStoppedError, is_quick

READ = partial(SelectolaxHtmlReader().read, address="https://news.example/a")
OPEN = "".join(f"<b title={number}>" for number in range(6000))
HOSTILE = {
    "nesting": "<div>" * 200_000,
    "formatting": "<p>" + OPEN + "<p>x" * 6000,
    "attributes": "<b " + " ".join(f"a{number:x}" for number in range(150_000)) + ">x",
}


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers(preload=["services.ingest.adapters.html"])
    await made.start()
    yield made
    await made.close()


def raise_problem() -> None:
    raise ProblemError(422, "bad", "It is bad.", [FieldError(field="a", message="is bad")])


def fill_memory() -> int:
    return len(bytearray(2**30))


async def longest_hold(until: "asyncio.Task[object]") -> float:
    longest = 0.0
    while not until.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    return longest


@pytest.mark.parametrize("name", HOSTILE)
async def test_html_that_takes_parsers_long_is_stopped_and_holds_nobody(
    workers: Workers, name: str
) -> None:
    html = HOSTILE[name]
    reading = asyncio.create_task(workers.run(partial(READ, html), len(html)))
    held = await longest_hold(reading)

    with pytest.raises(ValueError, match=r"too long|too much memory"):
        await reading
    # Ten times what it takes on an idle machine.
    assert held < 5
    assert (await workers.run(partial(READ, "<p>Good."), len(html))).text == "Good."


async def test_what_fills_the_memory_is_stopped(workers: Workers) -> None:
    with pytest.raises(WorkStoppedError):
        await workers.run(fill_memory, 10)


async def test_a_problem_comes_back_as_it_was_raised(workers: Workers) -> None:
    with pytest.raises(ProblemError) as raised:
        await workers.run(raise_problem, 10)
    assert raised.value.errors[0].field == "a"


async def test_short_inputs_do_not_wait_for_long_ones(workers: Workers) -> None:
    slow = asyncio.create_task(workers.run(partial(time.sleep, 5), SHORT_BYTES + 1))
    await workers.run(int, 10)

    assert not slow.done()
    slow.cancel()


async def test_more_than_may_wait_is_refused(workers: Workers) -> None:
    slow = asyncio.create_task(workers.run(partial(time.sleep, 5), 30 * 2**20))
    await asyncio.sleep(0)
    with pytest.raises(WorkersBusyError):
        await workers.run(int, 10 * 2**20)
    slow.cancel()


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_no_hostile_html_counts_as_quick(html: str) -> None:
    assert not is_quick(html)
    assert not is_quick(html.replace("<", "\\u003c").encode())


def test_plain_text_is_quick() -> None:
    assert is_quick(b'{"body": "' + b"word " * 5000 + b'"}')
    assert is_quick("<p>A <b>short</b> article.</p>" * 30)
