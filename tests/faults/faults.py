"""The faults: each does its harm, lasts a while, and is undone.

A fault names what it needs; the schedule draws only from what the estate has. All block: they run
in threads of their own.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.embedded_opensearch import OpenSearchNode
from shared.streams import STREAMS
from tests.faults.estate import CLAIM_IDLE_MS, Estate
from tests.servers import free_port

CLAIM_S = CLAIM_IDLE_MS / 1000
POISON: Sequence[dict[str, bytes]] = (
    {"__data__": b"\xff\xfe no json"},
    {"__data__": b'{"type": "ArticlePublished", "subject": "poison", "data": {}}'},
    {"other": b"field"},
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of harm.

    Attributes:
        targets: what of an estate it may strike, by label; empty where it cannot.
        strike: does it to one target, lasting these seconds, and undoes it.
        longest_s: how long it lasts at most.
        once: it comes once in a run, because undoing it takes long.
    """

    name: str
    targets: Callable[[Estate], list[str]]
    strike: Callable[[Estate, str, float], None]
    longest_s: float
    once: bool = False


def _replicas(estate: Estate) -> list[str]:
    return [replica.label for replica in estate.replicas]


def _nodes(estate: Estate) -> list[str]:
    return [node.directory.name for node in estate.cluster.nodes] if estate.cluster else []


def _ways(estate: Estate) -> list[str]:
    return list(estate.ways)


def _redis(_: Estate) -> list[str]:
    return ["redis"]


def _groups(_: Estate) -> list[str]:
    return [f"{stream.name} {group}" for stream in STREAMS for group in stream.groups]


def client(estate: Estate) -> "redis.Redis":
    """Straight to Redis, around the proxy; fails at once."""
    return redis.Redis(port=estate.redis.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))


def kill(estate: Estate, target: str, seconds: float) -> None:
    server = estate.servers[target]
    server.kill()
    time.sleep(seconds)
    server.start()


def hang(estate: Estate, target: str, seconds: float) -> None:
    server = estate.servers[target]
    server.pause()
    time.sleep(seconds)
    server.resume()


def deploy(estate: Estate, target: str, seconds: float) -> None:
    replica = next(one for one in estate.replicas if one.label == target)
    replica.deploy()
    time.sleep(seconds)
    replica.start()


def deploy_all(estate: Estate, _: str, seconds: float) -> None:
    """All at once down, and up again in any order."""
    replicas = list(estate.replicas)
    random.shuffle(replicas)
    for replica in replicas:
        replica.kill()
    random.shuffle(replicas)
    for replica in replicas:
        replica.start()
        time.sleep(seconds / len(replicas))


def stop_redis(estate: Estate, _: str, seconds: float) -> None:
    estate.redis.stop()
    time.sleep(seconds)
    estate.redis.start()


def fill_redis(estate: Estate, _: str, seconds: float) -> None:
    with client(estate) as connection:
        connection.config_set("maxmemory", "1mb")
    time.sleep(seconds)
    with client(estate) as connection:
        connection.config_set("maxmemory", "0")


def make_redis_read_only(estate: Estate, _: str, seconds: float) -> None:
    with client(estate) as connection:
        connection.replicaof("127.0.0.1", str(free_port()))
    time.sleep(seconds)
    with client(estate) as connection:
        connection.replicaof("NO", "ONE")


def drop_connections(estate: Estate, _: str, seconds: float) -> None:
    with client(estate) as connection:
        connection.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        connection.script_flush()
    time.sleep(seconds)


def destroy_group(estate: Estate, target: str, seconds: float) -> None:
    stream, group = target.split()
    with client(estate) as connection:
        connection.xgroup_destroy(stream, group)
    time.sleep(seconds)


def add_poison(estate: Estate, _: str, seconds: float) -> None:
    with client(estate) as connection:
        for stream in STREAMS[:2]:
            for fields in POISON:
                connection.xadd(stream.name, fields)
    time.sleep(seconds)


def block_writes(estate: Estate, target: str, seconds: float) -> None:
    """As OpenSearch does when its disk is full, and undoes when there is space again."""
    _set_block(estate, target, "true")
    time.sleep(seconds)
    _set_block(estate, target, None)


