"""`dateline reenrich`: articles once more through enrich, as the index holds them."""

import asyncio
import re
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.cli.settings import CliSettings, memory_redis_url, redis_url, service_url
from services.enrich import commands
from services.enrich.commands import Compared, NothingFoundError, Selection
from services.enrich.ports import ArticlesUnavailableError, DecisionsUnavailableError
from shared.events import Enrichment

_POLL_S = 0.5
_COUNT = click.IntRange(min=1)
_VERSION = re.compile(r"\d+(\+\d+)?")


def day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; say 2026-05-01") from error


def version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        message = f"{text!r} is no version of the rules; say 5, or 5+2 with what sections taught"
        raise click.BadParameter(message)
    return text


@click.command()
@click.option("--all", "every", is_flag=True, help="Every article.")
@click.option("--publisher", help="Articles of this publisher.")
@click.option(
    "--from", "published_from", type=day, metavar="DATE", help="Published from this day on."
)
@click.option("--before", type=day, metavar="DATE", help="Published before this day.")
@click.option(
    "--algorithm", type=version, metavar="VERSION", help="Enriched by this version of the rules."
)
@click.option("--related", is_flag=True, help="Every article, so that its own links are complete.")
@click.option("--compare", is_flag=True, help="Only show old and new side by side.")
@click.option(
    "--limit", type=_COUNT, default=20, show_default=True, help="How many --compare shows."
)
def reenrich(
    every: bool,  # noqa: FBT001
    publisher: str | None,
    published_from: str | None,
    before: str | None,
    algorithm: str | None,
    related: bool,  # noqa: FBT001
    compare: bool,  # noqa: FBT001
    limit: int,
) -> int:
    """Enrich articles anew; may be stopped and repeated, and changes nothing twice."""
    selection = Selection(
        publisher=publisher,
        published_from=published_from,
        published_before=before,
        algorithm=algorithm,
    )
    if related and (every or compare or selection != Selection()):
        raise click.UsageError("--related links all articles anew: give it alone")
    if published_from and before and published_from >= before:
        raise click.UsageError(f"--from {published_from} is not before --before {before}")
    if not every and not related and selection == Selection():
        raise click.UsageError("say which articles: --all, --publisher, --from, --before or more")
    return _reaching(_compare(selection, limit) if compare else _reenrich(selection))


@click.command(name="learn-sections")
@click.argument("publisher")
@click.option(
    "--limit", type=_COUNT, default=5000, show_default=True, help="Most articles to learn from."
)
@click.option("--forget", is_flag=True, help="Forget what was learnt instead.")
def learn_sections(publisher: str, limit: int, forget: bool) -> int:  # noqa: FBT001
    """Learn the subjects of a publisher's words from its sections, as a new snapshot."""
    return _reaching(_learn(publisher, limit, forget=forget))


def _reaching(work: Any) -> int:  # noqa: ANN401  (a coroutine)
    try:
        return int(asyncio.run(work))
    except NothingFoundError as error:
        raise click.UsageError(str(error)) from error
    except ArticlesUnavailableError as error:
        print(f"dateline: search cannot be reached: {error}", file=sys.stderr)
    except DecisionsUnavailableError as error:
        print(f"dateline: {error}; try again in a minute", file=sys.stderr)
    return 1


def _addresses() -> tuple[str, str]:
    settings = CliSettings()
    return redis_url(settings), service_url(settings, "search")


async def _reenrich(selection: Selection) -> int:
    url, search_url = _addresses()
    total = 0
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("reading", total=None)
        async for total in commands.queue(url, search_url, selection):
            progress.update(task, description=f"{total} articles are due")
        progress.update(task, description="enriching", total=total)
        await _follow(url, total, lambda done: progress.update(task, completed=done))
    print(f"{total} articles enriched anew")
    return 0


async def _follow(url: str, total: int, show: Callable[[int], object]) -> None:
    """Until nothing is due any longer; more may become due meanwhile."""
    last, changed = -1, time.monotonic()
    while due := await commands.still_due(url):
        if due != last:
            last, changed = due, time.monotonic()
        elif time.monotonic() - changed > 120:  # noqa: PLR2004
            message = f"{due} articles are still due, and nothing moves: is enrich running?"
            raise click.ClickException(message)
        show(max(0, total - due))
        await asyncio.sleep(_POLL_S)
    show(total)


async def _compare(selection: Selection, limit: int) -> int:
    url, search_url = _addresses()
    memory_url = memory_redis_url(CliSettings())
    table = Table("article", "old", "new", show_lines=True)
    same = shown = 0
    async for compared in commands.compare(url, memory_url, search_url, selection, limit):
        shown += 1
        same += _cells(compared.old) == _cells(compared.new)
        table.add_row(*_row(compared))
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    print(f"{shown} articles compared, {same} are the same")
    return 0


def _row(compared: Compared) -> tuple[str, str, str]:
    return f"{compared.id}\n{compared.title}", _cells(compared.old), _cells(compared.new)


def _cells(enrichment: Enrichment) -> str:
    tags = ", ".join(tag.name for tag in enrichment.tags)
    about = f"{enrichment.language or 'no language'}, {enrichment.read_time.minutes} min"
    return f"{tags}\n{about}"


async def _learn(publisher: str, limit: int, *, forget: bool) -> int:
    url, search_url = _addresses()
    if forget:
        learned = await commands.forget_sections(url, publisher)
    else:
        learned = await commands.learn_sections(url, search_url, publisher, limit)
    print(f"{publisher}: version {learned.version}, {len(learned.weights)} words")
    print(f"Next: dateline reenrich --publisher {publisher}")
    return 0
