"""The key by which our services know each other over HTTP: whoever reads our Redis has it."""

import secrets
from typing import cast

from redis.asyncio import Redis

INTERNAL_KEY = "dateline:internal-key"


async def internal_key(redis: Redis) -> str:
    """Made by whoever asks first, the same for all from then on."""
    await redis.set(INTERNAL_KEY, secrets.token_urlsafe(32), nx=True)
    return cast("bytes", await redis.get(INTERNAL_KEY)).decode()
