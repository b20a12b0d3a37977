"""`dateline import`: files, folders, addresses and standard input, posted through ingest."""

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.progress import Progress

from services.cli.document_reader import DocumentReader
from services.cli.import_journal import Journal
from services.cli.importing import (
    Numbered,
    Tally,
    check_articles,
    number_items,
    post_articles,
    read_lines,
)
from services.cli.ledger import Ledger
from services.cli.parameters import ADDRESS, OutageError
from services.cli.settings import CliSettings, service_url
from services.cli.sources import (
    LINES_FORMAT,
    Source,
    document_of,
    find_sources,
    has_lines,
    is_line,
)
from services.ingest.domain.imports import FORMATS, UnreadableDocumentError

PROBLEMS_SHOWN = 10
JOURNALS = "imports"


@dataclass(frozen=True, slots=True)
class _Reading:
    """How sources are read."""

    format_name: str | None
    base_url: str | None
    tally: Tally
    documents: DocumentReader

    def articles(self, source: Source, after: int) -> Iterator[Numbered]:
        if self.format_name == LINES_FORMAT or (not self.format_name and has_lines(source)):
            yield from self._lines(source, after)
            return
        try:
            document = document_of(source, self.base_url)
            if not self.format_name and is_line(document.content.partition(b"\n")[0]):
                yield from read_lines(document.content.splitlines(), source.name, self.tally, after)
                return
            items = self.documents.read(document, self.format_name)
        except (UnreadableDocumentError, OSError) as error:
            self.tally.refuse(source.name, 0, str(error))
            return
        yield from number_items(items, source.name, self.tally, after)

    def _lines(self, source: Source, after: int) -> Iterator[Numbered]:
        if source.path is None:
            content = document_of(source, None).content.splitlines()
            yield from read_lines(content, source.name, self.tally, after)
            return
        with source.path.open("rb") as lines:
            yield from read_lines(lines, source.name, self.tally, after)


@click.command(name="import")
@click.argument("sources", nargs=-1, required=True, metavar="FILE|FOLDER|ADDRESS|-…")
@click.option("--url", type=ADDRESS, help="Where ingest is; default: the one on this machine.")
@click.option("--key", help="The publisher's key; default: DATELINE_KEY, or demo-key.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice([*FORMATS, LINES_FORMAT]),
    help="The format of all sources; default: each is recognised by its content.",
)
@click.option(
    "--base-url", type=ADDRESS, help="The address of a page or feed in a file, as far as unsaid."
)
@click.option("--dry-run", is_flag=True, help="Read and check everything, send nothing.")
@click.option("--restart", is_flag=True, help="Begin anew where an earlier import broke off.")
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append every 202 to this file, for `dateline verify`.",
)
@click.option(
    "--refused",
    "refused_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a JSON object to this file for whatever was refused, and why.",
)
def import_(  # noqa: PLR0913  (one for each option)
    sources: Sequence[str],
    url: str | None,
    key: str | None,
    format_name: str | None,
    base_url: str | None,
    ledger_path: Path | None,
    refused_path: Path | None,
    *,
    dry_run: bool,
    restart: bool,
) -> int:
    """Post articles through ingest, and say what was filled in or refused.

    A source is a document in one of the formats of docs/formats.md, or has a JSON object in each
    line. An import that was interrupted goes on where it was when it is started again.
    """
    try:
        found = find_sources(sources)
    except FileNotFoundError as error:
        raise click.BadParameter(str(error)) from error
    settings = CliSettings()
    tally = Tally()
    with DocumentReader() as documents:
        reading = _Reading(format_name, base_url, tally, documents)
        if dry_run:
            _check(found, reading)
        else:
            target = url or service_url(settings, "ingest")
            secret = key or settings.key.get_secret_value()
            # Whatever would make other articles of the same files makes it another import.
            told = (target, secret, format_name, base_url)
            journal = Journal(settings.state_dir / JOURNALS, found, repr(told))
            if restart:
                journal.forget()
            bearer = {"Authorization": f"Bearer {secret}"}
            client = httpx.Client(base_url=target, headers=bearer, timeout=600)
            with client, Ledger(ledger_path) if ledger_path else nullcontext() as ledger:
                _post(found, reading, client, journal, ledger)
            journal.forget()
    _report(tally, refused_path)
    return 1 if tally.outcomes["refused"] else 0


def _check(sources: Sequence[Source], reading: _Reading) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        for source in progress.track(sources, description="checked"):
            check_articles(source.name, reading.articles(source, 0), reading.tally)


def _post(
    sources: Sequence[Source],
    reading: _Reading,
    client: httpx.Client,
    journal: Journal,
    ledger: Ledger | None,
) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        whole = progress.add_task("sources", total=len(sources)) if len(sources) > 1 else None
        for source in sources:
            before = journal.done(source)
            if before:
                reading.tally.outcomes["dealt with before"] += before
            if journal.is_finished(source):
                continue
            task = progress.add_task(_shown(source), total=None)
            done = partial(_note, progress, task, journal, source)
            articles = reading.articles(source, before)
            try:
                post_articles(client, source.name, articles, reading.tally, done, ledger)
            except httpx.HTTPStatusError as error:
                raise OutageError(f"ingest answered {_said(error.response)}") from error
            except httpx.HTTPError as error:
                message = f"ingest at {client.base_url} cannot be reached: {error}"
                raise OutageError(message) from error
            journal.note(source, None)
            if whole is None:
                progress.update(task, total=1, completed=1)
            else:
                progress.remove_task(task)
                progress.advance(whole)


def _note(
    progress: Progress, task: object, journal: Journal, source: Source, count: int, number: int
) -> None:
    journal.note(source, number)
    progress.advance(task, count)  # type: ignore[arg-type]  # a NewType of int


def _shown(source: Source) -> str:
    return source.path.name if source.path else source.name


def _said(answer: httpx.Response) -> str:
    """The status and, of a problem, the sentence alone."""
    try:
        return f"{answer.status_code}: {answer.json()['detail']}"
    except (ValueError, LookupError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase}"


def _report(tally: Tally, refused_path: Path | None) -> None:
    outcomes = (f"{count} {outcome}" for outcome, count in sorted(tally.outcomes.items()))
    print(", ".join(outcomes) or "no article in there")
    for what, count in tally.filled_in.items():
        print(f"filled in {count} times: {what}")
    for name, count in tally.left_aside.items():
        print(f"left aside {count} times: {name}")
    for problem in tally.problems[:PROBLEMS_SHOWN]:
        print(f"  {problem}")
    if len(tally.problems) > PROBLEMS_SHOWN:
        more = len(tally.problems) - PROBLEMS_SHOWN
        print(f"  … and {more} more" + ("" if refused_path else "; --refused FILE has them all"))
    if refused_path:
        lines = (json.dumps(asdict(problem)) for problem in tally.problems)
        refused_path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
