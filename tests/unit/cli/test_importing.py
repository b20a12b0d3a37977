"""What `dateline import` reads, and what it says of it."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from services.cli.document_reader import DocumentReader
from services.cli.import_command import import_
from services.cli.import_journal import Journal
from services.cli.importing import Tally, check_articles, number_items, post_articles, read_lines
from services.cli.sources import Source, document_of, find_sources, has_lines
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    UnreadableDocumentError,
)
from tests.unit.ingest.formats.documents import DOCUMENTS

ARTICLE = {"url": "https://paper.example/1", "title": "Lamp", "body": "Words."}


def lines(count: int) -> list[bytes]:
    rows = ({**ARTICLE, "url": f"https://paper.example/{n}"} for n in range(count))
    return [json.dumps(row).encode() for row in rows]


def test_a_folder_is_all_its_files_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.json", "a/c.xml", ".git/x", "a/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    found = find_sources([str(tmp_path), "https://paper.example/feed", "-"])

    names = [source.name.removeprefix(f"{tmp_path}/") for source in found]
    assert names == ["a/c.xml", "b.json", "https://paper.example/feed", "-"]


def test_what_does_not_exist_says_so() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_sources(["/nowhere"])


@pytest.mark.parametrize(
    ("name", "content", "are_lines"),
    [
        ("a.jsonl", b"no json", True),
        ("a.txt", json.dumps(ARTICLE).encode() + b"\n{}", True),
        ("a.json", DOCUMENTS["ninjs"], False),
        ("a.json", DOCUMENTS["jsonfeed"], False),
        ("a.json", json.dumps(ARTICLE, indent=1).encode(), False),
        ("a.xml", DOCUMENTS["rss"], False),
    ],
)
def test_lines_are_told_from_documents(
    tmp_path: Path, name: str, content: bytes, *, are_lines: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert has_lines(Source(str(path), path)) is are_lines


def test_packed_files_are_unpacked_and_broken_ones_refused(tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(b"<p>x"))
    assert document_of(Source(packed.name, packed), None).content == b"<p>x"

    packed.write_bytes(gzip.compress(b"<p>x")[:-4])
    with pytest.raises(UnreadableDocumentError, match="cannot be unpacked"):
        document_of(Source(packed.name, packed), None)


@pytest.fixture
def site() -> Iterator[str]:
    """A site on this machine that redirects `/` to a feed, and has nothing else."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/": 302, "/feed": 200}.get(self.path, 404))
            self.send_header("Location", "/feed")
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            if self.path == "/feed":
                self.wfile.write(DOCUMENTS["rss"])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_fetched_with_its_type_and_where_it_led_to(site: str) -> None:
    found = document_of(Source(f"{site}/"), None)

    assert found == Document(DOCUMENTS["rss"], "application/rss+xml", f"{site}/feed")


@pytest.mark.parametrize("address", ["/nothing", ":1/", "http://[bad"])
def test_an_address_that_does_not_answer_is_refused_with_a_reason(site: str, address: str) -> None:
    whole = address if address.startswith("http") else f"{site}{address}"
    with pytest.raises(UnreadableDocumentError, match="cannot be fetched"):
        document_of(Source(whole), None)


def test_standard_input_is_a_source() -> None:
    done = CliRunner().invoke(import_, ["--dry-run", "-"], input=DOCUMENTS["jsonfeed"])
    assert "1 would be sent" in done.output

    done = CliRunner().invoke(import_, ["--dry-run", "-"], input=b"\n".join(lines(3)))
    assert "3 would be sent" in done.output


def test_a_document_that_takes_too_long_is_refused() -> None:
    deep = b"<html><body>" + b"<div><p>text " * 40_000
    with (
        DocumentReader(patience_s=0.5) as documents,
        pytest.raises(UnreadableDocumentError, match="to read"),
    ):
        documents.read(Document(deep, url="https://paper.example/"), "html")


def test_the_reason_of_every_refusal_is_kept() -> None:
    tally = Tally()
    items: list[ImportedItem] = [
        Refused((Fault("url", "is missing"),)),
        ARTICLE,
        {**ARTICLE, "url": "x"},
    ]

    check_articles("feed.xml", number_items(items, "feed.xml", tally), tally)

    assert tally.outcomes == {"would be sent": 1, "refused": 2}
    first, second = map(str, tally.problems)
    assert first == "feed.xml:1: url: is missing"
    assert second.startswith("feed.xml:3: url: ")


def test_an_interrupted_import_goes_on_behind_the_last_batch(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines(1200)))
    source = Source(str(path), path)
    posted: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        count = len(request.content.splitlines())
        posted.append(count)
        item: dict[str, Any] = {"status": 202, "id": "x", "revision": 1, "receipt": "r"}
        return httpx.Response(200, json={"items": [{**item, "index": n} for n in range(count)]})

    def post(stop_after: int | None) -> Tally:
        journal, tally = Journal(tmp_path / "j", [source], "http://ingest"), Tally()
        with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://i") as client:
            content = path.read_bytes().splitlines()
            articles = read_lines(content, "a.jsonl", tally, journal.done(source))
            taken = articles if stop_after is None else _broken_off(articles, stop_after)
            try:
                post_articles(
                    client, "a.jsonl", taken, tally, lambda _, number: journal.note(source, number)
                )
            except KeyboardInterrupt:
                return tally
            journal.note(source, None)
        return tally

    post(stop_after=700)
    assert posted == [500]
    tally = post(stop_after=None)

    assert posted == [500, 500, 200]
    assert tally.outcomes == {"accepted": 700}
    assert Journal(tmp_path / "j", [source], "http://ingest").is_finished(source)
    assert not Journal(tmp_path / "j", [source], "http://other").is_finished(source)


def _broken_off(articles: Iterator[Any], after: int) -> Iterator[Any]:
    for number, one in enumerate(articles):
        if number == after:
            raise KeyboardInterrupt
        yield one


def test_a_journal_survives_half_a_line_and_forgets_a_changed_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("x")
    source = Source(str(path), path)
    journal = Journal(tmp_path / "j", [source], "http://ingest")
    journal.note(source, 5)
    (file,) = (tmp_path / "j").iterdir()
    file.write_text(file.read_text() + '["half')

    assert Journal(tmp_path / "j", [source], "http://ingest").done(source) == 5
    path.write_text("other")
    assert Journal(tmp_path / "j", [source], "http://ingest").done(source) == 0


@pytest.mark.parametrize("name", ["-", "https://paper.example/feed"])
def test_what_may_hold_something_else_the_next_time_is_read_from_the_start(
    tmp_path: Path, name: str
) -> None:
    source = Source(name)
    journal = Journal(tmp_path / "j", [source], "http://ingest")
    journal.note(source, 500)
    journal.note(source, None)

    again = Journal(tmp_path / "j", [source], "http://ingest")
    assert again.done(source) == 0
    assert not again.is_finished(source)


def test_a_dry_run_reads_every_format_and_sends_nothing(tmp_path: Path) -> None:
    for name, content in DOCUMENTS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    refused = tmp_path.parent / "refused.jsonl"

    done = CliRunner().invoke(import_, ["--dry-run", str(tmp_path), "--refused", str(refused)])

    assert "1 refused, 10 would be sent" in done.output
    (problem,) = map(json.loads, refused.read_text().splitlines())
    assert problem["source"].endswith("notes.txt")
    assert "none of the known formats" in problem["reason"]
