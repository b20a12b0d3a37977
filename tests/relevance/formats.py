"""How much of real documents is read rightly: saved pages, feeds and newswire examples.

A title is right when it is the publisher's headline but for a kicker or the site's name (token set
ratio of 80 or more); many pages state two headlines, of which the truth knows one.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from rapidfuzz.fuzz import token_set_ratio

from services.ingest.adapters.formats import registry
from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.domain.article import ArticleInput
from services.ingest.domain.imports import Document, Refused, UnreadableDocumentError
from tests.relevance.figures import Figure, json_lines

TITLE, DATE, BODY, KEYWORDS = 0.95, 0.90, 0.93, 0.75
_ALIKE = 80
_MINUTE, _DAY = 60, 24 * 3600

Row = Mapping[str, Any]


def measure(data: Path) -> Iterator[Figure]:
    yield from _pages(data / "fundus")
    yield from _feeds(data / "feeds")
    yield from _newswire(data / "newswire")


def pages_of(folder: Path) -> Iterator[tuple[Row, Mapping[str, Any]]]:
    """The truth about each saved page, and what is read out of it."""
    for row in json_lines(folder / "articles.jsonl"):
        content = gzip.decompress((folder / row["html"]).read_bytes())
        (item,) = registry.read(Document(content, "text/html", row["url"]), "html")
        if isinstance(item, Refused):
            yield row, {}
        else:
            ArticleInput.model_validate(item)
            yield row, item


def _pages(folder: Path) -> Iterator[Figure]:
    read = list(pages_of(folder))
    exact = mean(_words(row["title"]) == _words(found.get("title")) for row, found in read)
    title = mean(title_is_right(row, found) for row, found in read)
    yield Figure("pages", "title", title, TITLE, beside={"exactly": exact})
    minute = mean(is_dated(row, found, _MINUTE) for row, found in read)
    day = mean(is_dated(row, found, _DAY) for row, found in read)
    yield Figure("pages", "date", minute, DATE, beside={"within a day": day})
    yield Figure("pages", "body F1", mean(body_f1(row, found) for row, found in read), BODY)
    named = [_kept(row["topics"], found.get("keywords")) for row, found in read if row["topics"]]
    yield Figure("pages", "keywords kept", mean(named), KEYWORDS)
    signed = [_kept(row["authors"], found.get("authors")) for row, found in read if row["authors"]]
    yield Figure("pages", "authors", mean(signed))


def title_is_right(row: Row, found: Mapping[str, Any]) -> bool:
    alike = token_set_ratio(_words(row["title"]), _words(found.get("title")))
    return bool(alike >= _ALIKE)


def body_f1(row: Row, found: Mapping[str, Any]) -> float:
    """Of the words, each as often as it stands there."""
    body = found.get("body", "")
    if "body_html" in found:
        body = SelectolaxHtmlReader().read(found["body_html"], found["url"]).text
    right, given = Counter(_words(row["text"]).split()), Counter(_words(body).split())
    both = (right & given).total()
    return 2 * both / (right.total() + given.total())


def is_dated(row: Row, found: Mapping[str, Any], within_s: int) -> bool:
    right = datetime.fromisoformat(row["date"])
    given = found.get("published_at")
    if not given:
        return False
    right = right if right.tzinfo else right.replace(tzinfo=UTC)
    return abs((datetime.fromisoformat(given) - right).total_seconds()) <= within_s


def _kept(right: list[str], given: list[str] | None) -> float:
    known = {one.casefold() for one in given or ()}
    return mean(one.casefold() in known for one in right)


def _words(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").lower()))


def _feeds(folder: Path) -> Iterator[Figure]:
    outcomes = Counter(one for path in files_of(folder) for one in outcomes_of(path, "rss"))
    yield from _table("feeds", outcomes)


def _newswire(folder: Path) -> Iterator[Figure]:
    outcomes = Counter(one for path in files_of(folder) for one in outcomes_of(path))
    yield from _table("newswire", outcomes)


def _table(name: str, outcomes: Counter[str]) -> Iterator[Figure]:
    beside = {outcome: float(count) for outcome, count in sorted(outcomes.items())}
    yield Figure(name, "without a reason", outcomes["unsaid"], ceiling=0, beside=beside)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def outcomes_of(path: Path, name: str | None = None) -> list[str]:
    """What became of a file: `article` or `refused` for each item, or `unreadable`."""
    document = Document(path.read_bytes(), url="https://paper.example/feed")
    try:
        # What begins as no feed at all is read as one all the same: feedparser forgives much.
        items = registry.read(document, _format_of(document) or name)
    except UnreadableDocumentError as error:
        return ["unreadable" if str(error).strip() else "unsaid"]
    return [_outcome(item) for item in items] or ["empty"]


def _format_of(document: Document) -> str | None:
    try:
        return registry.format_of(document)
    except UnreadableDocumentError:
        return None


def _outcome(item: Mapping[str, Any] | Refused) -> str:
    if isinstance(item, Refused):
        said = all(fault.field and fault.message for fault in item.faults)
        return "refused" if item.faults and said else "unsaid"
    ArticleInput.model_validate(json.loads(json.dumps(item)))
    return "article"
