"""Signing secrets in Redis, sealed; and which request a signed message stands for."""

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.adapters.sealing import Seal
from services.ingest.domain.keys import ID_LENGTH, hash_of, make_key
from services.ingest.domain.signing import SigningSecret, after, new_signing_secret
from services.ingest.ports import PartUnavailableError
from shared.messaging.outages import outages_as

CACHE_S = 2.0
MESSAGE_S = 15 * 60
"""Longer than any signature is taken: five minutes before its time, and five after."""


class RedisSigning:
    """Found secrets are remembered for two seconds: so long a revoked one may still be used.

    Without a `seal` nobody has a secret.
    """

    def __init__(self, redis: "Redis", seal: Seal | None) -> None:
        self._redis = redis
        self._seal = seal
        self._found: dict[str, tuple[float, list[SigningSecret]]] = {}

    async def valid(self, publisher: str) -> list[str]:
        until, found = self._found.get(publisher, (0.0, []))
        if until <= time.monotonic():
            with outages_as(PartUnavailableError):
                found = await self.of(publisher) if self._seal else []
            # Names without a secret are not remembered: anybody may send them.
            if found:
                self._found[publisher] = (time.monotonic() + CACHE_S, found)
        now = datetime.now(UTC)
        return [one.secret for one in found if one.secret and one.valid(now)]

    async def claim(self, publisher: str, message_id: str, fingerprint: str) -> bool:
        digest = hashlib.sha256(message_id.encode()).hexdigest()
        name = keyspace.signed_message(publisher, digest)
        with outages_as(PartUnavailableError):
            if await self._redis.set(name, fingerprint, nx=True, ex=MESSAGE_S):
                return True
            return bool(await self._redis.get(name) == fingerprint.encode())

    async def of(self, publisher: str) -> list[SigningSecret]:
        """The publisher's secrets, those that ended too."""
        kept: dict[Any, Any] = await self._redis.hgetall(keyspace.signing(publisher))
        return [
            self._secret(publisher, secret_id.decode(), json.loads(about))
            for secret_id, about in kept.items()
        ]

    async def all(self) -> list[SigningSecret]:
        publishers: set[Any] = await self._redis.smembers(keyspace.SIGNING)
        names = sorted(name.decode() for name in publishers)
        return [secret for name in names for secret in await self.of(name)]

    async def put(self, publisher: str, *, overlap_s: float | None = None) -> str:
        """A new secret, answered here only; with `overlap_s` in the place of those there are.

        Raises:
            ValueError: a bad publisher name, or whether there is a secret is not as it must be.
        """
        make_key(publisher, {"publish"}, hash_of(""))
        if self._seal is None:
            raise ValueError("DATELINE_SECRETS_KEY is not set: secrets are kept encrypted under it")
        now = datetime.now(UTC)
        kept = [secret for secret in await self.of(publisher) if secret.valid(now)]
        if (overlap_s is None) == bool(kept):
            there = "has a signing secret; rotate it" if kept else "has no signing secret to rotate"
            raise ValueError(f"{publisher} {there}")
        secret = new_signing_secret()
        name = keyspace.signing(publisher)
        records = {hash_of(secret)[:ID_LENGTH]: self._record(publisher, secret, None)}
        for old in kept:
            ends = min(old.ends_at or after(overlap_s or 0), after(overlap_s or 0))
            if old.secret:
                records[old.id] = self._record(publisher, old.secret, ends)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(name)
            pipe.hset(name, mapping=dict(records.items()))
            pipe.sadd(keyspace.SIGNING, publisher)
            await pipe.execute()
        return secret

    async def revoke(self, publisher: str) -> None:
        """End all the publisher's secrets. Raises `LookupError` if there is none."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(keyspace.signing(publisher))
            pipe.srem(keyspace.SIGNING, publisher)
            gone, _ = await pipe.execute()
        if not gone:
            raise LookupError(f"{publisher} has no signing secret")

    def _record(self, publisher: str, secret: str, ends: datetime | None) -> str:
        assert self._seal  # noqa: S101  (narrows the type)
        sealed = self._seal.close(publisher, secret)
        return json.dumps({"sealed": sealed, "ends": ends.timestamp() if ends else None})

    def _secret(self, publisher: str, secret_id: str, about: dict[str, Any]) -> SigningSecret:
        ends = datetime.fromtimestamp(about["ends"], UTC) if about["ends"] else None
        secret = self._seal.open(publisher, about["sealed"]) if self._seal else None
        return SigningSecret(publisher, secret_id, ends, secret)
