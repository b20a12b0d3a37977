"""Waiting is polling with a deadline, never a bare sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(
    look: Callable[[], Awaitable[object] | object], expected: object, *, within_s: float = 120
) -> None:
    """Look until it is as expected; fails with what was last seen."""
    deadline = time.monotonic() + within_s
    while True:
        looked = look()
        seen = await looked if isinstance(looked, Awaitable) else looked
        if seen == expected:
            return
        assert time.monotonic() < deadline, f"still {seen!r} instead of {expected!r}"
        await asyncio.sleep(0.02)
