"""Finds the standing text at the end of a body: what the publisher repeats under any news.

About-the-company paragraphs, press contacts, legal notices, funeral services and donations,
newsletters, credits. Standing text begins at a heading such as "About Halvard Energy", or is found
sentence by sentence from the end of the text.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import regex

from services.enrich.domain.standing_words import (
    ABBREVIATIONS,
    ABOUT,
    ADDRESS,
    BEGINNINGS,
    COLONS,
    HEADINGS,
    PHRASES,
)

# Characters at the end of a text that are looked at; legal notices are long.
_TAIL: Final = 10_000
# So many sentences of news in a row end the search for standing ones.
_MOST_NEWS_BETWEEN: Final = 2
# A sentence is judged by so many characters: patterns may look at each several times.
_LONGEST_SENTENCE: Final = 500
_LONGEST_ADDRESS: Final = 200
_HYPHENS: Final = str.maketrans("‐‑", "--")
# A heading that is a line of its own.
_LONGEST_HEADING: Final = 80
# Characters behind "About X" within which X is named again.
_NAMED_WITHIN: Final = 250
_SHORTEST_NAME: Final = 3
_ENDING: Final = 2  # Letters of a name that its declension may change.
_ENDS: Final = ".!?…\"'”’»)"
_FEWEST_WORDS: Final = 4
_INDENT: Final = 20
_LONGEST_ABBREVIATION: Final = 6

_END: Final = re.compile(r"[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]++[」』”]?|(?=\n)")
_LAST_WORD: Final = re.compile(r"\w+$")
_HAS_COLON: Final = re.compile(rf"[^{COLONS}]{{,{_LONGEST_HEADING}}}[{COLONS}]")
_BEGINNING: Final = regex.compile("|".join(BEGINNINGS), regex.IGNORECASE)
_ADDRESS: Final = regex.compile(ADDRESS)
_HEADING: Final = regex.compile(rf"(?:{'|'.join(HEADINGS)})", regex.IGNORECASE)
_ABOUT: Final = regex.compile(rf"(?:{'|'.join(ABOUT)})", regex.IGNORECASE)
_NAME: Final = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")


class SplitText(NamedTuple):
    """A text in two parts, which together have all its sentences, each part in their order."""

    news: str
    standing: str


class _Sentence(NamedTuple):
    begin: int
    end: int
    text: str


def split_standing_text(text: str) -> SplitText:
    """Split a body into its news and its standing text; either may be empty.

    The cost is bounded: only the last 10,000 characters are looked at.
    """
    tail = _begin_of_tail(text)
    sentences = list(_sentences(text, tail))
    block = _begin_of_block(text, sentences, is_whole=tail == 0)
    standing = [*_standing_sentences(sentences[:block]), *sentences[block:]]
    if not standing:
        return SplitText(text, "")
    return SplitText(_without(text, standing), "\n".join(each.text for each in standing))


def _begin_of_tail(text: str) -> int:
    begin = max(0, len(text) - _TAIL)
    return text.find(" ", begin) + 1 if begin else 0


def _sentences(text: str, begin: int) -> Iterator[_Sentence]:
    """Sentences and lines of the text from `begin` on."""
    ends = [match.end() for match in _END.finditer(text, begin) if not _is_abbreviated(text, match)]
    for end in (*ends, len(text)):
        sentence = text[begin:end].lstrip()
        if bare := sentence.rstrip():
            first = end - len(sentence)
            yield _Sentence(first, first + len(bare), bare)
        begin = end


def _is_abbreviated(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop is that of "St." or of an initial."""
    if end[0] != ".":
        return False
    before = text[max(0, end.start() - _LONGEST_ABBREVIATION) : end.start()].lower()
    if before.isalpha() and len(before) == _LONGEST_ABBREVIATION:
        return False  # Part of a longer word.
    word = _LAST_WORD.search(before)
    return word is not None and (len(word[0]) == 1 or word[0] in ABBREVIATIONS)


def _begin_of_block(text: str, sentences: list[_Sentence], *, is_whole: bool) -> int:
    """The number of the first sentence from which on all is standing text.

    News stands before it: some releases begin with a contact, and an article may be about a
    company.
    """
    has_news = not is_whole
    for number, sentence in enumerate(sentences):
        if has_news and _opens_block(text, sentence):
            return number
        has_news = has_news or _is_told(sentence.text)
    return len(sentences)


def _is_told(sentence: str) -> bool:
    """Whether it is a sentence that tells something, rather than a line or a heading."""
    return sentence[-1] in "。！？" or (
        sentence[-1] in _ENDS and len(sentence.split()) >= _FEWEST_WORDS
    )


def _opens_block(text: str, sentence: _Sentence) -> bool:
    is_line = len(sentence.text) <= _LONGEST_HEADING and _stands_alone(text, sentence)
    if not is_line and not _HAS_COLON.match(sentence.text):
        return False
    heading = _HEADING.match(sentence.text)
    if heading and (heading[0][-1] in COLONS or (is_line and heading[0] == sentence.text)):
        return True
    about = _ABOUT.match(sentence.text)
    if not about or not (about["colon"] or (is_line and about[0] == sentence.text)):
        return False
    name = _NAME.findall(about["name"])
    behind = text[sentence.begin + about.end() :][:_NAMED_WITHIN]
    return not any(map(_is_common, name)) and _is_named_again(name, behind)


def _stands_alone(text: str, sentence: _Sentence) -> bool:
    before = text[max(0, sentence.begin - _INDENT) : sentence.begin].rstrip(" \t")
    behind = text[sentence.end : sentence.end + _INDENT].lstrip(" \t")
    return before[-1:] == "\n" and behind[:1] in {"", "\n"}


def _is_common(word: str) -> bool:
    return len(word) > _SHORTEST_NAME and word[0].islower()


def _is_named_again(name: list[str], behind: str) -> bool:
    """Whether a word of the name stands there, in whatever case of its declension."""
    behind = behind.casefold()
    words = [word.casefold() for word in name if not word[0].islower()]
    return any(word[: max(_SHORTEST_NAME, len(word) - _ENDING)] in behind for word in words)


def _standing_sentences(sentences: list[_Sentence]) -> list[_Sentence]:
    found: list[_Sentence] = []
    news = 0
    for sentence in reversed(sentences):
        if _is_standing(sentence.text[:_LONGEST_SENTENCE]):
            found.append(sentence)
            news = 0
        else:
            news += 1
            if news > _MOST_NEWS_BETWEEN:
                break
    return found[::-1]


def _is_standing(sentence: str) -> bool:
    has_sign = "@" in sentence or "+" in sentence or "00" in sentence
    if has_sign and len(sentence) <= _LONGEST_ADDRESS and _ADDRESS.search(sentence):
        return True
    said = " ".join(sentence.lower().translate(_HYPHENS).split())
    return any(phrase in said for phrase in PHRASES) or _BEGINNING.match(sentence) is not None


def _without(text: str, standing: list[_Sentence]) -> str:
    at, parts = 0, []
    for sentence in standing:
        parts.append(text[at : sentence.begin])
        at = sentence.end
    return "".join((*parts, text[at:])).rstrip()
