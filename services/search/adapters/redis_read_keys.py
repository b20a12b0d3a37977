"""Keys of frontends in Redis. They are ingest's; search only looks them up."""

import hashlib
import secrets
import time
from typing import Any

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage
from services.search.ports import StoreUnavailableError

KEY = "ingest:key:{}"
"""A hash for the head of a secret's SHA-256: the whole of it as `hash`, and `scopes`."""
HEAD = 16
FRESH_S = 2.0
MOST = 10_000


class RedisReadKeys:
    """Remembers what it found for two seconds, and for as long as Redis is away."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def scopes(self, secret: str) -> frozenset[str] | None:
        wanted = hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
        until, known = self._known.get(wanted, (0.0, None))
        if until > time.monotonic():
            return known
        try:
            with reported_outage():
                found: dict[Any, Any] = await self._redis.hgetall(KEY.format(wanted[:HEAD]))
        except StoreUnavailableError:
            if known is None:
                raise
            return known
        if not secrets.compare_digest(found.get(b"hash", b"").decode(), wanted):
            self._known.pop(wanted, None)
            return None
        if len(self._known) >= MOST:
            self._known.clear()
        scopes = frozenset(found[b"scopes"].decode().split(","))
        self._known[wanted] = (time.monotonic() + FRESH_S, scopes)
        return scopes
