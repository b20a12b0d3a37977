"""Whole search requests, and what their answers say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.search.adapters.opensearch_index import corrections, facets, marks, queries
from services.search.adapters.opensearch_index.corrections import Suspect
from services.search.adapters.opensearch_index.documents import (
    CARD_SOURCE,
    MOST_TENTHS,
    card,
    edge_term,
)
from services.search.adapters.opensearch_index.installation import Engine
from services.search.adapters.opensearch_index.queries import Json
from services.search.adapters.opensearch_index.words import WordQueries
from services.search.domain.articles import Correction, Hit, Page
from services.search.domain.question import Question, Sort, TextField, Word

_EVERYWHERE = tuple(TextField)


class Search:
    """One question as one request."""

    def __init__(self, question: Question, engine: Engine) -> None:
        self._question = question
        self._engine = engine
        self._words = WordQueries(question, engine.constant_scale)
        # The total must not depend on where a walk over stories is.
        self._behind = question.after if question.collapse else None

    def body(self) -> Json:
        question = self._question
        body: Json = {
            "query": self._matching(),
            "sort": queries.order(question.order),
            "size": question.limit,
            "track_total_hits": True,
            "_source": CARD_SOURCE,
        }
        if aggregations := facets.aggregations(question, self._engine.shards):
            body["aggs"] = aggregations
        if after_counting := self._after_counting():
            body["post_filter"] = {"bool": {"filter": after_counting}}
        if question.collapse:
            body["collapse"] = {"field": "story_id"}
        if question.after and not self._behind:
            body["search_after"] = queries.search_after(question.order, question.after)
        else:
            body["from"] = question.offset
        if question.marked and question.limit:
            body["highlight"] = marks.highlighting(question, self._words)
        if question.corrections and self._words.words:
            body["suggest"] = corrections.suggesting(self._typed())
        return body

    def read(self, answer: Mapping[str, Any]) -> Page:
        question, counted = self._question, answer.get("aggregations", {})
        total = answer["hits"]["total"]["value"]
        return Page(
            total=counted["all"]["doc_count"] if self._behind else total,
            stories=counted["all"]["stories"]["value"] if question.collapse else None,
            hits=tuple(map(self._hit, answer["hits"]["hits"])),
            facets=facets.read_facets(question, counted),
            extents=facets.read_extents(question, counted),
            spans=facets.read_spans(question, counted),
        )

    def suspects(self, answer: Mapping[str, Any]) -> list[Suspect]:
        if "suggest" not in answer:
            return []
        return corrections.read_suspects(self._typed(), answer["suggest"])

    def _typed(self) -> list[str]:
        return [word.text for word in self._words.words]

    def _matching(self) -> Json:
        question, words = self._question, self._words
        scored = question.order is Sort.RELEVANCE
        left = facets.filtered_fields(question)
        required, filters = list(words.required()), list(queries.filters(question, leave=left))
        return {
            "bool": {
                "must": required if scored else [],
                "filter": filters if scored else [*required, *filters],
                "must_not": [*queries.exclusions(question), *words.excluded()],
                "should": list(words.bonuses()) if scored else [],
                "minimum_should_match": 0,
            }
        }

    def _after_counting(self) -> list[Json]:
        question = self._question
        filters = []
        if filtered := facets.filtered_fields(question):
            filters.append(facets.included(question, filtered))
        if self._behind:
            filters.append(queries.behind(question.order, self._behind))
        return filters

    def _hit(self, hit: Any) -> Hit:  # noqa: ANN401 - JSON.
        question, source = self._question, hit["_source"]
        shown = card(source)
        return Hit(
            id=hit["_id"],
            card=shown,
            score=hit["sort"][0] if question.order is Sort.RELEVANCE else 0.0,
            sort_key=queries.sort_key(question.order, hit["sort"]),
            story_id=source["story_id"],
            marked=marks.read_marks(question, hit.get("highlight", {}), shown),
        )


def completing(words: Sequence[str], prefix: str, now: int) -> Json:
    """Visible articles whose title has these words and one that begins with `prefix`."""
    typed = {"query": " ".join((*words, prefix)), "operator": "and"}
    title = {"match_bool_prefix": {"headline": typed}}
    return {"bool": {"filter": [*queries.visible(now), title]}}


def linked_to(article_id: str, *, since: int, now: int) -> Json:
    """Visible articles with an edge to this one, the best tenth of scores first."""
    edges = [
        {
            "constant_score": {
                "filter": {"term": {"edge": edge_term(article_id, tenths)}},
                "boost": tenths + 1,
            }
        }
        for tenths in range(MOST_TENTHS, -1, -1)
    ]
    later = {"range": {"linked_at": {"gt": since}}}
    return {
        "bool": {
            "should": edges,
            "minimum_should_match": 1,
            "filter": [*queries.visible(now), later],
        }
    }


def correcting(words: Sequence[str], now: int) -> Json:
    """Corrections of words, and whether any visible article goes on as the last one begins."""
    begun = {"match_bool_prefix": {"text": {"query": words[-1], "operator": "and"}}}
    return {
        "size": 0,
        "query": {"bool": {"filter": queries.visible(now)}},
        "aggs": {"begun": {"filter": begun}},
        "suggest": corrections.suggesting(words),
    }


def confirming(
    suspects: Sequence[Suspect], now: int, languages: Sequence[str] | None
) -> dict[str, Json]:
    """Counts of the articles that have a suspect in any inflection, or one of its options.

    `languages` of None are all.
    """
    question = Question(
        now=now,
        fields=_EVERYWHERE if languages is None else (),
        languages=tuple(languages or ()),
    )
    counts: dict[str, Json] = {}
    for at, suspect in enumerate(suspects):
        words = WordQueries(replace(question, words=(Word(suspect.typed),)))
        counts[f"{at}"] = {"filter": queries.any_of([*words.required()])}
        for place, option in enumerate(suspect.options):
            match = {"match_phrase": {"text": option.text}}
            counts[f"{at}.{place}"] = {"filter": match}
    return counts


def confirmed(
    suspects: Sequence[Suspect], answer: Mapping[str, Any]
) -> dict[str, tuple[Correction, ...]]:
    found = {}
    for at, suspect in enumerate(suspects):
        options = tuple(
            Correction(option.text, option.edits, answer[f"{at}.{place}"]["doc_count"])
            for place, option in enumerate(suspect.options)
            if answer[f"{at}.{place}"]["doc_count"]
        )
        if options and not answer[f"{at}"]["doc_count"]:
            found[suspect.typed] = options
    return found


def tag_called(name_or_slug: str, tags: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of the tags of an article the one of this slug, else name, else merged slug."""
    for is_called in (
        lambda tag: tag["slug"] == name_or_slug,
        lambda tag: tag["name"] == name_or_slug,
        lambda tag: name_or_slug in tag.get("aliases", ()),
    ):
        for tag in filter(is_called, tags):
            return tag
    return None
