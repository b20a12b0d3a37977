"""What editors decided, about articles and about tags."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from services.enrich.adapters.redis_counters import GENERATION, generation_in
from services.enrich.adapters.redis_vocabulary import scripts
from services.enrich.domain.curation import NOT_CURATED, Curation
from services.enrich.domain.version import is_restored
from services.enrich.domain.vocabulary import NO_RULINGS, Rulings
from services.enrich.ports import Decided, DecisionsUnavailableError

_RULINGS: Final = "{tags}:rulings"
_RESTORED: Final = "{tags}:restored"
_CURATION: Final = TypeAdapter(Curation)


class RedisDecisions:
    """The rulings on tags are read again only when their number has moved."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: tuple[str | None, Rulings] = (None, NO_RULINGS)
        self._had_generation = False
        self._curate = redis.register_script(scripts.CURATE)
        self._rename = redis.register_script(scripts.RENAME)
        self._merge = redis.register_script(scripts.MERGE)
        self._restore = redis.register_script(scripts.RESTORE)

    async def about(self, article_ids: Sequence[str]) -> list[Decided]:
        keys = [_curation(article_id) for article_id in article_ids]
        names = [GENERATION, _RESTORED, _RULINGS, *keys]
        raw = cast("list[bytes | None]", await self._redis.mget(names))
        pair, restored, number, *curations = [
            value.decode() if value is not None else None for value in raw
        ]
        generation = self._restored_generation(pair, restored)
        # The number before the rulings: if they move meanwhile, the guard holds what follows.
        rulings = await self._rulings(number)
        return [
            Decided(
                _CURATION.validate_json(curation) if curation else NOT_CURATED,
                rulings,
                generation,
                {key: curation, _RULINGS: number, GENERATION: pair},
            )
            for key, curation in zip(keys, curations, strict=True)
        ]

    def _restored_generation(self, pair: str | None, restored: str | None) -> int:
        """Whatever was read before, Redis may have lost its data in this very moment."""
        generation = generation_in(pair)
        vanished = pair is None and self._had_generation
        self._had_generation = self._had_generation or pair is not None
        if vanished or not is_restored(generation, int(restored or 0)):
            raise DecisionsUnavailableError("what editors decided is not read back yet")
        return generation

    async def _rulings(self, number: str | None) -> Rulings:
        if self._known[0] != number:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hgetall("{tags}:names")
                pipe.hgetall("{tags}:merged")
                names, merged = map(_texts, await pipe.execute())
            self._known = (number, Rulings(names, merged))
        return self._known[1]

    async def curate(self, article_id: str, curation: Curation) -> None:
        kept = _CURATION.dump_json(curation)
        await self._curate(keys=[_curation(article_id)], args=[curation.number, kept])

    async def restored(self) -> int:
        return int(await self._redis.get(_RESTORED) or 0)

    async def restore(self, rulings: Rulings) -> None:
        names, merged = rulings.names, rulings.merged
        flat = [each for slug, value in (*names.items(), *merged.items()) for each in (slug, value)]
        if flat:
            await self._restore(args=[len(names), *flat])

    async def note_restored(self, generation: int) -> None:
        await self._redis.set(_RESTORED, generation)

    async def rename(self, slug: str, name: str, number: int) -> tuple[str, ...]:
        shown = cast("bytes", await self._rename(args=[slug, name, number])).decode()
        return (shown,) if shown else ()

    async def merge(self, slug: str, into: str, number: int) -> tuple[str, ...]:
        merged = cast("bytes", await self._merge(args=[slug, into, number])).decode()
        return (slug, merged) if merged else ()


def _curation(article_id: str) -> str:
    return f"enrich:curation:{article_id}"


def _texts(found: Mapping[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in found.items()}
