"""Questions as tantivy queries. No query text is ever parsed."""

from collections.abc import Iterator, Sequence
from os.path import commonprefix

from tantivy import FieldType, Occur, Query, Schema

from services.search.domain.analysis import MAX_TERM
from services.search.domain.question import (
    Alternatives,
    Condition,
    Facet,
    Phrase,
    Question,
    Range,
    ValueIs,
)
from services.search.domain.ranking import RankingRules, coverage, freshness_thresholds

# tantivy compiles no pattern of more than 1,000 states, and a literal has one for each byte.
_PATTERN_BYTES = 900

Clause = tuple[Occur, Query]


class QueryBuilder:
    """Conditions decide what matches, bonuses only the score."""

    def __init__(self, schema: Schema, ranking: RankingRules) -> None:
        self._schema = schema
        self._ranking = ranking

    def matching(self, question: Question, *, leave: Facet | None = None) -> Query:
        """What matches, `leave` unfiltered; its scores mean nothing."""
        return Query.boolean_query(list(self._conditions(question, leave)))

    def ranked(self, question: Question) -> Query:
        """What matches, scored by the ranking rules."""
        clauses = [*self._conditions(question, None), *self._bonuses(question)]
        return Query.boolean_query(clauses)

    def live(self) -> Query:
        return Query.term_query(self._schema, "live", field_value=True)

    def visible(self, now: int) -> list[Clause]:
        return [
            _filter(self.live()),
            _filter(self.range("published", FieldType.Integer, end=now + 1)),
        ]

    def completing(self, words: Sequence[str], prefix: str, now: int) -> Query:
        """Visible articles whose title has these words and one that begins with `prefix`."""
        field = "title_words"
        terms = [Query.term_query(self._schema, field, word) for word in words]
        terms.append(Query.fuzzy_term_query(self._schema, field, prefix, distance=0, prefix=True))
        return Query.boolean_query(self.visible(now) + [_filter(term) for term in terms])

    def value(self, facet: Facet, values: Sequence[str]) -> Query:
        """Articles with any of the values; tags by name or slug."""
        fields = (facet, "tag_slug") if facet is Facet.TAG else (facet,)
        return _any([Query.term_set_query(self._schema, name, values) for name in fields])

    def ids(self, ids: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, "id", ids)

    def range(
        self, field: str, kind: FieldType, *, start: int | None = None, end: int | None = None
    ) -> Query:
        """Half open: `start <= field < end`; None leaves a side open."""
        if start is None and end is None:
            return Query.all_query()
        return Query.range_query(
            self._schema,
            field,
            kind,
            lower_bound=_within(kind, start),
            upper_bound=_within(kind, end),
            include_upper=end is None,
        )

    def _conditions(self, question: Question, leave: Facet | None) -> Iterator[Clause]:
        yield from self.visible(question.now)
        yield from self._filters(question, leave)
        words = [self._word("all", word) for word in question.words]
        if question.any_word and words:
            yield Occur.Must, self._weighted(_any(words), self._ranking.all_weight)
        else:
            for word in words:
                yield Occur.Must, self._weighted(word, self._ranking.all_weight)
        for phrase in filter(None, question.phrases):
            yield _filter(self._phrase("all", phrase))

    def _filters(self, question: Question, leave: Facet | None) -> Iterator[Clause]:
        if question.ids:
            yield _filter(self.ids(question.ids))
        for field, interval in self._ranges(question):
            yield _filter(
                self.range(field, FieldType.Integer, start=interval.start, end=interval.end)
            )
        for facet, values in question.include.items():
            if values and facet is not leave:
                yield _filter(self.value(facet, values))
        for group in question.conditions:
            yield _filter(_any([self._condition(condition) for condition in group]))
        for facet, values in question.exclude.items():
            if values:
                yield Occur.MustNot, self.value(facet, values)
        for word in question.not_words:
            yield Occur.MustNot, self._word("all", word)
        for phrase in filter(None, question.not_phrases):
            yield Occur.MustNot, self._phrase("all", phrase)

    def _condition(self, condition: Condition) -> Query:
        if isinstance(condition, ValueIs):
            query = self.value(condition.facet, [condition.value])
        else:
            start, end = condition.interval.start, condition.interval.end
            query = self.range(condition.number, FieldType.Integer, start=start, end=end)
        if not condition.negated:
            return query
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])

    def _bonuses(self, question: Question) -> Iterator[Clause]:
        rules = self._ranking
        for field, weight in (("title", rules.title_weight), ("lead", rules.lead_weight)):
            for word in question.words:
                yield Occur.Should, self._weighted(self._word(field, word), weight)
        if question.any_word:
            words = [self._word("all", word) for word in question.words]
            enough = Query.boolean_query(
                [(Occur.Should, word) for word in words],
                minimum_number_should_match=coverage(len(words)),
            )
            yield Occur.Should, Query.const_score_query(enough, rules.coverage_bonus)
        if question.title:
            title = self._phrase("title", question.title)
            yield Occur.Should, Query.const_score_query(title, rules.exact_title_bonus)
        for threshold in freshness_thresholds(question.now):
            younger = self.range("published", FieldType.Integer, start=threshold + 1)
            yield Occur.Should, Query.const_score_query(younger, rules.freshness_bonus)

    def _word(self, field: str, alternatives: Alternatives) -> Query:
        terms = [Query.term_query(self._schema, field, term) for term in alternatives]
        if not terms:
            return Query.empty_query()
        return terms[0] if len(terms) == 1 else Query.disjunction_max_query(terms)

    def _phrase(self, field: str, phrase: Phrase) -> Query:
        if len(phrase) == 1:  # tantivy panics at a phrase of one word.
            return self._word(field, phrase[0])
        forms = [_compilable(alternatives) for alternatives in phrase]
        if not all(forms):
            return Query.empty_query()
        if all(len(alternatives) == 1 for alternatives in forms):
            return Query.phrase_query(self._schema, field, [word for (word,) in forms])
        patterns: list[str | tuple[int, str]] = ["|".join(map(_literal, each)) for each in forms]
        return Query.regex_phrase_query(self._schema, field, patterns)

    @staticmethod
    def _ranges(question: Question) -> Iterator[tuple[str, Range]]:
        for field, interval in (
            ("published", question.published),
            ("read_minutes", question.read_minutes),
        ):
            if interval != Range():
                yield field, interval

    @staticmethod
    def _weighted(query: Query, weight: float) -> Query:
        return query if weight == 1 else Query.boost_query(query, weight)


