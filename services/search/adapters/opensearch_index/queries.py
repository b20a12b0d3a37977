"""Questions as OpenSearch queries. No query text is ever parsed or analysed."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.search.domain.analysis import MAX_TERM
from services.search.domain.question import (
    Alternatives,
    Condition,
    Facet,
    Phrase,
    Question,
    Range,
    Sort,
    ValueIs,
)
from services.search.domain.ranking import RankingRules, coverage, freshness_thresholds

Json = dict[str, Any]

_ORDERS: dict[Sort, dict[str, str]] = {
    Sort.RELEVANCE: {"_score": "desc", "id": "asc"},
    Sort.NEWEST: {"published": "desc", "id": "asc"},
    Sort.OLDEST: {"published": "asc", "id": "desc"},
    Sort.SHORTEST: {"read_minutes": "asc", "published": "desc", "id": "asc"},
    Sort.LONGEST: {"read_minutes": "desc", "published": "asc", "id": "desc"},
}
NOTHING: Json = {"match_none": {}}


class QueryBuilder:
    """Conditions decide what matches, bonuses only the score.

    Args:
        ranking: the rules, on the scale of the classic BM25.
        bonus_scale: 1/2.2 where the engine's BM25 lacks the factor k1 + 1, as since Lucene 10.
    """

    def __init__(self, ranking: RankingRules, bonus_scale: float) -> None:
        self._ranking = ranking
        self._bonus_scale = bonus_scale

    def matching(self, question: Question, *, leave: Sequence[Facet] = ()) -> Json:
        """What matches, with the fields of `leave` unfiltered; scored if the order asks for it."""
        scored = question.order is Sort.RELEVANCE
        return {
            "bool": {
                "must": list(self._words(question)),
                "filter": [
                    *visible(question.now),
                    *_filters(question),
                    *(
                        value(facet, values)
                        for facet, values in question.include.items()
                        if values and facet not in leave
                    ),
                ],
                "must_not": list(_exclusions(question)),
                "should": list(self._bonuses(question)) if scored else [],
                "minimum_should_match": 0,
            }
        }

    def _words(self, question: Question) -> Iterator[Json]:
        weight = self._ranking.all_weight
        words = [_word("all", word, weight) for word in question.words]
        if question.any_word and words:
            yield _at_least(1, words)
        else:
            yield from words

    def _bonuses(self, question: Question) -> Iterator[Json]:
        rules = self._ranking
        for field, weight in (("title", rules.title_weight), ("lead", rules.lead_weight)):
            for word in question.words:
                yield _word(field, word, weight)
        if question.any_word:
            words = [_word("all", word) for word in question.words]
            yield self._bonus(_at_least(coverage(len(words)), words), rules.coverage_bonus)
        if question.title:
            yield self._bonus(_phrase("title", question.title), rules.exact_title_bonus)
        for threshold in freshness_thresholds(question.now):
            younger = _range("published", Range(threshold + 1))
            yield self._bonus(younger, rules.freshness_bonus)

    def _bonus(self, query: Json, bonus: float) -> Json:
        return {"constant_score": {"filter": query, "boost": bonus * self._bonus_scale}}


def order(sort: Sort) -> list[Json]:
    return [{field: direction} for field, direction in _ORDERS[sort].items()]


def visible(now: int) -> list[Json]:
    return [{"term": {"live": True}}, _range("published", Range(None, now + 1))]


def completing(words: Sequence[str], prefix: str, now: int) -> Json:
    """Visible articles whose title has these words and one that begins with `prefix`."""
    terms = [_term("title_words", word) for word in words]
    # No term is longer, and of a prefix of more than 1,000 bytes 2.x makes an error.
    possible = len(prefix) <= MAX_TERM
    beginning = {"prefix": {"title_words": {"value": prefix}}} if possible else NOTHING
    return {"bool": {"filter": [*visible(now), *terms, beginning]}}


def value(facet: Facet, values: Sequence[str]) -> Json:
    """Articles with any of the values; tags by name or slug."""
    fields = [str(facet), "tag_slug"] if facet is Facet.TAG else [str(facet)]
    return _at_least(1, [{"terms": {name: list(values)}} for name in fields])


def _filters(question: Question) -> Iterator[Json]:
    if question.published != Range():
        yield _range("published", question.published)
    if question.read_minutes != Range():
        yield _range("read_minutes", question.read_minutes)
    if question.ids:
        yield {"terms": {"id": list(question.ids)}}
    for phrase in filter(None, question.phrases):
        yield _phrase("all", phrase)
    for group in question.conditions:
        yield _at_least(1, list(map(_condition, group)))


def _condition(condition: Condition) -> Json:
    if isinstance(condition, ValueIs):
        query = value(condition.facet, [condition.value])
    else:
        query = _range(str(condition.number), condition.interval)
    return {"bool": {"must_not": [query]}} if condition.negated else query


def _exclusions(question: Question) -> Iterator[Json]:
    for facet, values in question.exclude.items():
        if values:
            yield value(facet, values)
    for word in question.not_words:
        yield _word("all", word)
    for phrase in filter(None, question.not_phrases):
        yield _phrase("all", phrase)


def _word(field: str, alternatives: Alternatives, weight: float = 1) -> Json:
    terms = [_term(field, term, weight) for term in alternatives]
    if not terms:
        return NOTHING
    return terms[0] if len(terms) == 1 else {"dis_max": {"queries": terms}}


def _phrase(field: str, phrase: Phrase) -> Json:
    if not all(phrase):
        return NOTHING
    if len(phrase) == 1:
        return _word(field, phrase[0])
    places = [
        {"span_or": {"clauses": [{"span_term": {field: term}} for term in alternatives]}}
        for alternatives in phrase
    ]
    return {"span_near": {"clauses": places, "slop": 0, "in_order": True}}


def _term(field: str, term: str, weight: float = 1) -> Json:
    return {"term": {field: {"value": term, "boost": weight}}}


def _at_least(count: int, queries: Sequence[Json]) -> Json:
    return {"bool": {"should": list(queries), "minimum_should_match": count}}


def _range(field: str, interval: Range) -> Json:
    bounds = {"gte": interval.start, "lt": interval.end}
    return {
        "range": {
            field: {name: _within(bound) for name, bound in bounds.items() if bound is not None}
        }
    }


def _within(number: int) -> int:
    """The nearest number that a field can hold."""
    return min(max(number, -(1 << 63)), (1 << 63) - 1)
