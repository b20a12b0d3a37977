"""Hostile bodies: twenty at once, up to the size limits, beside twenty good articles a second."""

import asyncio
import itertools
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import psutil

from tests.benchmarks.frame import Result, Rig, open_loop, percentile
from tests.benchmarks.ingest_tax import ingest_on

AT_ONCE = 20
PER_SECOND = 20
SECONDS = 20
MIB = 2**20
P99_S = 0.5
MEMORY_MIB = 400
GOOD_HTML = "<p>The pier of <b>Port Merel</b> opens on Friday.</p>" * 60
_LAG = re.compile(
    rb'^dateline_event_loop_lag_seconds_bucket\{le="([0-9.]+)"\} ([0-9.e+]+)', re.MULTILINE
)

Headers = Mapping[str, str]
KEY: Headers = {"Authorization": "Bearer demo-key"}


def _with_html(html: str) -> bytes:
    return json.dumps({"url": "https://bench.example/h", "title": "T", "body_html": html}).encode()


def _open_formatting() -> str:
    return "<p>" + "".join(f"<b title={number}>" for number in range(20_000)) + "<p>x" * 90_000


def hostile() -> dict[str, tuple[str, bytes, Headers]]:
    """By name: the path, the body and the headers."""
    one, batch = "/v1/articles", "/v1/articles/batch"
    signed = {
        "webhook-id": "m",
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": "v1,bm9uc2Vuc2U=",
        "webhook-publisher": "nobody",
    }
    lists = b'{"authors": [' + b"[]," * (3 * MIB) + b"[]]}"
    return {
        "paragraphs": (one, _with_html("<p>a" * (MIB // 4)), KEY),
        "nesting": (one, _with_html("<div>" * (MIB // 5)), KEY),
        "open formatting": (one, _with_html(_open_formatting()), KEY),
        "attributes": (one, _with_html("<b " + " ".join(map("a{:x}".format, range(140_000)))), KEY),
        "tables": (one, _with_html("<table>" * (MIB // 7)), KEY),
        "short nesting": (one, _with_html("<div>" * 10_000), KEY),
        "numbers": (one, b'{"authors": [' + b"1," * (4 * MIB) + b"1]}", KEY),
        "lists": (one, lists, KEY),
        "unknown keys": (one, json.dumps({f"k{n}": n for n in range(400_000)}).encode(), KEY),
        "deep JSON": (one, b"[" * (9 * MIB), KEY),
        "batch of brackets": (batch, b"[" + b"[]," * (20 * MIB), KEY),
        "batch of numbers": (batch, b"[" + b"1," * (31 * MIB), KEY),
        "unknown signer": (batch, b"x" * (60 * MIB), signed),
    }


@dataclass
class _Seen:
    good_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    hostile: Counter[str] = field(default_factory=Counter)
    memory: float = 0
    own_memory: float = 0


async def run(rig: Rig) -> list[Result]:
    with ingest_on(rig.redis.url, rig.scratch) as (service, port):
        process = psutil.Process(service.pid)
        began = process.create_time()
        seen = await _drive(f"http://127.0.0.1:{port}", process)
        restarted = psutil.Process(service.pid).create_time() != began
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/metrics")
        lag = _LAG.findall(answer.content)
    refused = sum(count for status, count in seen.statuses.items() if status not in {200, 202})
    held = {float(bound): float(count) for bound, count in lag}
    most = max(held.values())
    above = most - held[0.05]
    raw = (
        f"{sum(seen.statuses.values())} good articles, p50 {percentile(seen.good_s, 0.5):.3f} s; "
        f"hostile bodies answered: {dict(sorted(seen.hostile.items()))}"
    )
    return [
        Result("good POSTs beside hostile ones, p99 s", _p99(seen), P99_S, raw, at_most=True),
        Result("good POSTs not accepted", refused, 0, str(dict(seen.statuses)), at_most=True),
        Result("memory of ingest, MiB", seen.own_memory, MEMORY_MIB, _memory(seen), at_most=True),
        Result("restarts of ingest", restarted, 0, "the process is the same", at_most=True),
        Result("loop held over 50 ms, of samples", above, None, f"of {most:.0f} samples"),
    ]


def _p99(seen: _Seen) -> float:
    return percentile(seen.good_s, 0.99)


def _memory(seen: _Seen) -> str:
    return f"with its worker processes together at most {seen.memory:.0f} MiB, shared pages once"


async def _drive(address: str, process: psutil.Process) -> _Seen:
    seen, numbers = _Seen(), itertools.count()
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:

        async def good() -> None:
            number = next(numbers)
            article = {"url": f"https://bench.example/good/{number}", "title": f"Pier {number}"}
            body = {"body_html": GOOD_HTML} if number % 2 else {"body": GOOD_HTML[:4000]}
            start = time.perf_counter()
            answer = await client.post("/v1/articles", json=article | body, headers=KEY)
            seen.good_s.append(time.perf_counter() - start)
            seen.statuses[answer.status_code] += 1

        # A process of its own: what it takes to send must not delay the good ones.
        command = [sys.executable, "-m", "tests.benchmarks.hostile", address]
        attacker = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert attacker.stdout is not None
        await attacker.stdout.readline()
        watching = asyncio.create_task(_watch(process, seen))
        await open_loop(PER_SECOND, SECONDS, good)
        attacker.terminate()
        told, _ = await attacker.communicate()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    seen.hostile.update(told.decode().splitlines())
    return seen


async def _attack_for_ever(address: str) -> None:
    bodies = itertools.cycle(hostile().items())
    print("ready", flush=True)
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await asyncio.gather(*(_attack(client, bodies) for _ in range(AT_ONCE)))


async def _attack(
    client: httpx.AsyncClient, bodies: "itertools.cycle[tuple[str, tuple[str, bytes, Headers]]]"
) -> None:
    while True:
        name, (path, body, headers) = next(bodies)
        try:
            answer = await client.post(path, content=body, headers=headers)
            print(f"{name}: {answer.status_code}", flush=True)
        except httpx.HTTPError as error:
            print(f"{name}: {type(error).__name__}", flush=True)


async def _watch(process: psutil.Process, seen: _Seen) -> None:
    while True:
        seen.own_memory = max(seen.own_memory, process.memory_info().rss / MIB)
        family = [process, *process.children(recursive=True)]
        total = 0.0
        for each in family:
            try:
                total += each.memory_full_info().pss / MIB
            except psutil.Error:
                continue
        seen.memory = max(seen.memory, total)
        await asyncio.sleep(0.25)


if __name__ == "__main__":
    asyncio.run(_attack_for_ever(sys.argv[1]))
