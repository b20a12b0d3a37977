"""Requests signed as of Standard Webhooks, in place of a key."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook

from services.cli.app import main
from services.ingest import commands
from services.ingest.adapters import redis_signing
from services.ingest.adapters.sealing import Seal, new_sealing_key
from services.ingest.settings import IngestSettings
from shared.events import ArticlePublished
from tests.publishing import ID, Ingest, Verdict, article, settled_ingest
from tests.unit.ingest.formats.documents import DOCUMENTS
from tests.waiting import eventually

KEY = new_sealing_key()
OLD = 6 * 60


class Signer:
    """A publisher that signs what it sends."""

    def __init__(self, ingest: Ingest, url: str, secret: str) -> None:
        self.ingest = ingest
        self.url = url
        self.secret = secret
        transport = httpx.ASGITransport(ingest.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://ingest")

    def headers(
        self, body: bytes, *, message: str | None = None, at: float | None = None
    ) -> dict[str, str]:
        message = message or f"msg_{uuid4().hex}"
        at = int(at or time.time())
        moment = datetime.fromtimestamp(at, UTC)
        return {
            "webhook-id": message,
            "webhook-timestamp": str(at),
            "webhook-signature": Webhook(self.secret).sign(message, moment, body.decode()),
            "webhook-publisher": "demo",
        }

    async def send(
        self,
        method: str = "POST",
        path: str = "/v1/articles",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        body = json.dumps(article()).encode() if body is None else body
        headers = self.headers(body) if headers is None else headers
        return await self.http.request(method, path, content=body, headers=headers)


@pytest.fixture
async def signer(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Signer]:
    monkeypatch.setattr(redis_signing, "CACHE_S", 0.1)
    secret = await commands.add_signing_secret(redis_url, KEY, "demo")
    async with settled_ingest(redis_url, secrets_key=KEY) as ingest:
        running = Signer(ingest, redis_url, secret)
        async with running.http:
            yield running


def code(answer: httpx.Response) -> tuple[int, str]:
    body: dict[str, Any] = answer.json()
    return answer.status_code, body.get("code", "accepted")


async def test_a_signed_article_is_the_publishers(signer: Signer) -> None:
    accepted = await signer.send()
    assert accepted.status_code == 202
    assert accepted.json()["id"] == ID
    receipt = await signer.send("GET", accepted.headers["location"], b"")
    assert receipt.json()["state"] == "accepted"
    assert (await signer.send("DELETE", f"/v1/articles/{ID}", b"")).status_code == 202


async def test_the_vector_of_the_specification_is_signed_as_it_says() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    moment = datetime.fromtimestamp(1614265330, UTC)
    signed = Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", moment, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,AAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "tomorrow"},
        {"webhook-publisher": "stranger"},
        {"webhook-publisher": ""},
        {"webhook-id": "x" * 300},
    ],
)
async def test_a_wrong_signature_is_401(signer: Signer, change: dict[str, str]) -> None:
    headers = signer.headers(json.dumps(article()).encode()) | change
    assert code(await signer.send(headers=headers)) == (401, "unknown_key")
    assert await signer.ingest.events() == []


async def test_a_changed_body_and_one_that_is_no_text_are_401(signer: Signer) -> None:
    headers = signer.headers(b"{}")
    assert code(await signer.send(headers=headers)) == (401, "unknown_key")
    assert code(await signer.send(body=b"\xff\xfe", headers=headers)) == (401, "unknown_key")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-publisher"])
async def test_a_missing_header_is_named(signer: Signer, name: str) -> None:
    headers = signer.headers(b"{}")
    del headers[name]
    answer = await signer.send(body=b"{}", headers=headers)
    assert code(answer) == (401, "unknown_key")
    assert name in answer.json()["detail"]


@pytest.mark.parametrize(("age", "status"), [(OLD, 401), (-OLD, 401), (280, 202), (-280, 202)])
async def test_a_signature_is_taken_for_five_minutes(signer: Signer, age: int, status: int) -> None:
    body = json.dumps(article()).encode()
    headers = signer.headers(body, at=time.time() - age)
    assert (await signer.send(body=body, headers=headers)).status_code == status


async def test_a_replayed_message_has_the_same_answer_as_before(signer: Signer) -> None:
    body = json.dumps(article()).encode()
    headers = signer.headers(body, message="msg_1")
    first = await signer.send(body=body, headers=headers)
    again = await signer.send(body=body, headers=headers)
    later = await signer.send(body=body, headers=signer.headers(body, message="msg_1"))

    assert (first.status_code, again.status_code, later.status_code) == (202, 202, 202)
    assert first.json() == again.json() == later.json()
    assert len(await signer.ingest.events()) == 1


async def test_a_message_cannot_be_sent_anywhere_else(signer: Signer) -> None:
    await signer.send()
    headers = signer.headers(b"", message="msg_read")
    assert (await signer.send("GET", "/v1/articles", b"", headers)).status_code == 200

    stolen = await signer.send("DELETE", f"/v1/articles/{ID}", b"", headers)

    assert code(stolen) == (422, "webhook_id_reused")
    assert len(await signer.ingest.events()) == 1


async def test_other_content_under_the_same_id_is_refused(signer: Signer) -> None:
    await signer.send(headers=signer.headers(json.dumps(article()).encode(), message="msg_1"))
    other = json.dumps(article(title="Other")).encode()
    answer = await signer.send(body=other, headers=signer.headers(other, message="msg_1"))
    assert code(answer) == (422, "webhook_id_reused")


async def test_a_signed_batch_is_kept_under_its_id(signer: Signer) -> None:
    body = json.dumps([article(url=f"https://news.example/{n}") for n in range(150)]).encode()
    headers = signer.headers(body)
    first = await signer.send(path="/v1/articles/batch", body=body, headers=headers)
    again = await signer.send(path="/v1/articles/batch", body=body, headers=headers)

    assert [item["status"] for item in first.json()["items"]] == [202] * 150
    assert first.content == again.content
    assert len(await signer.ingest.events()) == 150


async def test_a_signed_batch_that_was_not_kept_settles_its_items_only_once(
    signer: Signer,
) -> None:
    """Its last item is refused, so that the whole may be sent again; a replay must not hurt."""
    body = json.dumps([article(), article(url="https://news.example/2")]).encode()[:-1]
    headers = signer.headers(body)
    path = "/v1/articles/batch"
    first = await signer.send(path=path, body=body, headers=headers)
    assert (await signer.send(body=json.dumps(article(title="New")).encode())).status_code == 202

    replayed = await signer.send(path=path, body=body, headers=headers)

    statuses = [item["status"] for item in first.json()["items"]]
    assert statuses in ([202, 400], [202, 202, 400])
    assert replayed.json() == first.json()
    events = await signer.ingest.events()
    titles = [event.title for event in events if isinstance(event, ArticlePublished)]
    assert titles == ["A title"] * (len(statuses) - 1) + ["New"]


async def test_a_signed_document_is_kept_under_its_id(signer: Signer) -> None:
    body = DOCUMENTS["ninjs"]
    headers = signer.headers(body)
    first = await signer.send(path="/v1/import", body=body, headers=headers)
    again = await signer.send(path="/v1/import", body=body, headers=headers)

    assert [item["status"] for item in first.json()["items"]] == [202]
    assert first.content == again.content
    assert len(await signer.ingest.events()) == 1


@pytest.mark.parametrize("first", [{}, {"idempotency-key": "k"}], ids=["without", "with"])
@pytest.mark.parametrize("later", [{}, {"idempotency-key": "k2"}], ids=["without", "with"])
@pytest.mark.parametrize("path", ["/v1/articles", "/v1/articles/batch"])
async def test_a_header_beside_the_signature_does_not_make_it_another_message(
    signer: Signer, path: str, first: dict[str, str], later: dict[str, str]
) -> None:
    old, new = article(), article(title="Corrected")
    body = json.dumps([old] if path.endswith("batch") else old).encode()
    captured = signer.headers(body)
    before = await signer.send(path=path, body=body, headers=captured | first)
    assert (await signer.send(body=json.dumps(new).encode())).status_code == 202

    replayed = await signer.send(path=path, body=body, headers=captured | later)

    assert (replayed.status_code, replayed.content) == (before.status_code, before.content)
    events = await signer.ingest.events()
    titles = [event.title for event in events if isinstance(event, ArticlePublished)]
    assert titles == ["A title", "Corrected"]


async def test_a_key_with_the_id_of_a_message_is_another_request(signer: Signer) -> None:
    key = {"Idempotency-Key": "msg_1"}
    await signer.ingest.http.post("/v1/articles", json=article(title="By key"), headers=key)
    body = json.dumps(article()).encode()
    headers = signer.headers(body, message="msg_1")
    assert (await signer.send(body=body, headers=headers)).status_code == 202


class Unread:
    """A body that tells whether anybody asked for it."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.left > 0:
            self.read = True
            self.left -= 2**16
            yield b"a" * 2**16


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-publisher": "stranger"},
        {"webhook-publisher": "S" * 30_000},
        {"webhook-publisher": ""},
        {"webhook-timestamp": str(int(time.time()) - OLD)},
        {"webhook-timestamp": "nan"},
        {"webhook-id": "x" * 300},
    ],
)
@pytest.mark.parametrize("path", ["/v1/articles", "/v1/articles/batch"])
async def test_nothing_is_read_for_a_stranger_or_an_old_time(
    signer: Signer, path: str, change: dict[str, str]
) -> None:
    body = Unread(2**20)
    headers = signer.headers(b"") | change
    answer = await signer.http.post(path, content=body, headers=headers)
    assert code(answer) == (401, "unknown_key")
    assert not body.read


