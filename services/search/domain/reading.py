"""What a reader typed, as a `Question`: words, phrases, exclusions.

The language of questions: words, "quoted phrases", -word and -"phrase" to exclude. Anything else
is punctuation; nothing is an error but length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from services.search.domain.filters import ParameterError
from services.search.domain.folding import fold
from services.search.domain.question import Question, Sort, Word
from services.search.domain.stop_words import STOP_WORDS

MAX_CHARACTERS: Final = 512
MAX_WORDS: Final = 32
MAX_LANGUAGES: Final = 12
_MAX_SOLID_PAIRS: Final = 4
_SHORTEST_SOLID: Final = 3

_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
# A phrase that nobody closed runs to the end. "-" excludes only at a word's start.
_PART = re.compile(
    r'(?P<minus>(?<!\S)-(?=[^\W\d_]|"))?(?:"(?P<quoted>[^"]*+)"?|(?P<plain>[^\s"]++))'
)
_JOINTS = re.compile(r"[^\w'\u2019.,&+#]+|(?<=\w\w)[&+](?=\w\w)|(?<=\D)[.,](?=\D)")
_EDGES = "!?.,;:…()[]{}<>\u00a1\u00bf\u2039\u203a'\u2018\u2019\u201a`*~|/\\-_=^\u2013\u2014"


class Part(NamedTuple):
    """A stretch of what was typed between spaces or quotes; `start` is where `text` begins."""

    text: str
    start: int
    quoted: bool
    excluded: bool


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


def languages_asked(asked: Iterable[str], articles: Mapping[str, int]) -> tuple[str, ...]:
    """The languages to inflect a question in: primary subtags, the most important first.

    Args:
        asked: values of the `language` filter; they decide if there are any.
        articles: articles by language in the index, the most frequent first.
    """
    chosen = [*asked] or sorted(articles, key=lambda language: (-articles[language], language))
    primary = (language.partition("-")[0].lower() for language in chosen)
    return tuple(dict.fromkeys(primary))[:MAX_LANGUAGES] or ("en",)


def read_question(
    q: str, *, now: int, languages: Sequence[str] = ("en",), typing: bool = False
) -> Question:
    """Read what was typed; filters, window and facets are the caller's to add.

    Words that carry no topic in the first of the languages are dropped, unless nothing else was
    asked, and so are signs. The order is relevance where there are words or phrases, else newest.

    Args:
        q: any Unicode text.
        now: seconds since 1970.
        languages: as of `languages_asked`, the most important first.
        typing: the last word may be only begun.

    Raises:
        ParameterError: longer than 512 characters.
    """
    q = clean(within_length(q))
    read = list(_within_limit(parts(q)))
    phrases = _distinct(part.text for part in read if part.quoted and not part.excluded)
    plain = [part.text for part in read if not part.quoted and not part.excluded]
    words = _with_solid(plain)
    if typing and plain and read[-1].text == plain[-1] and not read[-1].excluded:
        words[-1] = replace(words[-1], begun=True)
    kept = _topical(words, languages, alone=not phrases)
    asked = [part.text for part in read if not part.excluded]
    return Question(
        now=now,
        words=tuple({fold(word.text): word for word in kept}.values()),
        title=" ".join(asked),
        phrases=phrases,
        excluded=_distinct(part.text for part in read if part.excluded),
        languages=tuple(languages),
        sort=Sort.RELEVANCE if kept or phrases else Sort.NEWEST,
    )


def for_any_word(question: Question) -> Question:
    """The question that one of its words is enough for; parts between joints are words then.

    Names such as AT&T and C++ stay whole: a single letter of one says nothing.
    """
    words = (
        replace(word, text=text) if text == word.text else Word(text)
        for word in question.words
        for text in _pieces(word)
    )
    distinct = {fold(word.text): word for word in words}
    return replace(question, words=tuple(distinct.values())[:MAX_WORDS], any_word=True)


def with_corrections(question: Question, corrections: Mapping[str, str]) -> Question:
    """The question whose words may also stand as corrected: what was typed may have been right."""
    return replace(
        question, words=tuple(_with_corrections(word, corrections) for word in question.words)
    )


def corrected_text(q: str, corrections: Mapping[str, str]) -> str:
    """What was typed with its words corrected; phrases and exclusions stay."""
    q = clean(q)
    pieces: list[str] = []
    seen = 0
    for part in parts(q):
        if not part.quoted and not part.excluded:
            pieces += q[seen : part.start], _corrected(part.text, corrections)
            seen = part.start + len(part.text)
    return "".join([*pieces, q[seen:]])


def with_synonyms(question: Question, sets: Iterable[Sequence[str]]) -> Question:
    """The question in which each word, or run of words, may stand as any other of its set."""
    words = list(question.words)
    folded = [fold(word.text.strip(_EDGES)) for word in words]
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for forms in sets:
        for form in forms:
            run = fold(form).split()
            for at in range(len(words) - len(run) + 1):
                if run and folded[at : at + len(run)] == run:
                    others = tuple(other for other in forms if other != form)
                    found.append((at, at + len(run), others))
    # Of runs that overlap the longest counts.
    taken: set[int] = set()
    made: dict[int, tuple[int, Word]] = {}
    for start, end, others in sorted(found, key=lambda run: run[0] - run[1]):
        places = set(range(start, end))
        if start in made and made[start][0] == end:
            word = made[start][1]
            made[start] = (end, replace(word, spellings=_distinct((*word.spellings, *others))))
        elif not places & taken:
            text = " ".join(word.text for word in words[start:end])
            spellings = words[start].spellings if end == start + 1 else ()
            made[start] = (end, Word(text, _distinct((*spellings, *others))))
            taken |= places
    kept = (
        made[at][1] if at in made else word
        for at, word in enumerate(words)
        if at in made or at not in taken
    )
    return replace(question, words=tuple(kept))


def _within_limit(found: Iterable[Part]) -> Iterable[Part]:
    """The first 32 words, wherever they stand."""
    left = MAX_WORDS
    for part in found:
        words = part.text.split()
        if words and left > 0:
            kept = " ".join(words[:left]) if len(words) > left else part.text
            yield part._replace(text=kept)
            left -= len(words)


def _with_solid(texts: Sequence[str]) -> list[Word]:
    """Words with the spellings that they make with a neighbour: wi fi is also wifi."""
    solid: list[tuple[str, ...]] = [() for _ in texts]
    pairs = 0
    for at in range(len(texts) - 1):
        one = texts[at] + texts[at + 1]
        if pairs < _MAX_SOLID_PAIRS and len(one) >= _SHORTEST_SOLID and one.isalnum():
            solid[at] += (one,)
            solid[at + 1] += (one,)
            pairs += 1
    return [Word(text, solid=forms) for text, forms in zip(texts, solid, strict=True)]


def _topical(words: Sequence[Word], languages: Sequence[str], *, alone: bool) -> Sequence[Word]:
    """Words without stop words and signs, if anything is left; signs alone find nothing."""
    spoken = [word for word in words if any(map(str.isalnum, word.text))]
    if not spoken:
        return words if alone else ()
    stop_words = STOP_WORDS.get(languages[0], frozenset()) if languages else frozenset()
    topical = [word for word in spoken if _bare(word.text) not in stop_words]
    return topical if topical or not alone else spoken


def _bare(text: str) -> str:
    return fold(text.strip(_EDGES)).replace("'", "")


def _pieces(word: Word) -> list[str]:
    pieces = [piece for piece in _JOINTS.split(word.text) if any(map(str.isalnum, piece))]
    return pieces if len(pieces) > 1 and all(len(piece) > 1 for piece in pieces) else [word.text]


def _with_corrections(word: Word, corrections: Mapping[str, str]) -> Word:
    corrected = _corrected(word.text, corrections)
    if corrected == word.text:
        return word
    return replace(word, spellings=_distinct((corrected, *word.spellings)))


def _corrected(text: str, corrections: Mapping[str, str]) -> str:
    for typed, meant in corrections.items():
        text = text.replace(typed, meant)
    return text


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
