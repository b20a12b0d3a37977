"""Marked texts by the engine's own highlighter."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.search.adapters.opensearch_index.analysis import GROUPS, JOINTS
from services.search.adapters.opensearch_index.queries import Json
from services.search.adapters.opensearch_index.words import WordQueries
from services.search.domain.articles import MarkedText
from services.search.domain.folding import fold
from services.search.domain.question import Excerpts, Question, TextField

# For private use: no text that means something has them.
_BEFORE, _AFTER = "\ue0b0", "\ue0b1"
_MARK = re.compile(f"{_BEFORE}([^{_BEFORE}{_AFTER}]*){_AFTER}")
_NAMES: Final = {TextField.TAGS: "tags", TextField.AUTHORS: "authors"}
_SIGNS = re.compile(r"[\W_]+")


def highlighting(question: Question, words: WordQueries) -> Json:
    """What to ask for marks with."""
    fields: Json = {}
    for field, wanted in question.marked.items():
        # The beginning of a text is wanted whatever its language.
        everywhere = wanted.from_start and field not in _NAMES
        names = [f"{field}.{g}" for g in GROUPS] if everywhere else words.marked_fields(field)
        fields |= dict.fromkeys(names, _options(wanted))
    return {
        "type": "unified",
        "pre_tags": [_BEFORE],
        "post_tags": [_AFTER],
        "fields": fields,
        "highlight_query": words.marking(question.marked),
    }


def _options(wanted: Excerpts) -> Json:
    options: Json = {"number_of_fragments": wanted.count}
    if wanted.count:
        options |= {"fragment_size": wanted.characters, "boundary_scanner": "sentence"}
    if wanted.from_start:
        options |= {"no_match_size": wanted.characters}
    return options


def read_marks(
    question: Question, found: Mapping[str, Sequence[str]], card: Mapping[str, Any]
) -> dict[TextField, tuple[MarkedText, ...]]:
    """The marked texts of a hit, found by field, as the question wanted them."""
    asked = {bare(word.text) for word in question.words}
    marked: dict[TextField, tuple[MarkedText, ...]] = {}
    for field in question.marked:
        texts = [
            _whole_words(_read(text), asked)
            for name, texts in found.items()
            if name.partition(".")[0] == _NAMES.get(field, field)
            for text in texts
        ]
        if texts:
            names = card.get(_NAMES.get(field, ""), ())
            marked[field] = tuple(_every_name(names, texts) if names else texts)
    return marked


def _read(text: str) -> MarkedText:
    return MarkedText(tuple(_MARK.split(text)))


def _every_name(names: Sequence[str], texts: Sequence[MarkedText]) -> Iterator[MarkedText]:
    by_name = {text.plain: text for text in texts}
    for name in names:
        yield by_name.get(name, MarkedText((name,)))


def _whole_words(text: MarkedText, asked: set[str]) -> MarkedText:
    """AT&T is one mark where it was asked, although the engine finds its parts."""
    marks, gaps = text.pieces[1::2], text.pieces[2::2]
    pieces = [text.pieces[0]]
    at = 0
    while at < len(marks):
        end = at
        whole = marks[at]
        while end + 1 < len(marks) and _is_joint(gaps[end]):
            whole += gaps[end] + marks[end + 1]
            end += 1
        if bare(whole) not in asked:
            whole, end = marks[at], at
        pieces += [whole, gaps[end]]
        at = end + 1
    return MarkedText(tuple(pieces))


def _is_joint(text: str) -> bool:
    return len(text) == 1 and text in JOINTS


def bare(text: str) -> str:
    """Letters and digits, without case and accents."""
    return _SIGNS.sub("", fold(text))
