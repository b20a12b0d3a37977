"""What IndexArticles makes of verdicts that a healthy engine never gives."""

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from services.search.domain.articles import (
    Indexed,
    IndexedArticle,
    Marker,
    Older,
    Refused,
    Rejected,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.ports import EmbargoSchedule, IndexUnavailableError, SearchIndex
from services.search.use_cases.index_articles import IndexArticles
from shared.events import Envelope, wrap
from tests.builders import enriched, identified

Write = IndexedArticle | Tombstone
FIRST = Marker("pair", 1)


class ScriptedIndex:
    """Answers writes by a script: for each article, its verdicts in turn."""

    def __init__(self, **script: list[WriteVerdict]) -> None:
        self._script = {identified(name): verdicts for name, verdicts in script.items()}
        self.batches: list[int] = []

    async def apply(self, writes: Sequence[Write]) -> Sequence[WriteVerdict]:
        self.batches.append(len(writes))
        return [self._script[write.id].pop(0) for write in writes]

    async def get(self, _ids: Sequence[str], *, whole: bool = True) -> Mapping[str, StoredArticle]:
        assert not whole
        return {}


class NoSchedule:
    async def put(self, due: Mapping[str, int]) -> None:
        raise AssertionError(due)


def indexing(index: ScriptedIndex, marker: Marker | None = FIRST) -> IndexArticles:
    return IndexArticles(
        cast("SearchIndex", index),
        cast("EmbargoSchedule", NoSchedule()),
        lambda: marker,
        pauses_s=(0, 0),
    )


def envelopes(*names: str) -> list[Envelope]:
    return [wrap(enriched(name), source="test", subject=identified(name)) for name in names]


async def test_only_what_was_refused_is_written_again() -> None:
    index = ScriptedIndex(a=[Indexed()], b=[Refused("busy"), Indexed()], c=[Rejected("mapping")])
    a, b, c = await indexing(index)(envelopes("a", "b", "c"))
    assert index.batches == [3, 1]
    assert (a.fresh, a.error) == (True, None)
    assert (b.fresh, b.error) == (True, None)
    assert (c.error, c.permanent, c.announced) == ("mapping", True, None)


async def test_one_that_stays_refused_beside_others_is_its_own_failure() -> None:
    index = ScriptedIndex(a=[Indexed()], b=[Refused("busy")] * 3)
    a, b = await indexing(index)(envelopes("a", "b"))
    assert a.error is None
    assert (b.error, b.permanent) == ("busy", False)


async def test_when_all_is_refused_the_engine_is_out_of_reach() -> None:
    index = ScriptedIndex(a=[Refused("read-only")] * 3, b=[Refused("read-only")] * 3)
    with pytest.raises(IndexUnavailableError, match="read-only"):
        await indexing(index)(envelopes("a", "b"))


async def test_nothing_is_written_before_the_generation_stands() -> None:
    index = ScriptedIndex(a=[Indexed()])
    with pytest.raises(IndexUnavailableError, match="generation"):
        await indexing(index, marker=None)(envelopes("a"))
    assert index.batches == []


async def test_what_is_older_than_nothing_is_a_failure_to_be_tried_again() -> None:
    index = ScriptedIndex(a=[Older(9)])
    (a,) = await indexing(index)(envelopes("a"))
    assert a.error
    assert not a.permanent
