"""What operators do with dead letters, and what publishers see of it."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from services.cli.app import main
from services.cli.dead_letters import moment
from services.ingest import commands
from services.ingest.adapters.redis_dead_letters import RedisDeadLetters
from services.ingest.adapters.redis_receipts import RedisReceipts
from services.ingest.ports import Letter
from shared.events import encode
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    Done,
    Failed,
    StreamConsumer,
    Subscription,
    Verdict,
)
from shared.messaging.dead_letters import DeadLetter, DeadLetterFilter
from shared.streams import ENRICHED, INDEXED, PUBLISHED
from shared.telemetry import Metrics
from tests import streams
from tests.integration.ingest.test_receipts import enriched
from tests.publishing import ID, Ingest, envelope, indexed
from tests.waiting import eventually

FAST = ConsumerOptions(claim_idle_ms=400, scan_ms=50, retry_ms=20, stop_timeout_s=3)
ALL = DeadLetterFilter()


class Enrich:
    """A consumer of what was published that fails until it is repaired."""

    def __init__(self, ingest: Ingest, url: str) -> None:
        self.repaired = False
        self.handled: list[bytes] = []
        self._ingest = ingest
        self.consumer = StreamConsumer(
            url,
            [Subscription(PUBLISHED, "enrich", self._handle)],
            metrics=Metrics(),
            options=FAST,
        )

    async def _handle(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        if not self.repaired:
            return [Failed("ValueError: no such language", permanent=True) for _ in deliveries]
        self.handled += [delivery.fields[b"__data__"] for delivery in deliveries]
        return [Done()] * len(deliveries)


async def letters(url: str, wanted: DeadLetterFilter = ALL) -> list[DeadLetter]:
    return await commands.list_dead_letters(url, wanted)


async def replay(url: str, wanted: DeadLetterFilter = ALL) -> list[str]:
    return [letter.id async for letter in commands.replay_dead_letters(url, wanted)]


async def steps(ingest: Ingest, receipt: str) -> list[tuple[str, str | None]]:
    answer = (await ingest.http.get(f"/v1/receipts/{receipt}")).json()
    return [(step["state"], step["detail"]) for step in answer["steps"]]


async def test_a_replayed_article_comes_back_as_it_was_and_its_receipt_goes_on(
    ingest: Ingest, redis_url: str
) -> None:
    enrich = Enrich(ingest, redis_url)
    await enrich.consumer.start()
    receipt = (await ingest.post()).receipt
    (accepted,) = await streams.entries(ingest.redis, PUBLISHED.name)
    await eventually(lambda: ingest.state(receipt), "dead_lettered")
    assert await steps(ingest, receipt) == [
        ("accepted", None),
        ("dead_lettered", "ValueError: no such language"),
    ]
    mine = (await ingest.http.get("/v1/articles?state=dead_lettered")).json()["items"]
    assert [(item["id"], item["receipt"], item["state"]) for item in mine] == [
        (ID, receipt, "dead_lettered")
    ]

    enrich.repaired = True
    assert len(await replay(redis_url)) == 1
    assert await replay(redis_url) == []

    await eventually(lambda: len(enrich.handled), 1)
    await enrich.consumer.stop()
    assert enrich.handled == [accepted[b"__data__"]]
    assert await ingest.state(receipt) == "accepted"
    assert await letters(redis_url) == []

    await ingest.tell(ENRICHED, await enriched(ingest))
    await eventually(lambda: ingest.state(receipt), "enriched")
    await ingest.tell(INDEXED, indexed(1))
    await eventually(lambda: ingest.state(receipt), "searchable")
    reached = await steps(ingest, receipt)
    assert [state for state, _ in reached] == [
        "accepted",
        "dead_lettered",
        "enriched",
        "searchable",
    ]
    assert "; replayed at 20" in str(reached[1][1])


async def bury(ingest: Ingest, error: str = "ValueError: too wide", **fields: str) -> str:
    """What search does with the latest article when it gives up; answers the dead letter's id."""
    about = {
        "stream": ENRICHED.name,
        "entry_id": "1-1",
        "group": "search",
        "consumer": "c",
        "attempts": "5",
        "first_error": error,
        "last_error": error,
        "code_version": "0",
        "time": "2026-05-01T00:00:00+00:00",
    }
    raw = encode(envelope(await enriched(ingest)))
    entry_fields: dict[Any, Any] = {"__data__": raw, **fields, **about}
    entry = await ingest.redis.xadd(ENRICHED.dead, entry_fields)
    assert isinstance(entry, bytes)
    return entry.decode()


async def test_a_letter_that_dies_again_after_its_replay_is_dead_again(
    ingest: Ingest, redis_url: str
) -> None:
    receipt = (await ingest.post()).receipt
    await bury(ingest, "first")
    await eventually(lambda: ingest.state(receipt), "dead_lettered")
    await replay(redis_url)
    await bury(ingest, "second")

    await eventually(lambda: ingest.state(receipt), "dead_lettered")
    assert (await steps(ingest, receipt))[-1] == ("dead_lettered", "second")


async def test_a_replay_ends_though_every_letter_dies_again_at_once(
    ingest: Ingest, redis_url: str
) -> None:
    await ingest.post()
    for _ in range(3):
        await bury(ingest)

    replayed = 0
    async for _ in commands.replay_dead_letters(redis_url, ALL):
        replayed += 1
        assert replayed <= 3
        await bury(ingest, "again")

    assert replayed == len(await letters(redis_url)) == 3


