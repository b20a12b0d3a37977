"""An article's tokens with what its capitals say: where sentences start and which words are names.

The columns run beside those of the tokens. Line breaks at both ends mean that every word has
neighbours.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice, pairwise
from operator import and_, gt

from services.enrich.domain.tags.grammar import HONORIFICS
from services.enrich.domain.tags.languages import Language
from services.enrich.domain.tags.lone_words import LONGEST_WORD, NO_WORD, SENTENCE_END
from services.enrich.domain.tags.tokens import ALL_CAPITALS, SMALL, Tokens
from services.enrich.domain.tags.word_lists import first_names

# A word with the end of a sentence among the signs before it, in what each token is by itself. It
# looks at each run of signs once, from where it begins, so that the time is bounded.
_SIGN = f"[{SENTENCE_END}{NO_WORD}]"
_STARTS = re.compile(rf"(?<!{_SIGN})[{NO_WORD}]*+{SENTENCE_END}{_SIGN}*+[^{SENTENCE_END}{NO_WORD}]")
_LONGEST_ACRONYM = 6
_TITLE_CASE_SHARE = 0.6
_SAMPLE = 60
_TITLE_CASE_WORDS = 4


@dataclass(slots=True)
class Reading:
    language: Language
    tokens: Tokens
    starts_sentence: list[bool] = field(default_factory=list)
    words_before: list[int] = field(default_factory=list)
    is_proper: list[bool] = field(default_factory=list)
    starts_person: list[bool] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    seen_small: set[str] = field(default_factory=set)  # In the running text.
    seen_capitalised: set[str] = field(default_factory=set)  # There, inside a sentence.
    seen_pairs: set[tuple[str, str]] = field(default_factory=set)  # There, both so.
    title_in_capitals: bool = False
    body_in_capitals: bool = False
    has_case: bool = True
    word_count: int = 0


def read(tokens: Tokens, language: Language) -> Reading:
    reading = Reading(language, tokens)
    _see_capitals(reading)
    _judge_capitals(reading)
    _find_names(reading)
    _find_first_names(reading)
    return reading


def _see_capitals(reading: Reading) -> None:
    tokens = reading.tokens
    *reading.words_before, reading.word_count = accumulate(tokens.is_word, initial=0)
    reading.starts_sentence = [False] * len(tokens)
    for start in _STARTS.finditer("".join(tokens.alone)):
        reading.starts_sentence[start.end() - 1] = True
    text = slice(tokens.title_end + 1, None)
    lower, capital = tokens.lower[text], tokens.capital[text]
    # "Greater than" is "and not": a word and SMALL, which is 0; with a capital and not a start.
    is_small = map(gt, tokens.is_word[text], capital)
    inside = list(map(gt, map(bool, capital), reading.starts_sentence[text]))
    reading.seen_small = set(compress(lower, is_small))
    reading.seen_capitalised = set(compress(lower, inside))
    if not reading.language.nouns_are_capitalised:  # There any two nouns would be a pair.
        reading.seen_pairs = set(compress(pairwise(lower), map(and_, inside, inside[1:])))


def _judge_capitals(reading: Reading) -> None:
    """Whether capitals mean anything here: not in title case, not in scripts without case."""
    tokens = reading.tokens
    if not reading.language.nouns_are_capitalised:
        reading.title_in_capitals = _in_capitals(tokens, slice(0, tokens.title_end))
        reading.body_in_capitals = _in_capitals(tokens, slice(tokens.title_end, None))
    words = compress(tokens.surface, tokens.is_word)
    initials = [word[0] for word in islice(words, _SAMPLE)]
    cased = sum(letter.lower() != letter.upper() for letter in initials)
    reading.has_case = 2 * cased >= len(initials)


def _in_capitals(tokens: Tokens, part: slice) -> bool:
    # What is no word counts as small.
    words, capitals = sum(tokens.is_word[part]), tokens.capital[part]
    capitalised = len(capitals) - capitals.count(SMALL)
    return words >= _TITLE_CASE_WORDS and capitalised > _TITLE_CASE_SHARE * words


def _find_names(reading: Reading) -> None:
    tokens = reading.tokens
    reading.is_proper = [False] * len(tokens)
    for index in compress(range(len(tokens)), tokens.capital):
        short = len(tokens.surface[index]) <= LONGEST_WORD
        reading.is_proper[index] = short and _is_proper(reading, index, tokens.lower[index])


def _is_proper(reading: Reading, index: int, lower: str) -> bool:
    capitals = reading.tokens.capital
    if lower in HONORIFICS and capitals[index + 1]:
        return False
    in_title = index < reading.tokens.title_end
    if reading.title_in_capitals if in_title else reading.body_in_capitals:
        return lower in reading.seen_capitalised and lower not in reading.seen_small
    if capitals[index] == ALL_CAPITALS and len(lower) <= _LONGEST_ACRONYM:
        return not reading.tokens.is_stop[index] or lower not in reading.seen_small
    if not reading.starts_sentence[index]:
        return True
    return _is_proper_at_start(reading, index, lower)


def _is_proper_at_start(reading: Reading, index: int, lower: str) -> bool:
    """Where a sentence starts every word has a capital, so that others must speak for a name."""
    language = reading.language
    if reading.tokens.is_stop[index]:
        return False
    if lower in reading.seen_small:
        # "Lake Aruna", where there are other lakes as well.
        return (lower, reading.tokens.lower[index + 1]) in reading.seen_pairs
    if lower in reading.seen_capitalised or reading.tokens.capital[index + 1]:
        return True
    if not language.stop_words:
        # Any word may begin a sentence there.
        is_country = reading.tokens.stem[index] in language.countries.codes
        return is_country or _is_written_like_a_name(reading.tokens, index)
    classes = language.word_classes
    return classes is None or classes.get(lower, "p") not in "vVgsanN"


def _is_written_like_a_name(tokens: Tokens, index: int) -> bool:
    """As "Covid-19", "BBNaija" and "MONUSCO" are; but a text may open with a word in capitals."""
    surface = tokens.surface[index]
    if tokens.capital[index] == ALL_CAPITALS:
        return "-" in surface or tokens.surface[index - 1] != "\n"
    return any(letter.isupper() or letter.isdigit() for letter in surface[1:])


def _find_first_names(reading: Reading) -> None:
    """Where a first name stands before another name, and not after a first name."""
    known, lower, proper = first_names(), reading.tokens.lower, reading.is_proper
    first = {at for at in compress(range(len(proper)), proper) if lower[at] in known}
    reading.starts_person = [False] * len(proper)
    for at in first:
        reading.starts_person[at] = proper[at + 1] and at - 1 not in first
