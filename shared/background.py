"""Ending background tasks."""

import asyncio
from collections.abc import Collection

CANCEL_AGAIN_S = 0.2


async def cancel(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel tasks and wait until all have ended.

    Once is not enough: a Redis command that is cancelled while it reads may report a lost
    connection instead, and a task that survives outages goes on.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
