"""Work in the background of a service: started, watched, restarted and ended in one way."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection

from shared.telemetry import CRASHES, Metrics

log = logging.getLogger(__name__)

CANCEL_AGAIN_S = 0.2
RESTART_S = (1.0, 60.0)
STEADY_S = 30.0

Work = Callable[[], Awaitable[None]]


class Background:
    """Runs work until it returns or is stopped; work that crashes is begun again after a pause.

    A crash is logged and counted, and `not_ready` names it until the work has run for `steady_s`
    since. The pause doubles from the first to the second of `restart_s` while crashes follow each
    other sooner than that.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        restart_s: tuple[float, float] = RESTART_S,
        steady_s: float = STEADY_S,
    ) -> None:
        self._metrics = metrics
        self._restart_s = restart_s
        self._steady_s = steady_s
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._crashes: dict[str, tuple[float, str]] = {}

    def start(self, name: str, work: Work) -> None:
        """Run the work beside everything else; nothing if work of that name is running."""
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.create_task(self._keep_running(name, work), name=name)

    def report(self, name: str, error: BaseException, *, pause_s: float = 0) -> None:
        """Log and count a crash; `not_ready` names it until `steady_s` after the pause."""
        log.error("%s crashed", name, exc_info=error)
        self._metrics.count(CRASHES, work=name)
        until = time.monotonic() + pause_s + self._steady_s
        self._crashes[name] = until, f"{name} crashed: {error!r}"

    def not_ready(self) -> str | None:
        """The crash of some work that has not run well since; None while all is well."""
        now = time.monotonic()
        recent = (said for until, said in self._crashes.values() if until > now)
        return next(recent, None)

    async def stop(self, *names: str) -> None:
        """End the work of these names, or all of it."""
        chosen = [name for name in names or tuple(self._tasks) if name in self._tasks]
        await cancel([self._tasks.pop(name) for name in chosen])

    async def _keep_running(self, name: str, work: Work) -> None:
        shortest, longest = self._restart_s
        pause_s = shortest
        while True:
            begun = time.monotonic()
            try:
                await work()
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  (logged)
                if _is_being_cancelled():
                    return
                if time.monotonic() - begun > self._steady_s:
                    pause_s = shortest
                self.report(name, error, pause_s=pause_s)
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, longest)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


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
