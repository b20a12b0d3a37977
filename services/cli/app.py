"""The `dateline` command line: bad input is one line and exit code 2, an outage exit code 1."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
import httpx
from pydantic import ValidationError
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from services.cli import settings as cli_settings
from services.cli.audit import audit
from services.cli.dead_letters import dead_letters
from services.cli.import_command import import_
from services.cli.launcher import Launcher
from services.cli.ledger import LedgerError, read_ledger
from services.cli.parameters import ADDRESS, OutageError
from services.cli.reenrich import learn_sections, reenrich
from services.cli.reindex import reindex
from services.cli.signing import signing
from services.cli.status import read_intake, read_memory, read_status
from services.cli.tags import tags
from services.cli.verifying import Verification, verify_at
from services.enrich.settings import EnrichSettings
from services.ingest import commands as key_commands
from services.ingest.settings import IngestSettings
from services.search.settings import SearchSettings
from shared.messaging.outages import is_outage
from shared.settings import first_fault

PROBLEMS_SHOWN = 10
TABLE_WIDTH = 120


@click.group()
def dateline() -> None:
    """Run and operate Dateline."""


dateline.add_command(audit)
dateline.add_command(dead_letters)
dateline.add_command(import_)
dateline.add_command(learn_sections)
dateline.add_command(reenrich)
dateline.add_command(reindex)
dateline.add_command(tags)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; every expected error is one line on standard error."""
    try:
        code = dateline.main(arguments, prog_name="dateline", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except OutageError as error:
        _stop(error.exit_code, error.format_message())
    except click.ClickException as error:
        _stop(2, error.format_message())
    except click.Abort:
        _stop(1, "aborted")
    except ValidationError as error:
        _stop(2, first_fault(error))
    except RedisError as error:
        away = is_outage(error)
        _stop(1, f"Redis cannot be reached ({error}); is Dateline running?" if away else str(error))
    except OSError as error:
        _stop(1, str(error))
    sys.exit(code or 0)


def _stop(code: int, line: str) -> NoReturn:
    print(f"dateline: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(code)


@dateline.command()
def run() -> int:
    """Run redis-server and the three services here, without a container engine."""
    settings = cli_settings.CliSettings()
    if settings.profile == "production":
        raise click.ClickException(
            "DATELINE_PROFILE: this brings demo-key along, which production refuses; "
            "`make .env && docker compose up` is the production shape"
        )
    for of_service in (IngestSettings, EnrichSettings, SearchSettings):
        of_service()  # Before anything starts: what cannot be is refused here.
    return Launcher(settings).run()


@dateline.command(name="verify")
@click.argument(
    "ledger",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option("--url", type=ADDRESS, help="Where search is; default: the one on this machine.")
@click.option(
    "--within",
    "within_s",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Look again, for as long, at what does not hold yet.",
)
def verify_ledger(ledger: Path, url: str | None, within_s: float) -> int:
    """Hold what ingest accepted against what search shows: exit code 0 if every promise holds.

    LEDGER has a JSON object a line, with `id`, `revision` and `withdrawn` of every 202;
    `dateline import --ledger` writes one.
    """
    try:
        expected = read_ledger(ledger)
    except LedgerError as error:
        _stop(2, str(error))
    search_url = url or cli_settings.service_url(cli_settings.CliSettings(), "search")
    try:
        found = asyncio.run(verify_at(expected, search_url, _redis_url(), within_s=within_s))
    except httpx.HTTPError as error:
        _stop(1, f"search at {search_url} cannot be asked: {error}")
    _report_verification(found)
    return 0 if found.holds else 1


def _report_verification(found: Verification) -> None:
    print(found)
    for reason, count in found.dead_letters.most_common():
        print(f"  dead letters, {count}: {reason}")
    for one in found.broken[:PROBLEMS_SHOWN]:
        what = "withdrawal of revision" if one.accepted.withdrawn else "revision"
        print(f"  {one.kind}: {one.accepted.id}, {what} {one.accepted.revision}: {one.seen}")
    if len(found.broken) > PROBLEMS_SHOWN:
        print(f"  … and {len(found.broken) - PROBLEMS_SHOWN} more")


@dateline.command()
def status() -> None:
    """Lag, pending entries and dead letters of every consumer group; Redis; ingest."""
    found = asyncio.run(read_status(_redis_url()))
    table = Table("stream", "group", "entries", "lag (s)", "pending", "dead letters", "parked")
    for row in found.groups:
        group = row.backlog
        pending = "no group" if group.pending is None else str(group.pending)
        cells = (group.stream.name, group.group, str(row.entries), f"{group.lag_seconds:.1f}")
        table.add_row(*cells, pending, str(row.dead_letters), str(row.parked))
    Console(width=None if sys.stdout.isatty() else TABLE_WIDTH).print(table)
    unsafe = f"; {found.redis.unsafe}" if found.redis.unsafe else ""
    print(f"Redis: {found.redis.memory_share:.1%} of its memory{unsafe}")
    settings = cli_settings.CliSettings()
    memory_url = cli_settings.memory_redis_url(settings)
    print(f"related links: {asyncio.run(read_memory(memory_url))}")
    ingest_url = cli_settings.service_url(settings, "ingest")
    print(f"ingest: {read_intake(ingest_url)}")


def _redis_url() -> str:
    return cli_settings.redis_url(cli_settings.CliSettings())


@dateline.group()
def keys() -> None:
    """Publishers' keys: only hashes are stored."""


keys.add_command(signing)


@keys.command()
@click.argument("publisher")
@click.option("--scope", "scopes", multiple=True, help="publish, edit or read; may be repeated.")
def add(publisher: str, scopes: Sequence[str]) -> None:
    """Make a key for a publisher and print it once."""
    try:
        print(asyncio.run(key_commands.add_key(_redis_url(), publisher, scopes or ["publish"])))
    except ValueError as error:
        _stop(2, str(error))


@keys.command(name="list")
def list_() -> None:
    """The keys by publisher, without their secrets."""
    for key in asyncio.run(key_commands.list_keys(_redis_url())):
        print(key)


@keys.command()
@click.argument("key_id")
def rotate(key_id: str) -> None:
    """Replace a key: print the new one once; the old one stops within seconds."""
    try:
        print(asyncio.run(key_commands.rotate_key(_redis_url(), key_id)))
    except (ValueError, LookupError) as error:
        _stop(2, str(error))


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Withdraw a key; it is refused within seconds."""
    try:
        asyncio.run(key_commands.revoke_key(_redis_url(), key_id))
    except (ValueError, LookupError) as error:
        _stop(2, str(error))
