"""What a reader typed, as a `Question`: the only place where user text becomes terms.

The language of questions: words, "quoted phrases", -word and -"phrase" to exclude. Anything else
is punctuation between words; nothing is an error but length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from services.search.domain.analysis import GAP, UNSTEMMED, has_stemmer, terms, unspaced
from services.search.domain.filters import ParameterError
from services.search.domain.question import Alternatives, Phrase, Question, Sort
from services.search.domain.stop_words import STOP_WORDS

MAX_CHARACTERS: Final = 512
MAX_WORDS: Final = 32
MAX_LANGUAGES: Final = 4
_LANGUAGE_SHARE: Final = 0.01

_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
# A phrase that nobody closed runs to the end. "-" excludes only at a word's start.
_PART = re.compile(
    r'(?P<minus>(?<!\S)-(?=[^\W\d_]|"))?(?:"(?P<quoted>[^"]*+)"?|(?P<plain>[^\s"]++))'
)


class Part(NamedTuple):
    """A stretch of what was typed between spaces or quotes; `start` is where `text` begins."""

    text: str
    start: int
    quoted: bool
    excluded: bool


class _Word(NamedTuple):
    alternatives: Alternatives
    stop: bool


def clean(q: str) -> str:
    """The text as it can be shown again: no lone surrogates, no space round it."""
    return _SURROGATES.sub("\ufffd", q).strip()


def within_length(q: str) -> str:
    """What was typed, as it is; raises `ParameterError` where it is too long."""
    if len(q.strip()) > MAX_CHARACTERS:
        raise ParameterError("q", f"must have at most {MAX_CHARACTERS} characters")
    return q


def parts(q: str) -> list[Part]:
    """Cut what was typed into phrases and stretches without spaces."""
    return [
        Part(
            text=found["plain"] if found["quoted"] is None else found["quoted"],
            start=found.start("plain" if found["quoted"] is None else "quoted"),
            quoted=found["quoted"] is not None,
            excluded=found["minus"] is not None,
        )
        for found in _PART.finditer(q.translate(_QUOTES))
    ]


# ISO 15924, of the languages that have a stemmer and are not written in Latin letters.
_SCRIPTS: Final = {
    "ar": "Arab",
    "el": "Grek",
    "hi": "Deva",
    "hy": "Armn",
    "ne": "Deva",
    "ru": "Cyrl",
    "sr": "Cyrl",
    "ta": "Taml",
    "yi": "Hebr",
}


def languages_asked(asked: Iterable[str], articles: Mapping[str, int]) -> tuple[str, ...]:
    """The languages to stem a question in, at most four of a script, primary subtags.

    A stemmer leaves words of other scripts alone, so that each word has at most four stems.

    Args:
        asked: values of the `language` filter; they decide if there are any.
        articles: articles by language in the index; those with 1 % of all are taken, most first.
    """
    total = sum(count for language, count in articles.items() if "-" not in language)
    held = sorted(articles, key=lambda language: (-articles[language], language))
    large = [language for language in held if articles[language] >= total * _LANGUAGE_SHARE]
    chosen = dict.fromkeys(language.partition("-")[0].lower() for language in [*asked] or large)
    by_script: dict[str, list[str]] = {}
    # Without a stemmer a language has no stems of its own to ask for.
    for language in [*filter(has_stemmer, chosen)] or chosen:
        by_script.setdefault(_SCRIPTS.get(language, "Latn"), []).append(language)
    kept = {language for rest in by_script.values() for language in rest[:MAX_LANGUAGES]}
    return tuple(language for language in chosen if language in kept) or ("en",)


def read_question(q: str, *, now: int, languages: Sequence[str] = ("en",)) -> Question:
    """Read what was typed; filters, window and facets are the caller's to add.

    Words that carry no topic in the first of the languages are dropped, unless nothing else was
    asked. The order is relevance where there are words or phrases, else newest.

    Args:
        q: any Unicode text.
        now: seconds since 1970.
        languages: as of `languages_asked`, the most important first.

    Raises:
        ParameterError: longer than 512 characters.
    """
    q = within_length(q)
    read = list(_within_limit((part, _words(part.text, languages)) for part in parts(clean(q))))
    asked = [(part, words) for part, words in read if not part.excluded]
    single = [word for part, words in asked if not part.quoted for word in words]
    phrases = _distinct(_phrase(words) for part, words in asked if part.quoted)
    topical = [word for word in single if not word.stop]
    kept = topical if topical or phrases else single
    excluded = _distinct(_phrase(words) for part, words in read if part.excluded)
    return Question(
        now=now,
        words=tuple(dict.fromkeys(word.alternatives for word in kept)),
        title=_title([word for _, words in asked for word in words]),
        phrases=phrases,
        not_words=tuple(phrase[0] for phrase in excluded if len(phrase) == 1),
        not_phrases=tuple(phrase for phrase in excluded if len(phrase) > 1),
        sort=Sort.RELEVANCE if kept or phrases else Sort.NEWEST,
    )


def word_begun(q: str) -> str | None:
    """The word that is still being typed, folded: the last one, neither quoted nor excluded."""
    last = parts(clean(q))[-1:]
    if q[-1:].isspace() or not last or last[0].quoted or last[0].excluded:
        return None
    found = terms(last[0].text, UNSTEMMED)
    return found[-1] if found and not unspaced(found[-1]) else None


def with_alternatives(question: Question, word: str, others: Iterable[str]) -> Question:
    """The question with more terms for one of its words, which is named as it is spelled."""
    words = (
        tuple(dict.fromkeys((*others, *forms))) if forms[-1] == word else forms
        for forms in question.words
    )
    return replace(question, words=tuple(words))


def _words(text: str, languages: Sequence[str]) -> list[_Word]:
    """Each word as its stems in all languages and, last, as it is."""
    spelled = terms(text, UNSTEMMED)
    stemmed = [terms(text, language) for language in languages]
    stop_words = STOP_WORDS.get(languages[0], frozenset()) if languages else frozenset()
    return [
        _Word((*dict.fromkeys(s for s in stems if s != word), word), stop=word in stop_words)
        for *stems, word in zip(*stemmed, spelled, strict=True)
    ]


def _within_limit(read: Iterable[tuple[Part, list[_Word]]]) -> Iterable[tuple[Part, list[_Word]]]:
    """The first 32 words, wherever they stand."""
    left = MAX_WORDS
    for part, words in read:
        if words and left > 0:
            yield part, words[:left]
            left -= len(words)


def _phrase(words: Iterable[_Word]) -> Phrase:
    return tuple(word.alternatives for word in words)


def _distinct(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(phrases))


def _title(words: Sequence[_Word]) -> Phrase:
    """Between gaps, as titles are indexed: the phrase then fits no longer title."""
    return ((GAP,), *_phrase(words), (GAP,)) if words else ()
