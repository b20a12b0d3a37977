"""Questions as tantivy queries. No query text is ever parsed."""

from collections.abc import Iterator, Sequence

from tantivy import FieldType, Occur, Query, Schema

from services.search.adapters.tantivy_index.analysis import MAX_TERM, characters, exact_terms
from services.search.adapters.tantivy_index.ranking import (
    RankingRules,
    coverage,
    freshness_thresholds,
)
from services.search.adapters.tantivy_index.sought import Form, Sought, sought
from services.search.domain.folding import fold
from services.search.domain.question import (
    Condition,
    Facet,
    Question,
    Range,
    TextField,
    ValueIs,
    Word,
)

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
        begun = exact_terms(prefix)
        whole = [term for word in words for term in exact_terms(word)] + begun[:-1]
        if not begun:
            return Query.empty_query()
        terms = [Query.term_query(self._schema, "headline", term) for term in whole]
        terms.append(self._beginning("headline", begun[-1]))
        return Query.boolean_query(self.visible(now) + [_filter(term) for term in terms])

    def linked_to(self, article_id: str, since: int, now: int) -> Query:
        """Visible articles with an edge to this one, found later; their scores mean nothing."""
        later = self.range("linked_at", FieldType.Integer, start=since + 1)
        edge = Query.term_query(self._schema, "edge", article_id)
        return Query.boolean_query([*self.visible(now), _filter(later), _filter(edge)])

    def value(self, facet: Facet, values: Sequence[str]) -> Query:
        """Articles with any of the values; tags by name or slug."""
        fields = (facet, "tag_slug") if facet is Facet.TAG else (facet,)
        return _any([Query.term_set_query(self._schema, name, values) for name in fields])

    def value_in_any_case(self, facet: Facet, value: str) -> Query:
        folded = Query.term_query(self._schema, f"{facet}_folded", fold(value))
        return _any([self.value(facet, [value]), folded])

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
        asked = (self._word(word, question) for word in question.words)
        words = [word for word in asked if word is not None]
        phrases = [text for text in question.phrases if exact_terms(text)]
        if (question.words or question.phrases) and not (words or phrases):
            # Nothing of what was typed can be searched.
            yield Occur.Must, Query.empty_query()
        if question.any_word and words:
            yield Occur.Must, _any(words)
        else:
            yield from ((Occur.Must, word) for word in words)
        for phrase in phrases:
            yield _filter(self._phrase(phrase, question.fields))

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
        for phrase in question.excluded:
            yield Occur.MustNot, self._phrase(phrase, ())

    def _condition(self, condition: Condition) -> Query:
        if isinstance(condition, ValueIs):
            query = self.value_in_any_case(condition.facet, condition.value)
        else:
            start, end = condition.interval.start, condition.interval.end
            query = self.range(condition.number, FieldType.Integer, start=start, end=end)
        if not condition.negated:
            return query
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])

    def _bonuses(self, question: Question) -> Iterator[Clause]:
        rules = self._ranking
        words = [sought(word, question.languages) for word in question.words]
        for field, weight in (("title", rules.title_weight), ("lead", rules.lead_weight)):
            for word in words:
                inflected = list(self._stems(field, word))
                if inflected:
                    best = Query.disjunction_max_query(inflected)
                    yield Occur.Should, Query.boost_query(best, weight)
        if question.any_word:
            asked = (self._word(word, question) for word in question.words)
            there = [(Occur.Should, word) for word in asked if word is not None]
            enough = Query.boolean_query(there, minimum_number_should_match=coverage(len(there)))
            yield Occur.Should, Query.const_score_query(enough, rules.coverage_bonus)
        title = self._neighbours("headline", exact_terms(question.title))
        yield Occur.Should, Query.const_score_query(title, rules.phrase_bonus)
        for threshold in freshness_thresholds(question.now):
            younger = self.range("published", FieldType.Integer, start=threshold + 1)
            yield Occur.Should, Query.const_score_query(younger, rules.freshness_bonus)

    def _word(self, word: Word, question: Question) -> Query | None:
        """The best of a word's forms counts; None where it has no term."""
        found = sought(word, question.languages)
        if question.fields:
            there = [query for f in question.fields for query in self._in_field(f, found)]
            return _any(there) if there else None
        rules = self._ranking
        exact = [
            Query.boost_query(self._all("exact", forms), rules.exact_weight)
            for forms in found.forms
        ]
        single = (
            [Query.term_query(self._schema, "characters", found.character)]
            if found.character
            else []
        )
        joined = [
            Query.const_score_query(self._solid(one), rules.solid_bonus) for one in found.solid
        ]
        begun = []
        if found.beginning:
            beginning = self._beginning("exact", found.beginning)
            begun = [Query.const_score_query(beginning, rules.begun_bonus)]
        alternatives = [*self._stems("all", found), *exact, *single, *joined, *begun]
        return Query.disjunction_max_query(alternatives) if alternatives else None

    def _in_field(self, field: TextField, found: Sought) -> Iterator[Query]:
        """The word in one field, as it is spelled or inflected."""
        name = f"in_{field}"
        yield from self._stems(name, found)
        yield from (self._all(name, forms) for forms in found.forms)
        if found.beginning:
            yield self._beginning(name, found.beginning)

    def _stems(self, field: str, word: Sought) -> Iterator[Query]:
        """Each form in each language, every stretch of it."""
        for forms in word.forms:
            languages = {stems[0].partition("~")[0] for form in forms for stems in form.stems}
            for language in sorted(languages):
                inflected = [
                    next((s for s in form.stems if s[0].startswith(f"{language}~")), form.exact)
                    for form in forms
                ]
                yield _every([self._neighbours(field, stems) for stems in inflected])

    def _all(self, field: str, forms: Sequence[Form]) -> Query:
        """Every stretch, as it is spelled."""
        return _every([self._stretch(field, form) for form in forms])

    def _stretch(self, field: str, form: Form) -> Query:
        if form.loose:
            terms = dict.fromkeys(form.exact)
            return _every([Query.term_query(self._schema, field, term) for term in terms])
        return self._neighbours(field, form.exact)

    def _solid(self, text: str) -> Query:
        fields = ("exact", "joined")
        return _any([Query.term_query(self._schema, name, text) for name in fields])

    def _phrase(self, text: str, fields: Sequence[TextField]) -> Query:
        """Neighbouring words as they are spelled; a lone character of unspaced text too."""
        terms = exact_terms(text)
        names = [f"in_{field}" for field in fields] or ["exact"]
        found = [self._neighbours(name, terms) for name in names]
        if not fields:
            lone = characters(text) if len(text.strip()) == 1 else []
            found += [Query.term_query(self._schema, "characters", one) for one in lone]
        return _any(found)

    def _neighbours(self, field: str, terms: Sequence[str]) -> Query:
        if not terms:
            return Query.empty_query()
        if len(terms) == 1:  # tantivy panics at a phrase of one word.
            return Query.term_query(self._schema, field, terms[0])
        return Query.phrase_query(self._schema, field, list(terms))

    def _beginning(self, field: str, prefix: str) -> Query:
        return Query.fuzzy_term_query(
            self._schema, field, prefix[:MAX_TERM], distance=0, prefix=True
        )

    @staticmethod
    def _ranges(question: Question) -> Iterator[tuple[str, Range]]:
        for field, interval in (
            ("published", question.published),
            ("read_minutes", question.read_minutes),
        ):
            if interval != Range():
                yield field, interval


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


def _every(queries: Sequence[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])
