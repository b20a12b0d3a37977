"""How many articles of a list were published in each of its last days, months or years."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.search.domain.articles import Page
from services.search.domain.periods import Period, last_periods
from services.search.domain.question import Number, Question, Range, Sort
from services.search.domain.requests import SearchRequest
from services.search.ports import SearchIndex


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """`selected`: it is exactly the time that was asked for."""

    period: Period
    count: int
    selected: bool


async def count_periods(
    index: SearchIndex,
    request: SearchRequest,
    question: Question,
    page: Page,
    *,
    view: str | None,
) -> tuple[PeriodCount, ...]:
    """The histogram that the request wants, oldest period first, periods without articles too.

    `page` is the answer to the question, with the extent of publishing. Unlike the values of other
    facets periods are counted under their own filter: who picks a month sees the days in it.
    """
    reach = page.extents.get(Number.PUBLISHED)
    if request.histogram is None or reach is None:
        return ()
    least, greatest = int(reach.least), int(reach.greatest)
    periods = last_periods(request.histogram, least, greatest, request.facet_size)
    spans = tuple((period.start, period.end) for period in periods)
    counting = replace(
        question,
        spans=spans,
        limit=0,
        offset=0,
        facets=(),
        extents=(),
        marked={},
        after=None,
        sort=Sort.NEWEST,
        collapse=False,
    )
    counted = await index.find(counting, view=view)
    return tuple(
        PeriodCount(period, count, request.published == Range(*span))
        for period, span, count in zip(periods, spans, counted.spans, strict=True)
    )