def _set_block(estate: Estate, target: str, value: str | None) -> None:
    node = _node(estate, target)
    settings = {"index.blocks.read_only_allow_delete": value}
    answer = httpx.put(f"{node.url}/articles*/_settings", json=settings, timeout=60)
    answer.raise_for_status()


def squeeze(estate: Estate, target: str, seconds: float) -> None:
    """Restart a node that takes little at once: 413 for large requests, 429 for many bytes."""
    node = _node(estate, target)
    before = dict(node.settings)
    node.settings = before | {
        "http.max_content_length": "60kb",
        "indexing_pressure.memory.limit": "40kb",
    }
    _restart(node)
    time.sleep(seconds)
    node.settings = before
    _restart(node)


def turn_red(estate: Estate, target: str, seconds: float) -> None:
    """Restart a node while no shard may be allocated: its primaries are nowhere meanwhile."""
    node = _node(estate, target)
    _allocate(node, "none")
    node.kill()
    node.launch()
    node.wait_until(lambda: _answers(node), node.start_seconds)
    time.sleep(seconds)
    _allocate(node, None)


def _allocate(node: OpenSearchNode, what: str | None) -> None:
    settings = {"persistent": {"cluster.routing.allocation.enable": what}}
    httpx.put(f"{node.url}/_cluster/settings", json=settings, timeout=60).raise_for_status()


def _answers(node: OpenSearchNode) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{node.url}/_cluster/health?timeout=1s", timeout=5).is_success
    return False


def _restart(node: OpenSearchNode) -> None:
    node.kill()
    node.start()


def _node(estate: Estate, target: str) -> OpenSearchNode:
    assert estate.cluster
    return next(node for node in estate.cluster.nodes if node.directory.name == target)


def cut(estate: Estate, target: str, seconds: float) -> None:
    estate.ways[target].cut()
    time.sleep(seconds)
    estate.ways[target].heal()


def _toxic(
    kind: str, *, upstream: bool = False, **attributes: float
) -> Callable[[Estate, str, float], None]:
    def strike(estate: Estate, target: str, seconds: float) -> None:
        estate.ways[target].poison(kind, upstream=upstream, **attributes)
        time.sleep(seconds)
        estate.ways[target].heal()

    return strike


PROCESS = (
    Fault("kill -9", _replicas, kill, 4),
    Fault("kill -9", _replicas, kill, 4),
    Fault("hang", _replicas, hang, CLAIM_S * 2.5),
    Fault("deploy", _replicas, deploy, 2),
    Fault("restart all", lambda _: ["all"], deploy_all, 4),
)
REDIS = (
    Fault("kill -9", _redis, kill, 4),
    Fault("hang", _redis, hang, 8),
    Fault("restart", _redis, stop_redis, 4),
    Fault("full", _redis, fill_redis, 8),
    Fault("read-only", _redis, make_redis_read_only, 8),
    Fault("connections and scripts dropped", _redis, drop_connections, 1),
    Fault("group destroyed", _groups, destroy_group, 1),
    Fault("poison", lambda _: ["streams"], add_poison, 1),
)
ENGINE = (
    Fault("kill -9", _nodes, kill, 8),
    Fault("hang", _nodes, hang, 12),
    Fault("writes blocked", _nodes, block_writes, 15),
    Fault("squeezed (413, 429)", _nodes, squeeze, 12, once=True),
    Fault("red", _nodes, turn_red, 10, once=True),
)
NETWORK = (
    Fault("cut", _ways, cut, 6),
    Fault("slow (2 s)", _ways, _toxic("latency", latency=2000, jitter=500), 10),
    Fault("half open, answers", _ways, _toxic("timeout", timeout=0), 8),
    Fault("half open, requests", _ways, _toxic("timeout", upstream=True, timeout=0), 8),
    Fault("slow close", _ways, _toxic("slow_close", delay=4000), 8),
    Fault("reset", _ways, _toxic("reset_peer", timeout=300), 4),
    Fault("narrow (20 kB/s)", _ways, _toxic("bandwidth", rate=20), 8),
    Fault("broken off after 20 kB", _ways, _toxic("limit_data", bytes=20_000), 6),
)
FAULTS = (*PROCESS, *REDIS, *ENGINE, *NETWORK)