async def test_a_replayed_older_revision_is_superseded_by_the_newer_one(
    ingest: Ingest, redis_url: str
) -> None:
    receipt = (await ingest.post()).receipt
    await bury(ingest)
    await eventually(lambda: ingest.state(receipt), "dead_lettered")
    newer = (await ingest.post(title="Newer")).receipt
    await ingest.tell(INDEXED, indexed(2))
    await eventually(lambda: ingest.state(newer), "searchable")
    assert await ingest.state(receipt) == "dead_lettered"

    await replay(redis_url)
    await ingest.tell(INDEXED, indexed(2))
    await eventually(lambda: ingest.state(receipt), "superseded")


async def test_fifty_replays_at_once_bring_one_entry_back(ingest: Ingest, redis_url: str) -> None:
    await ingest.post()
    await bury(ingest)
    (letter,) = await letters(redis_url)
    dead_letters = RedisDeadLetters(ingest.redis)

    moved = await asyncio.gather(*(dead_letters.replay(letter) for _ in range(50)))

    assert sum(moved) == 1
    assert await ingest.redis.xlen(ENRICHED.name) == 1


async def test_the_fields_of_a_foreign_entry_come_back_exactly(
    ingest: Ingest, redis_url: str
) -> None:
    await ingest.post()
    await bury(ingest, colour="red")

    await replay(redis_url)

    (entry,) = await streams.entries(ingest.redis, ENRICHED.name)
    assert set(entry) == {b"__data__", b"colour"}


async def test_a_late_note_of_a_replayed_letter_changes_nothing(
    ingest: Ingest, redis_url: str
) -> None:
    receipt = (await ingest.post()).receipt
    await bury(ingest)
    await eventually(lambda: ingest.state(receipt), "dead_lettered")
    (letter,) = await replay(redis_url)
    await eventually(lambda: ingest.state(receipt), "enriched")

    await RedisReceipts(ingest.redis).note_dead_letter(
        ID, receipt, Letter(ENRICHED.dead, letter, "late")
    )

    assert await ingest.state(receipt) == "enriched"


async def test_a_discarded_letter_stays_dead_for_its_publisher(
    ingest: Ingest, redis_url: str
) -> None:
    receipt = (await ingest.post()).receipt
    await bury(ingest)

    discarded = [one.id async for one in commands.discard_dead_letters(redis_url, ALL)]

    assert len(discarded) == 1
    assert await letters(redis_url) == []
    assert await ingest.state(receipt) == "dead_lettered"
    assert (await steps(ingest, receipt))[-1][1] == "ValueError: too wide; discarded"
    again = await ingest.post()
    assert (again.status, again.said) == (202, "accepted")


async def test_letters_are_found_by_everything_that_is_known_of_them(
    ingest: Ingest, redis_url: str
) -> None:
    await ingest.post()
    wide = await bury(ingest)
    long = await bury(ingest, "KeyError: 'long'")
    await ingest.redis.xadd(PUBLISHED.dead, {"__data__": b"\xff", "group": "enrich"})

    async def found(**wanted: object) -> set[str]:
        chosen = DeadLetterFilter(**wanted)  # type: ignore[arg-type]
        return {letter.id for letter in await letters(redis_url, chosen)}

    # Ids are of their stream alone: those of two streams may be the same.
    assert len(await letters(redis_url)) == 3
    assert await found(reason="keyerror") == {long}
    assert await found(group="search") == {wide, long}
    assert await found(stream=ENRICHED.name) == {wide, long}
    assert await found(articles=[ID]) == {wide, long}
    assert await found(ids=[wide]) == {wide}
    assert await found(since=moment("1h"), group="search") == {wide, long}
    assert await found(until=moment("1h")) == set()


async def test_an_operator_looks_and_replays(
    ingest: Ingest,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)

    async def dateline(*arguments: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            await asyncio.to_thread(main, ["dead-letters", *arguments])
        assert stopped.value.code == 0
        return capsys.readouterr().out

    await ingest.post()
    letter = await bury(ingest)

    assert json.loads(await dateline("list", "--json"))["reason"] == "ValueError: too wide"
    assert "search" in await dateline("list")
    assert '"title": "A title"' in await dateline("show", letter)
    planned = await dateline("replay", "--reason", "wide", "--dry-run")
    assert planned.endswith("1 dead letter would be replayed\n")
    assert await ingest.redis.xlen(ENRICHED.dead) == 1
    assert (await dateline("replay", letter)).endswith("1 dead letter replayed\n")
    assert await ingest.redis.xlen(ENRICHED.dead) == 0
    assert await dateline("replay", letter) == "0 dead letters replayed\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay"], "name ids or filters, or say --all"),
        (["discard"], "name ids or filters, or say --all"),
        (["show", "1-1"], "there is no dead letter 1-1"),
        (["show", "x"], "'x' is no id of a dead letter"),
        (["list", "--since", "yesterday"], "'yesterday' is no time; say 2026-05-01T08:30:00Z"),
        (["list", "--since", "2026-05-01T08:30:00"], "has no zone"),
        (["list", "--stream", "articles.enrichd"], "articles.published, articles.enriched"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    with pytest.raises(SystemExit) as stopped:
        main(["dead-letters", *arguments])
    assert stopped.value.code == 2
    written = capsys.readouterr().err.replace("'", "")
    assert said.replace("'", "") in written
    assert written.count("\n") == 1
