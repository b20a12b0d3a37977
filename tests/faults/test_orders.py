"""Properties: whatever the order in which things come, they end in the same way."""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import IndexedArticle, Tombstone
from services.search.domain.question import Question, Sort, SortKey
from services.search.domain.versions import ArticleVersion
from shared.identity import article_id, canonical_url
from tests.contract.ports.articles import HOUR, NOW, article, tombstone

Event = tuple[int, bool, int]
"""Revision, whether it is the withdrawal of it, number of the enrichment."""

EVENTS = st.lists(
    st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 2)), min_size=1, max_size=12
)
RUNS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RUNS
@given(events=EVENTS, writers=st.integers(1, 3), dice=st.randoms(use_true_random=False))
def test_events_in_any_order_over_several_writers_end_at_the_highest_revision(
    events: list[Event], writers: int, dice: random.Random
) -> None:
    """And a withdrawal wins or loses exactly by its revision; each event may come twice."""
    shuffled = events * 2
    dice.shuffle(shuffled)
    shares = [shuffled[at::writers] for at in range(writers)]
    revision, withdrawn, _ = max(events)
    shown = asyncio.run(_shown_after(shares))
    assert shown == ([] if withdrawn else [f"revision {revision}"])


async def _shown_after(shares: Sequence[Sequence[Event]]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        index = TantivyIndex(Path(folder))
        await index.open()
        await asyncio.gather(*(_write(index, share) for share in shares))
        page = await index.find(Question(now=NOW))
        await index.aclose()
    return [str(hit.card["title"]) for hit in page.hits]


async def _write(index: TantivyIndex, events: Sequence[Event]) -> None:
    for event in events:
        await index.apply([_made(event)])
        await asyncio.sleep(0)


def _made(event: Event) -> IndexedArticle | Tombstone:
    revision, withdrawn, number = event
    version = ArticleVersion(1, revision, withdrawn, 0 if withdrawn else number).pack()
    if withdrawn:
        return tombstone("a", version)
    return article("a", title=f"revision {revision}", version=version)


@RUNS
@given(
    moments=st.lists(st.integers(0, 6), min_size=1, max_size=12),
    arriving=st.lists(st.integers(0, 6), max_size=8),
    page_size=st.integers(1, 4),
    sort=st.sampled_from([Sort.NEWEST, Sort.OLDEST]),
)
def test_cursors_neither_skip_nor_repeat_while_articles_arrive(
    moments: list[int], arriving: list[int], page_size: int, sort: Sort
) -> None:
    """Of those that were there at the beginning, many of the same second, each is met once."""
    walked = asyncio.run(_walk(moments, arriving, page_size, sort))
    there = [f"there-{number}" for number in range(len(moments))]
    assert len(walked) == len(set(walked))
    assert set(there) <= set(walked)


async def _walk(
    moments: Sequence[int], arriving: Sequence[int], page_size: int, sort: Sort
) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        index = TantivyIndex(Path(folder))
        await index.open()
        there = enumerate(moments)
        await index.apply([article(f"there-{n}", published=NOW - HOUR - m) for n, m in there])
        walked: list[str] = []
        after: SortKey | None = None
        new = iter(enumerate(arriving))
        while hits := (
            await index.find(Question(now=NOW, sort=sort, limit=page_size, after=after))
        ).hits:
            walked += [hit.id for hit in hits]
            after = hits[-1].sort_key
            if comes := next(new, None):
                number, moment = comes
                await index.apply([article(f"new-{number}", published=NOW - HOUR - moment)])
        await index.aclose()
    return walked


PARTS = st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True)


@given(
    path=st.lists(PARTS, max_size=3),
    query=st.dictionaries(PARTS, PARTS, max_size=3),
    fragment=PARTS,
    dice=st.randoms(use_true_random=False),
)
def test_an_id_does_not_depend_on_how_its_url_is_spelled(
    path: list[str], query: dict[str, str], fragment: str, dice: random.Random
) -> None:
    """Scheme, case of the host, default port, order of the query, campaign, fragment: all one."""
    plain = "/".join(["https://news.example", *path])
    pairs = [f"{name}={value}" for name, value in query.items()]
    tracked = [*pairs, "utm_source=x", "gclid=1", "fbclid=2", "mc_cid=3"]
    dice.shuffle(tracked)
    spelled = "/".join(["HTTP://News.EXAMPLE:80", *path]) + "?" + "&".join(tracked)
    canonical = canonical_url(plain + ("?" + "&".join(pairs) if pairs else ""))
    assert canonical_url(f"{spelled}#{fragment}") == canonical
    assert article_id("demo", canonical_url(f"{spelled}#{fragment}")) == article_id(
        "demo", canonical
    )
