"""One hit of each story, over all pages of a list.

Which story a hit is of changes with later articles, so it is no field of the articles' own index
where an engine could collapse by it: it is joined here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.search.domain.articles import Hit, Page
from services.search.domain.question import Question
from services.search.domain.requests import WINDOW
from services.search.ports import SearchIndex

_PORTION: Final = 200
# A list whose rest is one endless story ends; nobody waits for it.
_MOST_PORTIONS: Final = 25
# A cursor stays short enough for an address: stories shown longer ago may come again.
_REMEMBERED: Final = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list, with one hit more than it shows where there are more.

    Attributes:
        listed: how many hits the whole list has.
        seen: marks of those that were shown up to its end.
    """

    page: Page
    listed: int
    seen: tuple[str, ...] = ()


def mark(shown: str) -> str:
    """What a cursor remembers of an article or a story that was shown."""
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


async def first_of_stories(
    index: SearchIndex, question: Question, page: Page, *, snapshot: str | None, seen: Sequence[str]
) -> Part:
    """The page again, of each story only the hit that comes first in the whole list.

    `page` is the answer to the question: its total and facets, which count articles, stay. `seen`
    are marks of the stories on earlier pages. Of more articles than pages reach their number is
    `listed`: to count their stories would take many times as long as to show some.
    """
    wanted = question.offset + question.limit
    few = page.total <= WINDOW
    rest = replace(
        question,
        offset=0,
        limit=WINDOW if few else max(_PORTION, wanted),
        facets=(),
        extents=(),
        spans=(),
        with_content=False,
    )
    found: dict[str, Hit] = {}
    for _ in range(_MOST_PORTIONS):
        told = await _by_story(index, rest, snapshot)
        for story, hit in told:
            if story not in seen:
                found.setdefault(story, hit)
        if len(found) >= wanted or len(told) < rest.limit:
            break
        rest = replace(rest, after=told[-1][1].sort_key)
    listed = len(found)
    if few and (seen or question.after):
        listed = len(dict(await _by_story(index, replace(rest, after=None), snapshot)))
    chosen = tuple(found.values())[question.offset : wanted]
    return Part(
        replace(page, hits=await _with_content(index, question, chosen)),
        listed if few else page.total,
        (*seen, *tuple(found)[: wanted - 1])[-_REMEMBERED:],
    )


async def _by_story(
    index: SearchIndex, question: Question, snapshot: str | None
) -> list[tuple[str, Hit]]:
    """Each hit with the mark of its story."""
    hits = (await index.find(question, snapshot=snapshot)).hits
    stories = await index.stories([hit.id for hit in hits])
    return [(mark(stories.get(hit.id, hit.id)), hit) for hit in hits]


async def _with_content(
    index: SearchIndex, question: Question, hits: tuple[Hit, ...]
) -> tuple[Hit, ...]:
    """Of the few that are shown, not of all that were looked through."""
    if not question.with_content:
        return hits
    stored = await index.get([hit.id for hit in hits])
    return tuple(
        replace(hit, content=stored[hit.id].content) if hit.id in stored else hit for hit in hits
    )
