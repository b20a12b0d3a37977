"""Turns what was sent into what is decided on, without holding the event loop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from services.ingest.api.requests import Input, invalid_article, read_article, read_input
from services.ingest.domain.decisions import Command, Idempotency
from services.ingest.use_cases import PrepareArticle, Submission, UnreadableHtmlError
from shared.http import FieldError, ProblemError
from shared.telemetry import correlation_id
from shared.workers import Workers, WorkersBusyError, WorkStoppedError, is_quick

T = TypeVar("T")

_BUSY = "Too many long articles wait to be read; nothing was accepted."


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose article it is, and what of its request goes on with it."""

    publisher: str
    article_id: str | None = None
    traceparent: str | None = None
    correlation_id: str | None = None
    idempotency: Idempotency | None = None
    rated: bool = True


class Preparation:
    """Short inputs are read at once, long ones in a worker process."""

    def __init__(self, prepare: PrepareArticle, workers: Workers) -> None:
        self._prepare = prepare
        self._workers = workers

    async def command(self, raw: bytes, origin: Origin) -> Command:
        """The command to publish the article in this JSON; its problem where there is one."""
        return await self._read(raw, partial(_command, self._prepare, raw, origin), "body")

    async def input(
        self, raw: bytes, kind: type[Input], part: type[BaseModel] | None = None, *, what: str
    ) -> Input:
        """The JSON object as this model, whose own objects are of the model `part`."""
        return await self._read(raw, partial(read_input, raw, kind, part, what=what), "body")

    async def _read(self, raw: bytes, work: Callable[[], T], field: str) -> T:
        if is_quick(raw):
            # The items of a batch give way to other requests.
            await asyncio.sleep(0)
            return work()
        try:
            return await self._workers.run(work, len(raw))
        except WorkStoppedError as error:
            raise invalid_article([FieldError(field=field, message=str(error))]) from error
        except WorkersBusyError as error:
            raise ProblemError(503, "overloaded", _BUSY, headers={"Retry-After": "5"}) from error


def _command(prepare: PrepareArticle, raw: bytes, origin: Origin) -> Command:
    correlation_id.set(origin.correlation_id)
    submission = Submission(read_article(raw), origin.article_id, origin.traceparent)
    try:
        return prepare(origin.publisher, submission, origin.idempotency, rated=origin.rated)
    except UnreadableHtmlError as error:
        raise invalid_article([FieldError(field="body_html", message=str(error))]) from error