def _within(kind: FieldType, number: int | None) -> int | None:
    """The nearest number that a field of this kind can hold."""
    lowest, bits = (0, 64) if kind is FieldType.Unsigned else (-(1 << 63), 63)
    return None if number is None else min(max(number, lowest), (1 << bits) - 1)


def _filter(query: Query) -> Clause:
    # tantivy has no clause that must match and does not score.
    return Occur.Must, Query.const_score_query(query, 0.0)


def _any(queries: Sequence[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _compilable(alternatives: Alternatives) -> Alternatives:
    """The alternatives that fit into one pattern: all, unless some are longer than any term."""
    room = _PATTERN_BYTES
    fitting: list[str] = []
    for term in alternatives:
        # Stems of one word share their states as far as they are alike.
        prefixes = (commonprefix([term, other]) for other in fitting)  # noqa: RUF071 - meant so.
        shared = max(map(len, prefixes), default=0)
        states = len(term[shared:].encode())
        if len(term) <= MAX_TERM and states <= room:
            fitting.append(term)
            room -= states
    return tuple(fitting)


def _literal(term: str) -> str:
    """The term as a regular expression that matches nothing but it.

    `re.escape` knows another dialect; a class of one character needs no list of special ones.
    """
    return "".join(c if c.isalnum() else f"[\\{c}]" if c in "\\[]^-&~" else f"[{c}]" for c in term)
