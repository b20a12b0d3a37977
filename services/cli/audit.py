"""The command `dateline audit`."""

import asyncio
import sys
from collections import Counter

import click

from services.cli.auditing import MEANING, Audit, Auditor
from services.cli.settings import CliSettings, redis_url
from services.search.ports import StoreUnavailableError
from shared.messaging import connect

NAMED = 20


@click.command()
@click.option("--heal", is_flag=True, help="Publish again what differs, and audit once more.")
@click.option(
    "--within",
    "within_s",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    help="Seconds that differences may take to go by themselves.",
)
def audit(*, heal: bool, within_s: float) -> int:
    """Hold the log and the records of ingest against the index; 0 where nothing differs."""
    try:
        found = asyncio.run(_audit(redis_url(CliSettings()), heal=heal, within_s=within_s))
    except (TimeoutError, StoreUnavailableError) as error:
        print(f"dateline: {error}; is Dateline running?", file=sys.stderr)
        return 1
    _report(found)
    return 1 if found.differences else 0


async def _audit(url: str, *, heal: bool, within_s: float) -> Audit:
    async with connect(url) as redis:
        auditor = Auditor(redis, within_s=within_s)
        found = await auditor.audit()
        return await auditor.heal(found) if heal and found.differences else found


def _report(found: Audit) -> None:
    if found.healed:
        print(f"published again: {len(found.healed)}, among them {found.healed[0]}")
    for article_id in found.unhealed[:NAMED]:
        print(f"{article_id}: no longer in the log; its publisher may post the same content again")
    print(
        f"{found.accepted} articles accepted, {found.indexed} in the index, "
        f"{found.dead} lacking as dead letters; {len(found.differences)} differ"
    )
    for kind, count in Counter(one.kind for one in found.differences).items():
        print(f"{count} {kind}: {MEANING[kind]}")
    for one in found.differences[:NAMED]:
        print(f"  {one.id}  {one.kind}  accepted: {one.accepted}  index: {one.indexed}")
    if len(found.differences) > NAMED:
        print(f"  … and {len(found.differences) - NAMED} more")
