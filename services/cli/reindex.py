"""`dateline reindex`: search rebuilds its index; this orders it and follows it to its end."""

import asyncio
import sys
from contextlib import aclosing

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from services.cli.settings import CliSettings, redis_url
from services.search.commands import Answer, NobodyRebuildsError, follow_rebuild
from services.search.ports import StoreUnavailableError


@click.command()
def reindex() -> int:
    """Rebuild the search index beside the one in use, and swap: readers notice nothing."""
    try:
        answer = asyncio.run(_follow(redis_url(CliSettings())))
    except (NobodyRebuildsError, StoreUnavailableError) as error:
        print(f"dateline: {error}; is Dateline running?", file=sys.stderr)
        return 1
    print(answer.said)
    return 1 if answer.failed else 0


async def _follow(url: str) -> Answer:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("waiting for search", total=None)
        async with aclosing(follow_rebuild(url)) as steps:
            async for step in steps:
                if isinstance(step, Answer):
                    return step
                total = step.total or None
                bar.update(task, description=step.step, completed=step.done, total=total)
    raise AssertionError("a rebuild was followed to no end")
