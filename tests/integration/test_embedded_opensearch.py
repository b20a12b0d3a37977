import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.embedded_opensearch import OpenSearchNode
from shared.local_server import ServerError
from shared.opensearch_distribution import LATEST, RELEASES, provision_server
from tests.servers import free_port, open_directory, opensearch_cluster

COMMAND = [sys.executable, "-m", "shared.embedded_opensearch"]


@pytest.fixture(scope="module")
def node() -> Iterator[OpenSearchNode]:
    with opensearch_cluster() as cluster:
        yield cluster.nodes[0]


@pytest.mark.opensearch
def test_the_node_answers_with_the_version_asked_for(node: OpenSearchNode) -> None:
    assert httpx.get(node.url).json()["version"]["number"] == LATEST


@pytest.mark.opensearch
@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_the_node_of_root_runs_as_another_user(node: OpenSearchNode) -> None:
    owner = Path(f"/proc/{node.pid}").stat()
    assert owner.st_uid != 0
    assert owner.st_gid != 0


@pytest.mark.opensearch
def test_the_node_listens_on_loopback_only(node: OpenSearchNode) -> None:
    info = httpx.get(f"{node.url}/_nodes/_local/http,transport").json()["nodes"]
    (addresses,) = [[each["http"], each["transport"]] for each in info.values()]
    assert all(
        bound.startswith("127.0.0.1:")
        for address in addresses
        for bound in address["bound_address"]
    )


@pytest.mark.opensearch
def test_an_acknowledged_document_is_there_after_kill_9_and_a_restart(node: OpenSearchNode) -> None:
    document = f"{node.url}/kept/_doc/1"
    assert httpx.put(document, json={"title": "kept"}, timeout=30).status_code == 201
    node.kill()
    node.start()
    assert httpx.get(document, timeout=30).json()["_source"] == {"title": "kept"}


@pytest.mark.opensearch
def test_a_paused_node_does_not_answer_until_it_is_resumed(node: OpenSearchNode) -> None:
    node.pause()
    try:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(node.url, timeout=0.5)
    finally:
        node.resume()
    assert httpx.get(node.url, timeout=30).status_code == 200


@pytest.mark.opensearch
def test_words_of_thai_are_found_without_javas_own_data(node: OpenSearchNode) -> None:
    wish = {"analyzer": "thai", "text": "ภาษาไทย"}
    answer = httpx.post(f"{node.url}/_analyze", json=wish, timeout=30).json()
    assert [token["token"] for token in answer["tokens"]] == ["ภาษา", "ไทย"]


@pytest.mark.opensearch
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_stops_its_node_and_leaves_nothing(number: signal.Signals) -> None:
    port = free_port()
    with (
        open_directory() as state,
        subprocess.Popen(
            [*COMMAND, "--port", str(port), "--state", state], stdout=subprocess.PIPE, text=True
        ) as command,
    ):
        assert command.stdout is not None
        assert command.stdout.readline() == f"http://127.0.0.1:{port}\n"
        command.send_signal(number)
        assert command.wait(60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--nodes", "0"], "argument --nodes: 0 is no number from 1 to 9"),
        (["--port", "70000"], "argument --port: 70000 is no number from 1 to 65535"),
        (["--heap", "lots"], "argument --heap: lots is no size as 512m or 2g"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_a_bad_argument_is_one_line_and_exit_2(arguments: list[str], complaint: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"opensearch: {complaint}\n")


def test_without_maven_one_line_asks_for_it_and_exit_is_1() -> None:
    with open_directory() as folder:
        done = subprocess.run(
            [*COMMAND, "--state", folder / "state"],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")},
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "opensearch: OpenSearch is fetched by Maven: please install it (mvn is not on PATH)."
    )


def test_an_archive_with_another_digest_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven = tmp_path / "mvn"
    maven.write_text(
        "#!/bin/sh\n"
        "for word; do case $word in -DoutputDirectory=*) folder=${word#*=};; esac; done\n"
        f"echo not a server > $folder/opensearch-{LATEST}.zip\n"
    )
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(ServerError, match="not the file we know"):
        provision_server(RELEASES[LATEST])
