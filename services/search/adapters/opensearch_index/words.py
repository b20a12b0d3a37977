"""The words of a question as OpenSearch queries: the engine analyses them as it did the texts.

No text reaches a query parser. Words are asked for in fewer languages, and at last there are fewer
words, where their clauses would be more than the engine takes (1,024).
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.search.adapters.opensearch_index import ranking
from services.search.adapters.opensearch_index.analysis import (
    GROUPS,
    JOINTS,
    group_of,
    groups_of_scripts,
)
from services.search.adapters.opensearch_index.queries import NOTHING, PUBLISHED, Json, any_of
from services.search.adapters.opensearch_index.times import iso
from services.search.domain.question import Question, TextField, Word

_MOST_CLAUSES: Final = 800
_BESIDE_LANGUAGES: Final = 4
"""Clauses of a term: as it is spelled, in the headline, for coverage, and as a beginning."""
_MOST_LANGUAGES: Final = 12
_LONGEST: Final = 250
_LONGEST_TOKEN: Final = 255
_SHORTEST_JOINED: Final = 3

_STEMMED: Final = {
    TextField.TITLE: ("title",),
    TextField.SUMMARY: ("summary",),
    TextField.BODY: ("body", "body_rest"),
}
_NEUTRAL: Final = {
    TextField.TITLE: f"headline^{ranking.NEUTRAL_WEIGHT}",
    TextField.TAGS: "tags.name.text",
    TextField.AUTHORS: "authors.text",
}
_EVERYWHERE: Final = (*_STEMMED,)
_WEIGHTS: Final = {"title": f"^{ranking.TITLE_WEIGHT}"}

_RUN = re.compile(r"[^\W_]+")
_JOINT = re.compile(rf"(?<=[^\W_])[{re.escape(JOINTS)}]+(?=[^\W_])")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uabff\uac00-\ud7af\U00020000-\U0003ffff]"
)
_PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")


def is_searchable(text: str) -> bool:
    """Whether the engine can find anything of a text: letters, digits, pictures."""
    return _RUN.search(text) is not None or _PICTURE.search(text) is not None


def has_joint(text: str) -> bool:
    return _JOINT.search(text) is not None


def without_joints(text: str) -> str:
    return _JOINT.sub("", text)


class WordQueries:
    """The queries that the words of one question make.

    Args:
        question: as asked.
        constant_scale: 2.2 where the engine's BM25 has the factor k1 + 1, before Lucene 10.
    """

    def __init__(self, question: Question, constant_scale: float = 1) -> None:
        self._question = question
        self._scale = constant_scale
        self._phrases = [_cut(phrase) for phrase in question.phrases if is_searchable(phrase)]
        self._excluded = [_cut(text) for text in question.excluded if is_searchable(text)]
        self._groups, self.words = self._afford()
        self._languages = [
            f"{name}.{group}{_WEIGHTS.get(name, '')}"
            for group in self._groups
            for field in question.fields or _EVERYWHERE
            for name in _STEMMED.get(field, ())
        ]
        self._neutral = [_NEUTRAL[field] for field in question.fields if field in _NEUTRAL]

    def required(self) -> Iterator[Json]:
        """What must hold; scored."""
        question = self._question
        if (question.words or question.phrases) and not (self.words or self._phrases):
            yield NOTHING
        clauses = [self.word(word) for word in self.words]
        if question.any_word and clauses:
            yield any_of(clauses)
        else:
            yield from clauses
        for phrase in self._phrases:
            yield self._phrase(phrase)

    def excluded(self) -> Iterator[Json]:
        yield from map(self._spelled, self._excluded)

    def bonuses(self) -> Iterator[Json]:
        """What lifts a hit in the order of relevance."""
        question, texts = self._question, [word.text for word in self.words]
        if is_searchable(question.title):
            title = {"match_phrase": {"headline": _cut(question.title)}}
            yield self._constant(title, ranking.TITLE_BONUS)
        if texts:
            yield _match("headline", " ".join(texts), ranking.HEADLINE_WEIGHT, operator="or")
        if question.any_word and len(texts) > 1:
            least = math.ceil(ranking.COVERAGE * len(texts))
            covered = any_of([_match("text", text) for text in texts], least)
            yield self._constant(covered, ranking.COVERAGE_BONUS)
        yield {
            "distance_feature": {
                "field": PUBLISHED,
                "origin": iso(question.now),
                "pivot": ranking.FRESHNESS_PIVOT,
                "boost": ranking.FRESHNESS_BONUS * self._scale,
            }
        }

    def word(self, word: Word) -> Json:
        """One word, in any of its spellings."""
        forms = [any_of(list(self._form(word.text)))]
        for spelling in word.spellings:
            several = len(spelling.split()) > 1
            form = self._phrase(spelling) if several else any_of(list(self._form(spelling)))
            forms.append(form)
        forms += [any_of(list(self._solid(text))) for text in word.solid]
        query = forms[0] if len(forms) == 1 else {"dis_max": {"queries": forms}}
        return self._begun(word.text, query) if word.begun else query

    def marking(self, fields: Iterable[TextField]) -> Json:
        """The words as they are to be marked in these fields."""
        names = [name for field in fields for name in self.marked_fields(field)]
        queries: list[Json] = []
        for word in self.words:
            for text in (word.text, *word.spellings, *word.solid):
                for form in dict.fromkeys((text, _apart(text))):
                    phrase = has_joint(form) or " " in form
                    queries.append(_multi(form, names, "phrase" if phrase else "best_fields"))
            if word.begun:
                queries.append(_multi(word.text, names, "bool_prefix"))
        queries += [_multi(phrase, names, "phrase") for phrase in self._phrases]
        return any_of(queries) if queries and names else NOTHING

    def marked_fields(self, field: TextField) -> list[str]:
        """Where marks of a field may be: those of the languages that are asked."""
        if field not in _STEMMED:
            return [_NEUTRAL[field]]
        return [f"{_STEMMED[field][0]}.{group}" for group in self._groups]

    def _afford(self) -> tuple[list[str], list[Word]]:
        """As many words as the engine takes, and for these as many groups of languages."""
        question = self._question
        restricted = bool(question.fields)
        texts = [*self._phrases, *self._excluded]
        per_group = sum(len(_STEMMED.get(f, ())) for f in question.fields or _EVERYWHERE)
        room = _MOST_CLAUSES - sum(1 + 8 * bool(groups_of_scripts(text)) for text in texts)
        # Where only languages have the fields, one of them must be asked.
        least = _BESIDE_LANGUAGES + per_group * restricted
        words: list[Word] = []
        terms = len(self._phrases) * restricted
        for word in question.words:
            if is_searchable(word.text):
                short = _shortened(word)
                more = _cost(short, restricted=restricted)
                if words and (terms + more) * least > room:
                    break
                terms += more
                words.append(short)
        fields = max(1, per_group * terms)
        most = max(0, (room - terms * _BESIDE_LANGUAGES) // fields)
        scripts = groups_of_scripts(" ".join(word.text for word in words))
        wished = [*sorted(scripts), *map(group_of, question.languages)][:_MOST_LANGUAGES]
        if restricted:
            # Elsewhere `text` finds words of all other languages as they are spelled.
            wished += GROUPS
        return list(dict.fromkeys(wished))[:most], words

    def _form(self, text: str) -> Iterator[Json]:
        """One spelling of a word: as its languages inflect it, as it stands, and joined."""
        # The parts of a word with a joint are neighbours; others may lie in several fields.
        kind = "phrase" if has_joint(text) else "cross_fields"
        if self._languages:
            yield _multi(text, self._languages, kind)
        if self._question.fields:
            if self._neutral:
                yield _multi(text, self._neutral, kind)
            if kind == "phrase":
                fields = [*self._languages, *self._neutral]
                solid = _multi(without_joints(text), fields, "cross_fields")
                yield solid | {"multi_match": solid["multi_match"] | {"boost": _OTHER_JOINT}}
            return
        if kind == "phrase":
            yield {"match_phrase": {"text": {"query": text, "boost": ranking.NEUTRAL_WEIGHT}}}
            yield _match("text", without_joints(text), _OTHER_JOINT)
        else:
            yield _match("text", text, ranking.NEUTRAL_WEIGHT)
        if len(text) >= _SHORTEST_JOINED:
            bonus = ranking.JOINT_BONUS if kind == "phrase" else ranking.SOLID_BONUS
            yield self._constant({"match": {"joined": text}}, bonus)

    def _solid(self, text: str) -> Iterator[Json]:
        """A word written as one with its neighbour."""
        if self._question.fields:
            yield _multi(text, [*self._languages, *self._neutral], "cross_fields")
            return
        yield _match("text", text, _OTHER_JOINT)
        yield self._constant({"match": {"joined": text}}, ranking.SOLID_BONUS)

    def _begun(self, text: str, whole: Json) -> Json:
        fields = [*self._languages, *self._neutral] if self._question.fields else ["text"]
        # The T of AT&T begins a word only beside the AT.
        kind = "phrase_prefix" if has_joint(text) else "bool_prefix"
        begun = self._constant(_multi(text, fields, kind), ranking.BEGUN_BONUS)
        itself = self._constant(_multi(text, fields, "cross_fields"), ranking.WHOLE_WORD_BONUS)
        return {"bool": {"should": [whole, begun, itself], "minimum_should_match": 1}}

    def _phrase(self, text: str) -> Json:
        """Neighbours as they are spelled, in the fields asked."""
        if not self._question.fields:
            return self._spelled(text)
        somewhere = _multi(text, [*self._languages, *self._neutral], "phrase")
        return {"bool": {"must": [self._spelled(text)], "filter": [somewhere]}}

    def _spelled(self, text: str) -> Json:
        """Neighbours as they are spelled, anywhere."""
        queries: list[Json] = [{"match_phrase": {"text": text}}]
        for group in sorted(groups_of_scripts(text)):
            fields = [f"{name}.{group}" for names in _STEMMED.values() for name in names]
            queries.append(_multi(text, fields, "phrase"))
        return any_of(queries)

    def _constant(self, query: Json, bonus: float) -> Json:
        return {"constant_score": {"filter": query, "boost": bonus * self._scale}}


_OTHER_JOINT: Final = ranking.OTHER_JOINT_WEIGHT


def _match(field: str, text: str, boost: float = 1, *, operator: str = "and") -> Json:
    return {"match": {field: {"query": text, "operator": operator, "boost": boost}}}


def _multi(text: str, fields: Sequence[str], kind: str) -> Json:
    query: Json = {"query": text, "type": kind, "fields": list(fields)}
    if kind == "cross_fields":
        query |= {"tie_breaker": ranking.TIE_BREAKER}
    if not kind.startswith("phrase"):
        query |= {"operator": "and"}
    return {"multi_match": query}


def _apart(text: str) -> str:
    """Letters and digits apart, as in covid 19: so the text may have them with a joint."""
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", text)


def _cost(word: Word, *, restricted: bool) -> int:
    """About how many terms are asked for a word in each field that languages have."""
    texts = (word.text, *word.spellings, *word.solid)
    # In chosen fields beginnings and words without their joints are asked there, too.
    times = 1 + restricted * (2 * word.begun + any(map(has_joint, texts)))
    return times * sum(map(_terms, texts))


def _terms(text: str) -> int:
    """About how many terms the engine makes of a text, rather too many."""
    runs = sum(1 for _ in _RUN.finditer(text))
    alone = sum(1 for pattern in (_UNSPACED, _PICTURE) for _ in pattern.finditer(text))
    return max(1, runs + alone)


def _shortened(word: Word) -> Word:
    return Word(
        _cut(word.text),
        tuple(_cut(text) for text in word.spellings if is_searchable(text)),
        tuple(_cut(text) for text in word.solid if is_searchable(text)),
        word.begun,
    )


def _cut(text: str) -> str:
    return text[:_LONGEST]