async def test_strangers_leave_nothing_behind(signer: Signer) -> None:
    signing = redis_signing.RedisSigning(signer.ingest.redis, Seal(KEY))
    for number in range(100):
        assert await signing.valid(f"stranger{number}") == []
    assert len(await signing.valid("demo")) == 1
    assert list(signing._found) == ["demo"]  # noqa: SLF001


async def test_a_signed_body_has_a_limit_of_its_own(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.api.signatures.SIGNED_BYTES", 2**20)
    headers = signer.headers(b"")
    answer = await signer.http.post("/v1/articles/batch", content=Unread(2**21), headers=headers)
    assert code(answer) == (413, "too_large")


async def test_old_and_new_secret_are_valid_during_a_rotation_and_then_only_the_new(
    signer: Signer,
) -> None:
    new = await commands.rotate_signing_secret(signer.url, KEY, "demo", overlap_s=1.5)
    assert (await signer.send()).status_code == 202
    renewed = Signer(signer.ingest, signer.url, new)
    async with renewed.http:
        await eventually(lambda: _status(renewed), 200)
        await eventually(lambda: _status(signer), 401)
        assert await _status(renewed) == 200


async def _status(signer: Signer) -> int:
    return (await signer.send()).status_code


async def test_a_revoked_secret_is_refused_within_seconds(signer: Signer) -> None:
    assert await _status(signer) == 202
    await commands.revoke_signing_secrets(signer.url, "demo")
    await eventually(lambda: _status(signer), 401)


async def test_secrets_are_kept_encrypted_and_open_only_for_their_publisher(
    signer: Signer,
) -> None:
    kept = await signer.ingest.redis.hgetall("ingest:signing:demo")
    (about,) = kept.values()
    assert signer.secret.removeprefix("whsec_").encode() not in about
    sealed = json.loads(about)["sealed"]
    assert Seal(KEY).open("demo", sealed) == signer.secret
    assert Seal(KEY).open("other", sealed) is None
    assert Seal(new_sealing_key()).open("demo", sealed) is None
    assert Seal(f"{new_sealing_key()},{KEY}").open("demo", sealed) == signer.secret


async def test_without_the_key_of_the_environment_no_signature_is_taken(
    signer: Signer, redis_url: str
) -> None:
    async with settled_ingest(redis_url) as keyless:
        stranger = Signer(keyless, redis_url, signer.secret)
        async with stranger.http:
            assert await _status(stranger) == 401
            assert Verdict.of(await keyless.http.post("/v1/articles", json=article())).status == 202


def test_a_key_that_is_none_is_refused_at_start() -> None:
    with pytest.raises(ValidationError, match="Fernet key must be 32 url-safe base64"):
        IngestSettings(secrets_key="short")


async def test_an_operator_makes_lists_rotates_and_revokes(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("DATELINE_SECRETS_KEY", KEY)

    async def dateline(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as stopped:
            await asyncio.to_thread(main, ["keys", "signing", *arguments])
        said = capsys.readouterr()
        return stopped.value.code, said.out + said.err

    exit_code, secret = await dateline("add", "wire")
    assert exit_code == 0
    assert secret.startswith("whsec_")
    again = "dateline: wire has a signing secret; rotate it\n"
    assert await dateline("add", "wire") == (2, again)
    assert (await dateline("rotate", "wire"))[1].startswith("whsec_")
    listed = (await dateline("list"))[1].splitlines()
    assert sorted(line.split()[2] for line in listed) == ["current", "until"]
    assert secret.strip() not in "".join(listed)
    assert await dateline("revoke", "wire") == (0, "")
    assert await dateline("revoke", "wire") == (2, "dateline: wire has no signing secret\n")
    assert (await dateline("rotate", "wire"))[0] == 2
    monkeypatch.setenv("DATELINE_SECRETS_KEY", "short")
    exit_code, said = await dateline("list")
    assert (exit_code, said.count("\n")) == (2, 1)
    assert "DATELINE_SECRETS_KEY" in said
    assert "Fernet key must be 32" in said
    monkeypatch.delenv("DATELINE_SECRETS_KEY")
    monkeypatch.setenv("DATELINE_STATE_DIR", "/nonexistent")
    assert "DATELINE_SECRETS_KEY is not set" in (await dateline("add", "wire"))[1]
