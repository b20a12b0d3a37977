"""A certificate that a strict client accepts for its name alone."""

import ssl
import stat
from pathlib import Path
from typing import Any

import pytest

from services.cli.make_certificate import main, make_certificate


def handshake(folder: Path, name: str) -> None:
    """A TLS handshake in memory, verified as strictly as Python can."""
    client = ssl.create_default_context(cafile=folder / "ca.pem")
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "node.pem", folder / "node.key")
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends: list[Any] = [
        client.wrap_bio(down, up, server_hostname=name),
        server.wrap_bio(up, down, server_side=True),
    ]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("name", ["opensearch", "localhost", "127.0.0.1"])
def test_a_strict_client_accepts_the_server_under_its_names(tmp_path: Path, name: str) -> None:
    make_certificate(tmp_path, "opensearch")
    handshake(tmp_path, name)


def test_another_name_is_refused(tmp_path: Path) -> None:
    make_certificate(tmp_path, "opensearch")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(tmp_path, "elsewhere")


def test_only_the_owner_can_read_the_key(tmp_path: Path) -> None:
    make_certificate(tmp_path, "opensearch")
    assert stat.S_IMODE((tmp_path / "node.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca.pem", "node.key", "node.pem"]


def test_a_second_run_keeps_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["make_certificate", str(tmp_path), "opensearch"])
    main()
    first = (tmp_path / "node.pem").read_bytes()
    main()
    assert (tmp_path / "node.pem").read_bytes() == first
