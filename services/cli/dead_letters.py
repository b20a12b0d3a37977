"""`dateline dead-letters`: what was given up, why, and what is to become of it."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.cli.settings import CliSettings, redis_url
from services.ingest import commands
from shared.messaging.dead_letters import DeadLetter, DeadLetterFilter
from shared.streams import STREAMS

TABLE_WIDTH = 160
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
BURYING = [stream for stream in STREAMS if stream.burying]

F = TypeVar("F", bound=Callable[..., Any])


def moment(text: str) -> datetime:
    """RFC 3339 with a zone, or so long ago: 90s, 15m, 2h, 3d."""
    if match := re.fullmatch(r"(\d{1,6})([smhd])", text):
        return datetime.now(UTC) - timedelta(**{UNITS[match[2]]: int(match[1])})
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        problem = f"{text!r} is no time; say 2026-05-01T08:30:00Z, or 2h for two hours ago"
        raise click.BadParameter(problem) from error
    if parsed.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no zone; put Z behind it for UTC")
    return parsed


def entry_id(text: str) -> str:
    if not re.fullmatch(r"\d+-\d+", text):
        problem = f"{text!r} is no id of a dead letter; `dateline dead-letters list` has them"
        raise click.BadParameter(problem)
    return text


IDS = click.argument("ids", nargs=-1, type=entry_id, metavar="[ID…]")
FILTERS = (
    IDS,
    click.option("--reason", help="A part of the first or last error."),
    click.option(
        "--stream",
        type=click.Choice([stream.name for stream in BURYING]),
        help="The stream it came from.",
    ),
    click.option(
        "--group",
        type=click.Choice(sorted({group for stream in BURYING for group in stream.burying})),
        help="The consumer group that gave up.",
    ),
    click.option("--article", "articles", multiple=True, help="An article's id; may be repeated."),
    click.option("--since", type=moment, help="Given up at or after: a time, or 2h for ago."),
    click.option("--until", type=moment, help="Given up at or before."),
)
CHOICE = (
    click.option("--all", "everything", is_flag=True, help="All of them, without a filter."),
    click.option("--dry-run", is_flag=True, help="Only say which ones."),
)


def _with(options: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


@click.group(name="dead-letters")
def dead_letters() -> None:
    """List, show, replay or discard what was given up."""


@dead_letters.command(name="list")
@_with(FILTERS)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(*, as_json: bool, **filters: Any) -> None:  # noqa: ANN401 - click's
    """The dead letters that are meant; without a filter all of them."""
    found = _find(DeadLetterFilter(**filters))
    if as_json:
        for letter in found:
            print(json.dumps(_summary(letter), ensure_ascii=False))
        return
    table = Table("id", "stream", "group", "article", "attempts", "reason")
    for letter in found:
        table.add_row(*(escape(str(_summary(letter)[name])) for name in _COLUMNS))
    Console(width=None if sys.stdout.isatty() else TABLE_WIDTH).print(table)
    print(_count(len(found), ""))


@dead_letters.command()
@click.argument("dead_letter_id", type=entry_id, metavar="ID")
def show(dead_letter_id: str) -> None:
    """Everything about one dead letter, its event included."""
    found = _find(DeadLetterFilter(ids=[dead_letter_id]))
    if not found:
        raise click.ClickException(f"there is no dead letter {dead_letter_id}")
    for letter in found:
        print(f"id: {letter.id}")
        for name, value in letter.about.items():
            print(f"{name}: {value}")
        print(_event(letter))


@dead_letters.command()
@_with((*FILTERS, *CHOICE))
def replay(*, everything: bool, dry_run: bool, **filters: Any) -> None:  # noqa: ANN401 - click's
    """Put dead letters back into their streams as they came; a second time does nothing."""
    wanted = _chosen(everything, filters)
    if dry_run:
        _say(_find(wanted), "would be replayed")
    else:
        _carry_out(commands.replay_dead_letters, wanted, "replayed")


@dead_letters.command()
@_with((*FILTERS, *CHOICE))
def discard(*, everything: bool, dry_run: bool, **filters: Any) -> None:  # noqa: ANN401 - click's
    """Delete dead letters; the receipts of their articles stay dead-lettered."""
    wanted = _chosen(everything, filters)
    if dry_run:
        _say(_find(wanted), "would be discarded")
    else:
        _carry_out(commands.discard_dead_letters, wanted, "discarded")


def _chosen(everything: bool, filters: dict[str, Any]) -> DeadLetterFilter:  # noqa: FBT001
    if everything == any(filters.values()):
        raise click.UsageError("name ids or filters, or say --all (and not both)")
    return DeadLetterFilter(**filters)


def _find(wanted: DeadLetterFilter) -> list[DeadLetter]:
    return asyncio.run(commands.list_dead_letters(redis_url(CliSettings()), wanted))


def _carry_out(
    step: Callable[[str, DeadLetterFilter], AsyncIterator[DeadLetter]],
    wanted: DeadLetterFilter,
    done: str,
) -> None:
    async def run() -> list[DeadLetter]:
        return [letter async for letter in step(redis_url(CliSettings()), wanted)]

    _say(asyncio.run(run()), done)


def _say(letters: Sequence[DeadLetter], what: str) -> None:
    for letter in letters:
        article = _summary(letter)["article"]
        print(f"{letter.id}  {letter.stream.name}  {article}  {letter.reason}")
    print(_count(len(letters), f" {what}"))


def _count(number: int, what: str) -> str:
    return f"{number} dead letter{'' if number == 1 else 's'}{what}"


_COLUMNS = ("id", "stream", "group", "article", "attempts", "reason")


def _summary(letter: DeadLetter) -> dict[str, str]:
    envelope = letter.envelope
    return {
        "id": letter.id,
        "stream": letter.stream.name,
        "group": letter.group,
        "type": envelope.type if envelope else "unreadable",
        "article": envelope.subject if envelope else "unreadable",
        "attempts": letter.about.get("attempts", ""),
        "at": letter.at.isoformat(timespec="seconds"),
        "reason": letter.reason,
    }


def _event(letter: DeadLetter) -> str:
    try:
        return json.dumps(json.loads(letter.raw), ensure_ascii=False, indent=2)
    except ValueError:
        return repr(letter.raw)
