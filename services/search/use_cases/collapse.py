"""One hit of each story, over all pages of a list.

Which story a hit is of changes with later articles, so it is no field of the articles' own index
where an engine could collapse by it: it is joined here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.search.domain.articles import Hit, Page
from services.search.domain.question import Question
from services.search.ports import SearchIndex

_PORTION: Final = 200
# A list whose rest is one endless story ends; nobody waits for it.
_MOST_PORTIONS: Final = 25
# A cursor stays short enough for an address: stories shown longer ago may come again.
_REMEMBERED: Final = 400


def mark(shown: str) -> str:
    """What a cursor remembers of an article or a story that was shown."""
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


async def first_of_stories(
    index: SearchIndex, question: Question, page: Page, *, snapshot: str | None, seen: Sequence[str]
) -> tuple[Page, tuple[str, ...]]:
    """The page again, of each story only the hit that comes first in the whole list.

    `page` is the answer to the question: its total and facets, which count articles, stay. `seen`
    are marks of the stories on earlier pages; returned beside the page are those shown up to its
    end, without its last hit, which only tells that there is more.
    """
    wanted = question.offset + question.limit
    rest = replace(question, offset=0, limit=max(_PORTION, wanted), facets=())
    found: dict[str, Hit] = {}
    for _ in range(_MOST_PORTIONS):
        hits = (await index.find(rest, snapshot=snapshot)).hits
        stories = await index.stories([hit.id for hit in hits])
        for hit in hits:
            found.setdefault(mark(stories.get(hit.id, hit.id)), hit)
        found = {story: hit for story, hit in found.items() if story not in seen}
        if len(found) >= wanted or len(hits) < rest.limit:
            break
        rest = replace(rest, after=hits[-1].sort_key)
    chosen = tuple(found.values())[question.offset : wanted]
    shown = (*seen, *tuple(found)[: wanted - 1])
    return replace(page, hits=chosen), shown[-_REMEMBERED:]
