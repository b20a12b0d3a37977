"""No question has more clauses than the engine takes."""

import json
import re
from dataclasses import replace

import pytest

from services.search.adapters.opensearch_index.analysis import group_of
from services.search.adapters.opensearch_index.words import WordQueries
from services.search.domain.question import Question, TextField, Word

MOST_CLAUSES = 1_024
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "ar", "hi", "zh", "th", "lo", "sv")


@pytest.mark.parametrize(
    ("language", "group"),
    [
        ("en-GB", "en"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("ur", "fa"),
        ("km", "sea"),
        ("zh-Hant", "und"),
        ("tlh", "und"),
        ("", "und"),
        (None, "und"),
    ],
)
def test_a_language_has_a_group(language: str | None, group: str) -> None:
    assert group_of(language) == group


def _asked(count: int) -> Question:
    words = tuple(Word(f"word{n}") for n in range(count))
    return Question(now=0, words=words, languages=LANGUAGES)


def _languages(question: Question) -> int:
    """In how many groups of languages the words are asked."""
    text = json.dumps(list(WordQueries(question).required()))
    groups = {group_of(language) for language in LANGUAGES}
    return sum(f"title.{group}^" in text for group in groups)


def test_a_short_question_is_asked_in_the_twelve_most_important_groups() -> None:
    assert _languages(_asked(1)) == len({group_of(one) for one in LANGUAGES[:12]})


def test_a_longer_question_is_asked_in_fewer_languages_the_most_important_first() -> None:
    assert 2 <= _languages(_asked(32)) < _languages(_asked(16)) <= 12
    assert "title.en^" in json.dumps(list(WordQueries(_asked(32)).required()))


def test_words_beyond_what_the_engine_takes_are_left_out_and_phrases_never() -> None:
    many = Word("雨" * 100, spellings=("雪" * 100,))
    question = replace(_asked(0), words=(many,) * 8, phrases=("two words",) * 20)

    queries = WordQueries(question)

    assert len(queries.words) == 1
    assert len(list(queries.required())) == 21


def test_in_fields_that_nothing_else_searches_every_language_is_asked() -> None:
    question = replace(_asked(1), fields=(TextField.SUMMARY,))

    text = json.dumps(list(WordQueries(question).required()))

    assert all(f"summary.{group}" in text for group in ("en", "eu", "yi", "und"))
    assert "title" not in text


@pytest.mark.parametrize("word", [Word("word"), Word("word", begun=True), Word("wo-rd x-y")])
@pytest.mark.parametrize("fields", [(), (TextField.TITLE,), tuple(TextField)])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 32])
def test_no_question_has_more_clauses_than_the_engine_takes(
    word: Word, fields: tuple[TextField, ...], count: int
) -> None:
    question = replace(_asked(0), words=(word,) * count, fields=fields)
    queries = WordQueries(question)

    assert _clauses([*queries.required(), *queries.bonuses()]) <= MOST_CLAUSES


def _clauses(query: object) -> int:
    """How many the engine makes of a query: one a field of each term, one a field of a phrase."""
    if isinstance(query, list):
        return sum(map(_clauses, query))
    if not isinstance(query, dict):
        return 0
    if "multi_match" in query:
        asked = query["multi_match"]
        phrase = asked["type"] == "phrase"
        return len(asked["fields"]) * (1 if phrase else len(re.findall(r"\w+", asked["query"])))
    if "match" in query:
        [asked] = query["match"].values()
        text = asked if isinstance(asked, str) else asked["query"]
        return len(re.findall(r"\w+", text))
    return sum(map(_clauses, query.values())) + ("match_phrase" in query)
