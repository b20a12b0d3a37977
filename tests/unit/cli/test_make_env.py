"""The secrets that docker compose needs."""

import stat
import string
from pathlib import Path

import pytest

from services.cli import make_env
from services.ingest.domain.keys import hash_of


def test_only_the_owner_can_read_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_env.main()
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_the_key_is_printed_and_only_its_hash_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make_env.main()
    secret = capsys.readouterr().out.split()[-1]
    kept = (tmp_path / ".env").read_text()
    assert f"DATELINE_FIRST_KEY_HASH='newsroom:{hash_of(secret)}'" in kept
    assert secret not in kept


def test_a_file_that_is_there_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("mine")
    with pytest.raises(SystemExit, match="stays as it is"):
        make_env.main()
    assert Path(".env").read_text() == "mine"


def test_a_password_has_all_kinds_of_characters_and_fits_into_a_url() -> None:
    for _ in range(200):
        drawn = make_env.password()
        assert len(drawn) == 32
        assert set(drawn) <= set(string.ascii_letters + string.digits + "-_")
        for kind in (str.islower, str.isupper, str.isdigit):
            assert any(map(kind, drawn))
        assert set(drawn) & set("-_")
