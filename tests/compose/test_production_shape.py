"""`docker compose up` as an operator meets it; each test leaves the stack running and healthy."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.compose.stack import PROJECT, SERVICES, Stack, crash, inside, service_of
from tests.compose.standins import run
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(1200)

BATCH = 400
READ_METRICS = """
import sys
from urllib.request import urlopen
print(urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode())
"""
DONE = 'dateline_stream_entries_total{group="enrich",stream="articles.published",verdict="done"}'
ANSWERED = 'dateline_http_request_seconds_count{method="GET",route="/v1/'


def wait_until_searchable(publisher: httpx.Client, receipt: str) -> None:
    answer = publisher.get(
        f"/v1/receipts/{receipt}", params={"wait": "searchable", "timeout": 30}
    ).json()
    assert answer["state"] == "searchable", answer


def total(reader: httpx.Client, question: str) -> int:
    return int(reader.get("/v1/search", params={"q": question}).raise_for_status().json()["total"])


def post(stack: Stack, title: str) -> str:
    """Post one article, wait until it is searchable, and give its id."""
    article = {
        "url": f"https://publisher.example/{quote(title)}",
        "title": title,
        "body": f"On {title}.",
    }
    with stack.http("ingest") as publisher:
        accepted = publisher.post("/v1/articles", json=article).raise_for_status().json()
        wait_until_searchable(publisher, accepted["receipt"])
    return str(accepted["id"])


def measured(container: dict[str, Any], port: int, metric: str) -> float:
    """The sum of the series that begin like this, as the container itself tells them."""
    lines = inside(container, "python", "-c", READ_METRICS, str(port)).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric))


@pytest.fixture
def enrich_times_three(stack: Stack) -> Iterator[list[dict[str, Any]]]:
    stack.up("--no-recreate", "--scale", "enrich=3", "enrich")
    yield stack.containers("enrich")
    stack.up("--no-recreate", "--scale", "enrich=1", "enrich")


def test_everything_becomes_healthy(stack: Stack) -> None:
    health = {service_of(one): one["State"]["Health"]["Status"] for one in stack.containers()}
    expected = ("redis", "redis-memory", "opensearch", *SERVICES, "gateway")
    assert health == dict.fromkeys(expected, "healthy")


def test_an_article_posted_at_one_door_is_found_at_the_other(
    stack: Stack, shared_data: Path
) -> None:
    article = (shared_data / "seed/article.json").read_bytes()
    with stack.http("ingest") as publisher, stack.http("search") as reader:
        headers = {"Content-Type": "application/json"}
        accepted = publisher.post("/v1/articles", content=article, headers=headers)
        assert accepted.status_code == 202, accepted.text
        wait_until_searchable(publisher, accepted.json()["receipt"])
        found = reader.get("/v1/search", params={"q": "consulate"}).json()
        assert found["hits"][0]["article"]["id"] == accepted.json()["id"]


def test_a_stranger_is_refused_and_so_is_the_demo_key(stack: Stack) -> None:
    with stack.http("ingest") as publisher:
        for key in ("unknown", "demo-key"):
            answer = publisher.get("/v1/articles", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 401


async def test_three_enrich_workers_share_the_work(
    stack: Stack, enrich_times_three: list[dict[str, Any]]
) -> None:
    batch = [
        {
            "url": f"https://publisher.example/shared/{n}",
            "title": f"Sharedwork {n}",
            "body": "News.",
        }
        for n in range(BATCH)
    ]
    with stack.http("ingest") as publisher, stack.http("search") as reader:
        items = publisher.post("/v1/articles/batch", json=batch).raise_for_status().json()["items"]
        assert [item["status"] for item in items] == [202] * BATCH
        await eventually(lambda: total(reader, "sharedwork"), BATCH, within_s=120)
    shares = [measured(one, 8003, DONE) for one in enrich_times_three]
    assert len(shares) == 3
    assert all(share > 0 for share in shares), shares


def test_every_replica_answers_behind_the_gateway(stack: Stack) -> None:
    stack.up("--no-recreate", "--scale", "ingest=2", "--scale", "search=2")
    post(stack, "Balanced")
    for service, path in (("ingest", "/v1/articles"), ("search", "/v1/latest")):
        with stack.http(service) as client:
            for _ in range(40):
                client.get(path).raise_for_status()
    for service, port in (("ingest", 8001), ("search", 8002)):
        answered = [measured(one, port, ANSWERED) for one in stack.containers(service)]
        assert len(answered) == 2
        assert all(answered), answered
    stack.up("--no-recreate", "--scale", "ingest=1", "--scale", "search=1")
    post(stack, "Alone again")


def test_only_the_gateway_is_published_and_only_on_loopback(stack: Stack) -> None:
    for container in stack.containers():
        bindings = container["NetworkSettings"]["Ports"] or {}
        published = [binding for found in bindings.values() for binding in found or ()]
        if service_of(container) == "gateway":
            assert {one["HostIp"] for one in published} == {"127.0.0.1"}
            assert {int(one["HostPort"]) for one in published} == set(stack.ports.values())
        else:
            assert published == []


def test_nobody_is_root_or_gains_rights(stack: Stack) -> None:
    for container in stack.containers():
        host = container["HostConfig"]
        assert inside(container, "id", "-u").strip() != "0"
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["Memory"] > 0
        assert host["PidsLimit"] > 0


def test_root_file_systems_are_read_only(stack: Stack) -> None:
    containers = stack.containers("redis", "redis-memory", "gateway", *SERVICES)
    for container in containers:
        with pytest.raises(AssertionError, match="Read-only file system"):
            inside(container, "touch", "/etc/written")


def test_no_secret_stands_in_an_argument_or_a_log_line(stack: Stack) -> None:
    seen = stack.compose("logs", "--no-color")
    for container in stack.containers():
        seen += run("docker", "top", str(container["Id"]), "-eo", "pid,args")
        seen += json.dumps(container["Config"]["Cmd"])
    for name, value in {**stack.secrets, "key": stack.key}.items():
        assert value.rpartition(":")[2] not in seen, f"{name} can be read"


def test_the_gateway_passes_a_large_batch_and_refuses_a_larger_one(stack: Stack) -> None:
    with stack.http("ingest") as publisher:
        headers = {"Content-Type": "application/x-ndjson"}
        large = publisher.post("/v1/articles/batch", content=b"\n" * 2**25, headers=headers)
        assert large.status_code == 200, large.text
        larger = publisher.post("/v1/articles/batch", content=b"\n" * 2**27, headers=headers)
        last = larger.json()["items"][-1] if larger.status_code == 200 else larger.json()
        assert last["status"] == 413


@pytest.mark.parametrize("service", SERVICES)
async def test_a_crashed_service_comes_back(stack: Stack, service: str) -> None:
    def state() -> tuple[int, str]:
        (container,) = stack.containers(service)
        return container["RestartCount"], container["State"]["Health"]["Status"]

    (before,) = stack.containers(service)
    crash(before)
    await eventually(state, (before["RestartCount"] + 1, "healthy"), within_s=120)
    post(stack, f"After the crash of {service}")


def test_down_and_up_again_keeps_everything(stack: Stack) -> None:
    article_id = post(stack, "Kept")
    stack.down()
    stack.up()
    with stack.http("search") as reader:
        assert reader.get(f"/v1/articles/{article_id}").json()["title"] == "Kept"
    post(stack, "Posted after the pause with the same key")


def test_without_secrets_compose_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    compose = ("docker", "compose", "--env-file", str(tmp_path / ".env"), "--file")
    done = subprocess.run(
        (*compose, str(PROJECT / "docker-compose.yml"), "config", "--quiet"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode
    assert "run make .env" in done.stderr
