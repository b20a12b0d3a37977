"""Counting tags and their forms."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

import orjson
from redis.asyncio import Redis

from services.enrich.adapters.redis_vocabulary import scripts
from services.enrich.domain.tags import TagKind
from services.enrich.domain.vocabulary import Form, TagUses

_CHANGES: Final = 20
_PAGE: Final = 500
_SEPARATOR: Final = "\t"
# Older than every version, that of an unknown article included.
_OLDEST: Final = -2


class RedisVocabulary:
    """`pause_s`: how long a new form must stay the most frequent one before articles follow.

    While the memory `is_full` nothing more is counted.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Callable[[], float] = time.time,
        pause_s: float = 60,
        longest_pause_s: float = 86_400,
        is_full: Callable[[], bool] = lambda: False,
    ) -> None:
        self._is_full = is_full
        self._redis = redis
        self._clock = clock
        self._pauses = (pause_s, longest_pause_s)
        self._count = redis.register_script(scripts.COUNT)
        self._moved = redis.register_script(scripts.MOVED)
        self._follow = redis.register_script(scripts.FOLLOW)

    async def count(self, articles: Sequence[TagUses]) -> list[Mapping[str, Form | None]]:
        if self._is_full():
            # A tag that is not counted may be called otherwise elsewhere: nothing waits for that.
            articles = [replace(each, version=_OLDEST) for each in articles]
        return await self._counted(articles)

    async def _counted(self, articles: Sequence[TagUses]) -> list[Mapping[str, Form | None]]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for one in articles:
                await self._count(
                    keys=[f"{{tags}}:of:{one.article_id}"], args=self._arguments(one), client=pipe
                )
            answers = await pipe.execute()
        return [
            {use.slug: _unpacked(form) for use, form in zip(one.uses, forms, strict=True)}
            for one, forms in zip(articles, answers, strict=True)
        ]

    async def forms(self, article: TagUses) -> Mapping[str, Form | None]:
        (forms,) = await self._counted([replace(article, version=_OLDEST)])
        return forms

    def _arguments(self, one: TagUses) -> list[str | bytes | float]:
        primary = (one.language or "").partition("-")[0]
        counted = orjson.dumps([[use.slug, _packed(primary, use.form)] for use in one.uses])
        return [one.article_id, one.version, primary, counted, self._clock(), *self._pauses]

    async def moved(self) -> dict[str, bool]:
        answer = await self._moved(args=[self._clock(), _CHANGES])
        return {slug.decode(): bool(moved) for slug, moved in answer}

    async def follow(self, slug: str) -> None:
        await self._follow(args=[slug])

    async def articles(self, slug: str) -> AsyncIterator[list[str]]:
        cursor = -1
        while cursor:
            cursor, found = await self._redis.sscan(
                f"{{tags}}:articles:{slug}", max(0, cursor), count=_PAGE
            )
            yield [article_id.decode() for article_id in cast("list[bytes]", found)]


def _packed(language: str, form: Form | None) -> str:
    if form is None:
        return ""
    return _SEPARATOR.join((language, form.kind, form.name.replace(_SEPARATOR, " ")))


def _unpacked(raw: bytes) -> Form | None:
    if not raw:
        return None
    _, kind, name = raw.decode().split(_SEPARATOR, 2)
    return Form(name, cast("TagKind", kind))
