"""What stands for a summary where the publisher gave none: the first sentences of the body."""

from typing import Final

import regex

_LENGTH: Final = 300
# A full stop is an end only before a space or quotation mark, and not after a single letter.
_END: Final = regex.compile(
    r"(?:(?<!\b\p{L})(?<!\b(?:Mr|Ms|Dr|St|No|Mrs|vs))[.!?…؟۔।]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”]?)"
)
_PARAGRAPHS: Final = regex.compile(r"\n\s*\n")
_ELLIPSIS: Final = "…"


def leading_sentences(body: str, length: int = _LENGTH) -> str | None:
    """The sentences that fit into `length` characters, at least one, cut between two words."""
    text = " ".join(_told(body[: length * 8]).split())
    if len(text) <= length:
        return text or None
    ends = [match.end() for match in _END.finditer(text, 0, length + 1) if match.end() <= length]
    if ends:
        return text[: ends[-1]]
    return _cut(text, length - len(_ELLIPSIS)) + _ELLIPSIS


def _told(beginning: str) -> str:
    """The paragraphs that have a sentence: headings, bylines and credits have none."""
    told = filter(_END.search, _PARAGRAPHS.split(beginning))
    return " ".join(told) or beginning


def _cut(text: str, length: int) -> str:
    """At the last space before `length`; in scripts without spaces, at a character."""
    head = text[: length + 1]
    at = head.rfind(" ")
    return head[:at].rstrip(" ,;:–-") if at > 0 else head[:length]
