"""Dateline with one safeguard off, as `python -m tests.faults.mutants NAME MODULE …` runs it.

The launcher patches what the composition root puts together and then runs the module, a service or
pytest. The shipped code has no switch for any of it. A safeguard whose mutant passes every test is
not tested: `python -m tests.faults.killing` prints what turned red for each.
"""

import runpy
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from redis.exceptions import RedisError

from services.ingest.adapters import keyspace
from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.domain.intake import Intake
from services.search.adapters.opensearch_index import bulk
from services.search.adapters.opensearch_index.refresher import Refresher
from services.search.adapters.tantivy_index import TantivyIndex
from services.search.adapters.tantivy_index.collection import DocumentCollection
from services.search.domain.articles import Indexed, Tombstone
from services.search.use_cases.page_by_cursor import PageByCursor
from shared.background import Background
from shared.embedded_redis import RedisServer
from shared.messaging import processor, scripts
from shared.messaging.consumer import StreamConsumer
from shared.messaging.deliveries import Failed
from shared.messaging.group import StreamGroup
from shared.messaging.processor import Processor
from shared.messaging.trimming import Trimmer

OURS = "if not ours(ARGV[3]) then return 'lost' end"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is turned off, how, and the tests that must turn red for it."""

    safeguard: str
    turn_off: Callable[[], None]
    killed_by: Sequence[str]


def _group_begins_at_the_end() -> None:
    async def ensure(group: StreamGroup) -> bool:
        begun = await original(group)
        if begun:
            await group._redis.xgroup_setid(group.stream, group.group, "$")
        return begun

    original = StreamGroup.ensure
    _replace(StreamGroup, "ensure", ensure)


def _nobody_takes_over() -> None:
    async def take_over(*_: object) -> None:
        return None

    _replace(StreamConsumer, "_take_over", take_over)


def _whoever_is_late_may_hand_over() -> None:
    assert OURS in scripts.HAND_OVER
    _replace(scripts, "HAND_OVER", scripts.HAND_OVER.replace(OURS, ""))


def _last_writer_wins() -> None:
    later = count(1)

    def judge(
        collection: DocumentCollection[Any], write: Any, _: dict[str, int], documents: Any
    ) -> Any:
        documents[write.id] = collection._to_document(write)
        return Indexed()

    def lines(write: Any) -> bytes:
        body: bytes = original(write)
        assert b'"version":' in body
        number = next(later) + (1 << 62)
        return body.replace(b'"version":%d' % write.version, b'"version":%d' % number, 1)

    original = bulk._lines
    _replace(DocumentCollection, "_judge", judge)
    _replace(bulk, "_lines", lines)


def _withdrawn_articles_are_deleted() -> None:
    def write(collection: DocumentCollection[Any], writes: Sequence[Any]) -> Any:
        verdicts = original(collection, writes)
        gone = [each.id for each in writes if isinstance(each, Tombstone)]
        writer, index = collection._writer, collection._index
        if gone and writer and index:
            for article_id in gone:
                writer.delete_documents_by_term("id", article_id)
            writer.commit()
            index.reload()
        return verdicts

    original = DocumentCollection.write
    _replace(DocumentCollection, "write", write)


def _no_append_only_file() -> None:
    def command(server: RedisServer) -> list[Any]:
        words = original(server)
        words[words.index("--appendonly") + 1] = "no"
        return words

    original = RedisServer._command
    _replace(RedisServer, "_command", command)


def _streams_are_cut_by_length() -> None:
    async def trim(trimmer: Trimmer, **_: object) -> int:
        redis = trimmer._trim.registered_client
        return int(await redis.xtrim(trimmer._stream.name, maxlen=1, approximate=False))

    _replace(Trimmer, "trim", trim)


def _one_poison_fails_its_batch() -> None:
    async def handle(one: Processor, deliveries: list[Any]) -> Any:
        try:
            verdicts = await one._handler(deliveries)
        except Exception as error:  # noqa: BLE001
            verdicts = [Failed(str(error), permanent=True) for _ in deliveries]
        return list(zip(deliveries, verdicts, strict=True))

    _replace(Processor, "_handle", handle)


def _never_closed() -> None:
    def refusal(*_: object, **__: object) -> None:
        return None

    _replace(Intake, "refusal", refusal)


def _claimed_at_once() -> None:
    original = StreamGroup.claim_idle

    async def claim(group: StreamGroup, _: int, count: int, held: set[str]) -> Any:
        return await original(group, 0, count, held)

    _replace(StreamGroup, "claim_idle", claim)


def _claims_are_not_renewed() -> None:
    async def renew(_: Processor) -> None:
        return None

    _replace(Processor, "renew", renew)


def _every_error_of_redis_is_an_outage() -> None:
    def is_outage(error: BaseException) -> bool:
        return isinstance(error, RedisError | OSError)

    _replace(processor, "is_outage", is_outage)


def _work_that_crashes_stays_away() -> None:
    async def run_once(_: Background, __: str, work: Any) -> None:
        await work()

    _replace(Background, "_keep_running", run_once)


def _revoked_keys_are_forgotten() -> None:
    async def end(keys: RedisKeys, secret_hash: str) -> None:
        await original(keys, secret_hash)
        await keys._redis.delete(keyspace.REVOKED)

    original = RedisKeys._end
    _replace(RedisKeys, "_end", end)


def _older_edges_count() -> None:
    async def linked_to(index: TantivyIndex, article_id: str, *, since: int, **rest: Any) -> Any:
        del since
        return await original(index, article_id, since=-1, **rest)

    original = TantivyIndex.linked_to
    _replace(TantivyIndex, "linked_to", linked_to)


def _told_before_it_is_visible() -> None:
    async def refreshed(_: Refresher) -> None:
        return None

    _replace(Refresher, "refreshed", refreshed)


def _cursors_forget_how_they_were_understood() -> None:
    def read(pages: PageByCursor, request: Any) -> Any:
        cursor = original(pages, request)
        resolution = replace(cursor.resolution, corrections={}, any_word=False)
        return replace(cursor, resolution=resolution)

    original = PageByCursor.read
    _replace(PageByCursor, "read", read)


def _replace(owner: object, name: str, with_what: object) -> None:
    assert hasattr(owner, name), f"{owner!r} has no {name} any more"
    setattr(owner, name, with_what)


MESSAGING = "tests/integration/test_messaging.py::"
INDEXING = "tests/integration/search/test_indexing.py::"
PRESSURE = "tests/integration/ingest/test_back_pressure.py::"
TRIMMING = "tests/integration/test_trimming.py::"
REDIS = "tests/integration/test_embedded_redis.py::"
KEYS = "tests/integration/ingest/test_revoked_keys.py::"
STORIES = "tests/integration/search/test_stories.py::"
ENGINES = "tests/integration/search/test_engines.py::"
PAGING = "tests/integration/search/test_paging.py::"
RACES = "tests/faults/test_races.py::"

MUTANTS = {
    "group-at-0": Mutant(
        "groups begin at 0",
        _group_begins_at_the_end,
        [f"{MESSAGING}test_events_published_before_the_group_existed_are_processed"],
    ),
    "reclaim": Mutant(
        "what a dead worker held is taken over",
        _nobody_takes_over,
        [f"{MESSAGING}test_a_dead_workers_entries_are_taken_over"],
    ),
    "atomic-hand-off": Mutant(
        "output and acknowledgement in one step, only by whom it is pending for",
        _whoever_is_late_may_hand_over,
        [f"{MESSAGING}test_a_late_result_does_not_come_out_after_the_takeover"],
    ),
    "external-version": Mutant(
        "the engine refuses older versions",
        _last_writer_wins,
        [f"{INDEXING}test_an_older_revision_never_wins_and_its_receipt_learns_of_the_newer"],
    ),
    "tombstone": Mutant(
        "a withdrawn article leaves a tombstone",
        _withdrawn_articles_are_deleted,
        [f"{RACES}test_a_withdrawn_article_is_not_brought_back_by_a_late_enrichment"],
    ),
    "append-only-file": Mutant(
        "Redis keeps an append-only file",
        _no_append_only_file,
        [f"{REDIS}test_accepted_writes_are_there_after_kill_9_and_a_restart"],
    ),
    "trimming-rule": Mutant(
        "streams are trimmed only of what every group acknowledged",
        _streams_are_cut_by_length,
        [f"{TRIMMING}test_a_pending_entry_keeps_all_after_it"],
    ),
    "poison-isolation": Mutant(
        "one poison in a batch harms only itself",
        _one_poison_fails_its_batch,
        [f"{MESSAGING}test_one_poison_in_a_batch_of_a_hundred_harms_only_itself"],
    ),
    "back-pressure": Mutant(
        "ingest closes above the high mark",
        _never_closed,
        [f"{PRESSURE}test_lag_closes_ingest_and_its_end_opens_it"],
    ),
    "claim-time": Mutant(
        "what a living worker has in hand stays its own for the claim time",
        _claimed_at_once,
        [f"{RACES}test_what_is_in_a_living_workers_hands_is_left_there"],
    ),
    "claim-renewal": Mutant(
        "claims are renewed while a handler works",
        _claims_are_not_renewed,
        [f"{MESSAGING}test_a_handler_longer_than_the_claim_time_is_not_done_again_by_others"],
    ),
    "outages": Mutant(
        "what Redis will never take is an entry's own fault, not an outage",
        _every_error_of_redis_is_an_outage,
        [f"{MESSAGING}test_an_entry_that_redis_refuses_whenever_it_comes_harms_only_itself"],
    ),
    "supervision": Mutant(
        "work in the background that crashes is told and begun again",
        _work_that_crashes_stays_away,
        [f"{MESSAGING}test_a_part_of_the_consumer_that_crashes_is_told_and_begun_again"],
    ),
    "linked-at": Mutant(
        "edges found before an article was enriched again do not count",
        _older_edges_count,
        [f"{STORIES}test_a_link_is_read_from_both_ends_and_a_correction_ends_older_ones"],
    ),
    "visible-before-searchable": Mutant(
        "what is told to be searchable is visible",
        _told_before_it_is_visible,
        [f"{ENGINES}test_an_article_on_opensearch_from_event_to_withdrawal"],
    ),
    "cursor": Mutant(
        "a cursor carries how its question was understood",
        _cursors_forget_how_they_were_understood,
        [f"{PAGING}test_a_cursor_goes_on_with_the_words_as_they_were_corrected"],
    ),
    "revoked-keys": Mutant(
        "revoked keys of the settings are not loaded again",
        _revoked_keys_are_forgotten,
        [f"{KEYS}test_a_revoked_first_key_does_not_come_back"],
    ),
}


def main() -> None:
    name, module = sys.argv[1], sys.argv[2]
    MUTANTS[name].turn_off()
    sys.argv[:] = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
