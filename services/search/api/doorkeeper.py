"""Read keys: who may ask the query API where not everybody may, and how often."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from aiolimiter import AsyncLimiter
from fastapi import Request

from services.search.domain.readers import network_of
from services.search.ports import ReadKeys
from shared.http import ProblemError

SCOPE: Final = "read"
ALGOLIA_KEY: Final = "x-algolia-api-key"
"""Where Algolia's clients put the key: a header, or a parameter."""
_MOST_LIMITERS: Final = 10_000


class Doorkeeper:
    """Lets in who has a key with the scope `read`, so many requests in a second.

    Args:
        keys: None lets everybody in, as often as they like.
        per_second: of each key; every replica counts for itself.
    """

    def __init__(self, keys: ReadKeys | None, per_second: int) -> None:
        self._keys = keys
        self._per_second = per_second
        self._limiters: dict[str, AsyncLimiter] = {}
        self.own_secret: Final = secrets.token_urlsafe(32)
        """Lets our own pages in."""

    async def admit(self, request: Request) -> None:
        """Pass, or raise a 401, 403 or 429 problem; `StoreUnavailableError` without Redis."""
        if self._keys is None:
            return
        secret = _secret_of(request)
        if secret is None:
            raise _unknown("Send Authorization: Bearer <key>.")
        if hmac.compare_digest(secret.encode(), self.own_secret.encode()):
            return
        scopes = await self._keys.scopes(secret)
        if scopes is None:
            raise _unknown("This key is not known, or was revoked.")
        if SCOPE not in scopes:
            raise ProblemError(403, "missing_scope", f"This key has not the scope {SCOPE}.")
        await self._count(secret)
        request.state.read_key = secret

    async def _count(self, secret: str) -> None:
        if len(self._limiters) >= _MOST_LIMITERS:
            self._limiters.clear()
        limiter = self._limiters.setdefault(secret, AsyncLimiter(self._per_second, 1))
        if not limiter.has_capacity():
            detail = f"This key may ask {self._per_second} times a second."
            raise ProblemError(429, "rate_limited", detail, headers={"Retry-After": "1"})
        await limiter.acquire()


def client_of(request: Request) -> str:
    """Who asks: the key that let the request in, else the address of the reader."""
    key: str | None = getattr(request.state, "read_key", None)
    address = request.client.host if request.client else ""
    return key or network_of(address)


def _secret_of(request: Request) -> str | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    return request.headers.get(ALGOLIA_KEY) or request.query_params.get(ALGOLIA_KEY)


def _unknown(detail: str) -> ProblemError:
    return ProblemError(401, "unknown_key", detail, headers={"WWW-Authenticate": "Bearer"})
