"""The whole pipeline as a newcomer meets it: a POST becomes a page, on both engines."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import redis

from tests.newsroom import PORTS, Newsroom, newsroom
from tests.servers import free_port
from tests.waiting import eventually

TUNNEL = {
    "external_id": "tunnel-7",
    "url": "https://harbour-press.example/news/tunnel?utm_source=x",
    "title": "Northern tunnel opens a week ahead of plan",
    "body": "The last rails of the northern tunnel were laid on Monday. "
    "Engineers of the harbour railway tested the signals through the night, and the "
    "first freight train is expected on Friday.\n\nThe port expects twice the traffic.",
    "authors": ["Ana Reyes"],
    "categories": ["News > Economy"],
    "published_at": "2026-03-02T08:00:00Z",
}
ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.fixture(scope="module", params=ENGINES)
def room(request: pytest.FixtureRequest) -> Iterator[Newsroom]:
    settings = {}
    if request.param == "opensearch":
        settings["OPENSEARCH_URL"] = request.getfixturevalue("empty_opensearch_url")
    with newsroom(samples=True, **settings) as running:
        yield running


def test_the_sample_newsroom_can_be_searched(room: Newsroom) -> None:
    found = room.find(facets="category,language", page_size=100)
    assert found["total"] >= 40
    languages = {value["value"] for value in found["facets"]["language"]}
    assert {"en", "de", "ru"} <= languages


def test_an_idle_connection_stays_open_as_long_as_clients_keep_it(room: Newsroom) -> None:
    services = [client.base_url for client in (room.ingest, room.search)]
    lines = [HTTPConnection(url.host, url.port or 0, timeout=60) for url in services]
    for idle_s in (0, 6):  # Clients let go after 5 s, proxies after a minute.
        time.sleep(idle_s)
        for line in lines:
            line.request("GET", "/health/live")
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("flamingos", "lake-aruna-flamingos"),
        ("fibre cable earthquakes", "fibre-cable-earthquakes"),
        ("соль подоконниках", "lake-aruna-tesken-ru"),
        ("مطبعة النخلة", "amman-matbaa-ar"),
        ("umbrella thief", "film-reels-restored"),
        ("diplomats glaziers", "ardal-opinion-mission"),
    ],
)
def test_a_known_item_is_the_first_hit(room: Newsroom, query: str, first: str) -> None:
    hit = room.find(q=query)["hits"][0]["article"]
    own = {item["id"]: item["external_id"] for item in _own_articles(room)}
    assert own[hit["id"]] == first


def _own_articles(room: Newsroom) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    params: dict[str, str] = {}
    while True:
        page = room.ingest.get("/v1/articles", params=params).json()
        items += page["items"]
        if not page["next_cursor"]:
            return items
        params = {"cursor": page["next_cursor"]}


def test_a_sample_article_has_related_links_with_reasons(room: Newsroom) -> None:
    first = room.find(q="flamingos")["hits"][0]["article"]
    related = room.search.get(f"/v1/articles/{first['id']}/related").json()["items"]
    assert related
    assert all(link["reason"] and 0 < link["score"] <= 1 for link in related)


def test_an_article_lives_and_leaves(room: Newsroom) -> None:
    accepted = room.post(TUNNEL)
    identity = accepted["id"]
    hit = room.find(q='"northern tunnel opens"')["hits"][0]
    assert hit["article"]["id"] == identity
    assert "<mark>" in hit["highlight"]["title"]

    again = room.ingest.post("/v1/articles", json=TUNNEL)
    assert again.status_code == 200
    assert again.json()["unchanged"] is True

    corrected = {**TUNNEL, "title": "Southern viaduct closes for repairs"}
    room.post(corrected)
    assert room.find(q='"southern viaduct closes"')["total"] == 1
    assert room.find(q='"northern tunnel opens"')["total"] == 0

    withdrawn = room.ingest.delete(f"/v1/articles/{identity}")
    assert withdrawn.status_code == 202
    room.await_state(withdrawn.json()["receipt"], "withdrawn")
    assert room.search.get(f"/v1/articles/{identity}").status_code == 410
    assert room.find(q='"southern viaduct closes"')["total"] == 0


def test_the_reference_article_is_found_as_its_page_shows_it(
    room: Newsroom, shared_data: Path
) -> None:
    article = json.loads((shared_data / "seed" / "article.json").read_text())
    identity = room.post(article)["id"]
    found = room.find(q="consulate", highlight="true")
    assert found["hits"][0]["article"]["id"] == identity
    assert "<mark>" in json.dumps(found["hits"][0]["highlight"])
    misspelt = room.find(q="konsulate khankendi")
    assert misspelt["query"]["corrected"] == "consulate khankendi"
    assert misspelt["hits"][0]["article"]["id"] == identity
    page = room.search.get(f"/v1/articles/{identity}", params={"include": "related"}).json()
    assert page["word_count"] == pytest.approx(494, abs=4)
    assert page["read_minutes"] == 2
    assert {"Khankendi", "Grigory Karasin"} <= set(page["tags"])
    assert "Mr. Karasin" not in page["tags"]
    html = room.search.get(f"/article/{identity}")
    assert html.status_code == 200
    assert "Rasim Musabayov" in html.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?foo=bar&utm_source=1",
        "/search?language=en&page=2",
        "/search?q=tunnel",
        "/search?q=zzzzqq",
        "/section/News",
        "/tag/lake-aruna?page=2",
    ],
)
def test_pages_are_served(room: Newsroom, path: str) -> None:
    answer = room.search.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<main" in answer.text


def test_an_article_page_shows_what_readers_expect(room: Newsroom) -> None:
    first = room.find(q="flamingos")["hits"][0]["article"]
    html = room.search.get(f"/article/{first['id']}").text
    for expected in ("Min Read", "You Might Also Like", "New articles", first["title"].split()[0]):
        assert expected in html


def test_stored_script_is_shown_as_text(room: Newsroom) -> None:
    attack = "<img src=x onerror=alert(1)>"
    article = {
        "url": "https://harbour-press.example/attack",
        "title": f"Quagga {attack}",
        "summary": attack,
        "body": f"A quagga and {attack} in the body.",
        "authors": [attack],
        "keywords": [attack],
    }
    identity = room.post(article)["id"]
    for path in (f"/article/{identity}", "/search?q=quagga", "/"):
        assert "<img src=x" not in room.search.get(path).text
    highlight = json.dumps(room.find(q="quagga", highlight="true")["hits"][0]["highlight"])
    assert "<img" not in highlight


def test_status_shows_every_group(room: Newsroom) -> None:
    done = room.dateline("status")
    assert done.returncode == 0, done.stderr
    for word in ("articles.published", "articles.enriched", "articles.indexed", "enrich"):
        assert word in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", "/nowhere.jsonl"],
        ["import", "--url", "http://[nowhere", __file__],
        ["serve"],
        ["keys", "add"],
        ["verify", "/nowhere.jsonl"],
        ["verify", __file__],
    ],
)
def test_bad_input_on_the_command_line_is_one_line_and_exit_2(
    room: Newsroom, arguments: list[str]
) -> None:
    done = room.dateline(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_an_import_with_a_wrong_key_says_so_in_a_sentence(room: Newsroom, tmp_path: Path) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_text(json.dumps(TUNNEL))
    done = room.dateline("import", "--key", "wrong", str(archive))
    assert done.returncode == 1
    assert "dateline: ingest answered 401: This key is not known" in done.stderr
    assert "{" not in done.stderr


def test_an_import_with_lines_that_are_no_json_comes_to_its_end(
    room: Newsroom, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_text(f"{json.dumps(TUNNEL)}\nno json\n{{half\n")
    done = room.dateline("import", str(archive))
    assert "100%" in done.stderr
    assert "2 refused" in done.stdout


def test_a_second_launcher_on_the_same_state_is_refused_and_harms_nothing(room: Newsroom) -> None:
    ports = {name: str(free_port()) for name in PORTS}
    second = subprocess.run(
        [sys.executable, "-m", "services"],
        env={**room.environment, **ports},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert second.returncode == 1
    assert "Another redis-server is running" in second.stderr
    status = room.dateline("status")
    assert status.returncode == 0
    assert "takes articles in" in status.stdout


def test_consumers_and_records_recover_from_flushall(room: Newsroom) -> None:
    article = {**TUNNEL, "external_id": "flushed", "url": "https://harbour-press.example/flushed"}
    room.post(article)
    total = room.find()["total"]
    with redis.Redis.from_url(room.redis_url) as client:
        client.flushall()
    corrected = {**article, "title": "After the flood the archive stands"}
    # Until search has told ingest what the index holds, the answer is 503: nothing half done.
    eventually_sync(lambda: room.ingest.post("/v1/articles", json=corrected).status_code, 202)
    assert room.post(corrected)["revision"] == 2
    assert room.find()["total"] == total
    assert room.find(q='"after the flood the archive"')["total"] == 1
    eventually_sync(lambda: room.ingest.get("/health/ready").status_code, 200)
    eventually_sync(lambda: room.search.get("/health/ready").status_code, 200)


def eventually_sync(look: Callable[[], object], expected: object) -> None:
    asyncio.run(eventually(look, expected, within_s=60))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_nothing_behind(number: int) -> None:
    with newsroom() as running:
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert len(children) >= 4
        assert running.stop(number) == 0
        # What nobody has waited for yet is no process any more.
        left = [child for child in children if child.is_running()]
        assert not [child for child in left if child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("name", ["ingest", "enrich", "search", "redis-server"])
def test_a_killed_process_is_started_again(name: str) -> None:
    with newsroom() as running:
        before = running.processes[name]
        os.kill(before, signal.SIGKILL)
        eventually_sync(lambda: running.processes[name] != before, expected=True)
        eventually_sync(lambda: _ready(running), expected=True)
        running.post(TUNNEL)


def _ready(running: Newsroom) -> bool:
    try:
        return all(
            client.get("/health/ready").status_code == 200
            for client in (running.ingest, running.search)
        )
    except httpx.TransportError:  # The connection breaks while the process is down.
        return False
