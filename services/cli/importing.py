"""Articles of archives and documents, posted through ingest in batches."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception,
    stop_after_delay,
    wait_random_exponential,
)

from services.cli.ledger import Accepted, Ledger
from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.domain.article import ArticleInput
from services.ingest.domain.imports import ImportedItem, Refused
from shared.events import ArticleContent

log = logging.getLogger(__name__)

Numbered = tuple[int, dict[str, Any]]
"""The number of a line, or of an article in its document, and the article."""

BATCH = 500
FAULTS = 5
RENAMED = {
    "id": "external_id",
    "text": "body",
    "lang": "language",
    "date": "published_at",
    "category": "categories",
}
OWN_FIELDS = frozenset(ArticleContent.model_fields) - {
    "publisher",
    "receipt",
    "generation",
    "content_hash",
}
TITLE_LENGTH = 80
BUSY = (429, 502, 503)
PATIENCE_S = 60
BUSY_PATIENCE_S = 3600
"""A closed intake opens again only once the backlog is worked off."""
ACCEPTED = httpx.codes.ACCEPTED


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one article was refused, and where it stands."""

    source: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.source}:{self.number}: {self.reason}"


@dataclass(slots=True)
class Tally:
    """What became of the articles: outcomes, what was filled in, what was left aside, problems."""

    outcomes: Counter[str] = field(default_factory=Counter)
    filled_in: Counter[str] = field(default_factory=Counter)
    left_aside: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, source: str, number: int, reason: str) -> None:
        self.outcomes["refused"] += 1
        self.problems.append(Problem(source, number, reason))


def read_lines(
    lines: Iterable[bytes], name: str, tally: Tally, after: int = 0
) -> Iterator[Numbered]:
    """Line number and article, in our own field names; lines that are no object are problems."""
    for number, line in enumerate(lines, start=1):
        if number <= after or not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            tally.refuse(name, number, f"not JSON: {error}")
            continue
        if not isinstance(row, dict):
            tally.refuse(name, number, "not a JSON object")
            continue
        yield number, article_of(row, Path(name).name, number, tally)


def number_items(
    items: Iterable[ImportedItem], name: str, tally: Tally, after: int = 0
) -> Iterator[Numbered]:
    """The articles of a document, counted from 1; the others are problems."""
    for number, item in enumerate(items, start=1):
        if number <= after:
            continue
        if isinstance(item, Refused):
            faults = (f"{fault.field}: {fault.message}" for fault in item.faults)
            tally.refuse(name, number, "; ".join(faults))
        else:
            yield number, dict(item)


def article_of(row: Mapping[str, Any], file: str, number: int, tally: Tally) -> dict[str, Any]:
    """One line as an article: renamed, filled in where something required is missing."""
    article: dict[str, Any] = {}
    for name, value in row.items():
        own = name if name in OWN_FIELDS else RENAMED.get(name)
        if own is None:
            tally.left_aside[name] += 1
        elif value not in (None, "", []):
            article.setdefault(own, value)
    if isinstance(article.get("categories"), str):
        article["categories"] = [article["categories"]]
    if "external_id" in article:
        article["external_id"] = str(article["external_id"])
    if isinstance(moment := article.get("published_at"), str):
        article["published_at"] = _with_zone(moment)
    _fill_in(article, file, number, tally)
    return article


def _fill_in(article: dict[str, Any], file: str, number: int, tally: Tally) -> None:
    text = article.get("body") or article.get("body_html") or ""
    if "title" not in article and text:
        article["title"] = " ".join(str(text).split())[:TITLE_LENGTH].strip()
        tally.filled_in["title (first 80 characters of the text)"] += 1
    if not text and "title" in article:
        article["body"] = article["title"]
        tally.filled_in["body (the title)"] += 1
    if "url" not in article:
        name = quote(str(article.get("external_id", number)), safe="")
        article["url"] = f"https://import.invalid/{quote(file, safe='')}/{name}"
        tally.filled_in["url (https://import.invalid/…)"] += 1


