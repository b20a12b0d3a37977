"""Dead letters sent on their way again, or given up for good, together with their receipts."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from shared.messaging.dead_letters import DeadLetter

NO_RECEIPT = "none"


class RedisDeadLetters:
    """Each step moves the entry and its receipt at once; a second time it does nothing."""

    def __init__(self, redis: "Redis") -> None:
        self._replay = redis.register_script(script("replay"))
        self._discard = redis.register_script(script("discard"))

    async def replay(self, letter: DeadLetter) -> bool:
        """Its bytes go back to their stream; False if it was not there any more."""
        article, receipt = _about(letter)
        keys = [letter.stream.dead, letter.stream.name, *_keys(article, receipt)]
        keys.append(keyspace.open_receipts(article))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return bool(await self._replay(keys=keys, args=[letter.id, receipt, now]))

    async def discard(self, letter: DeadLetter) -> bool:
        """It is deleted; its receipt stays dead-lettered. False if it was not there any more."""
        keys = [letter.stream.dead, *_keys(*_about(letter))]
        args = [letter.id, _about(letter)[1], letter.reason]
        return bool(await self._discard(keys=keys, args=args))


def _about(letter: DeadLetter) -> tuple[str, str]:
    """The article and its receipt, where the event can be read and has them."""
    envelope = letter.envelope
    if envelope is None:
        return NO_RECEIPT, NO_RECEIPT
    return envelope.subject, getattr(envelope.event, "receipt", None) or NO_RECEIPT


def _keys(article: str, receipt: str) -> list[str]:
    return [keyspace.receipt(receipt), keyspace.article(article)]