def _with_zone(moment: str) -> str:
    """RFC 3339 out of a date or a time without a zone: UTC is assumed."""
    date, _, clock = moment.strip().replace(" ", "T", 1).partition("T")
    if not clock:
        return f"{date}T00:00:00Z"
    zoned = clock[-1] in "zZ" or "+" in clock or "-" in clock
    return f"{date}T{clock}" if zoned else f"{date}T{clock}Z"


def post_articles(
    client: httpx.Client,
    name: str,
    articles: Iterator[Numbered],
    tally: Tally,
    done: Callable[[int, int], None],
    ledger: Ledger | None = None,
) -> None:
    """Post the articles of one source in batches; raises `httpx.HTTPError`.

    `done` is told after each batch: how many articles it had, and the number of the last one.
    """
    while batch := list(islice(articles, BATCH)):
        body = b"\n".join(json.dumps(article).encode() for _, article in batch)
        for item in _post(client, body, partial(_note, ledger, batch)):
            _count(item, name, batch, tally)
        done(len(batch), batch[-1][0])


def check_articles(name: str, articles: Iterable[Numbered], tally: Tally) -> None:
    """Count what would be taken and what would be refused, without sending anything."""
    html = SelectolaxHtmlReader()
    for number, article in articles:
        try:
            checked = ArticleInput.model_validate(article)
            if checked.body_html:
                html.read(checked.body_html, checked.url)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            named = (f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in faults)
            tally.refuse(name, number, "; ".join(islice(named, FAULTS)))
        except ValueError as error:
            tally.refuse(name, number, f"body_html: {error}")
        else:
            tally.outcomes["would be sent"] += 1


def _worth_another_try(error: BaseException) -> bool:
    """Ingest is being restarted, or says that it is busy; a repeated batch changes nothing."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in BUSY
    return isinstance(error, httpx.TransportError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )


def _tell(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome:
        log.warning("ingest does not take it in (%s); trying on", state.outcome.exception())


def _out_of_patience(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    busy = isinstance(error, httpx.HTTPStatusError)
    return stop_after_delay(BUSY_PATIENCE_S if busy else PATIENCE_S)(state)


@retry(
    retry=retry_if_exception(_worth_another_try),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    stop=_out_of_patience,
    before_sleep=_tell,
    reraise=True,
)
def _post(
    client: httpx.Client, body: bytes, note: Callable[[Sequence[Mapping[str, Any]]], None]
) -> list[dict[str, Any]]:
    answer = client.post(
        "/v1/articles/batch", content=body, headers={"Content-Type": "application/x-ndjson"}
    )
    answer.raise_for_status()
    items: list[dict[str, Any]] = answer.json()["items"]
    # At once: when the batch is sent again, what was accepted now is unchanged then.
    note(items)
    if any(item["status"] in BUSY for item in items):
        raise httpx.ReadError("ingest could not take the whole batch")
    return items


def _note(
    ledger: Ledger | None,
    batch: Sequence[Numbered],
    items: Sequence[Mapping[str, Any]],
) -> None:
    if ledger is None:
        return
    ledger.add(
        *(
            Accepted(
                id=item["id"],
                revision=item["revision"],
                receipt=item["receipt"],
                visible_from=batch[item["index"]][1].get("published_at"),
            )
            for item in items
            if item["status"] == ACCEPTED
        )
    )


def _count(item: Mapping[str, Any], name: str, batch: list[Numbered], tally: Tally) -> None:
    status = item["status"]
    if status == ACCEPTED:
        tally.outcomes["accepted"] += 1
    elif status == httpx.codes.OK:
        tally.outcomes["unchanged" if item.get("unchanged") else "superseded"] += 1
    else:
        number = batch[item["index"]][0] if item["index"] < len(batch) else batch[-1][0]
        problem = item.get("problem") or {}
        errors = "; ".join(
            f"{error['field']}: {error['message']}" for error in problem.get("errors", [])
        )
        tally.refuse(name, number, errors or str(problem.get("detail", status)))
