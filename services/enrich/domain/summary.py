"""What stands for a summary where the publisher gave none: the first sentences of the body."""

from typing import Final

import regex

_LENGTH: Final = 300
# Those of Latin, Urdu, Hindi, Ethiopic, Armenian, Burmese and Khmer among them.
_STOPS: Final = ".!?…؟۔।።։။។"
# A full stop is an end only before a space or quotation mark, and not after a single letter.
_END: Final = regex.compile(
    rf"(?:(?<!\b\p{{L}})(?<!\b(?:Mr|Ms|Dr|St|No|Mrs|vs))(?<![{_STOPS}])[{_STOPS}]++"
    r"[\"'”’»)\]]*+(?=\s|$)|[。！？]++[」』”]?)"
)
_ENDED: Final = regex.compile(rf"[{_STOPS}。！？][\"'”’»)\]」』]*\s*$")
_PARAGRAPHS: Final = regex.compile(r"\n\s*\n")
# A heading, a byline or a credit is short, and no sentence ends in it.
_SHORT: Final = 80
_LEADS_ON: Final = (":", "：")
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
    """Without headings, bylines and credits, unless there is hardly anything else."""
    told = " ".join(filter(_has_a_sentence, _PARAGRAPHS.split(beginning)))
    return told if len(told) > len(beginning) / 3 else beginning


def _has_a_sentence(paragraph: str) -> bool:
    if len(paragraph) > _SHORT or paragraph.rstrip().endswith(_LEADS_ON):
        return True
    return (_ENDED.search(paragraph) or _END.search(paragraph)) is not None


def _cut(text: str, length: int) -> str:
    """At the last space before `length`; in scripts without spaces, at a character."""
    head = text[: length + 1]
    at = head.rfind(" ")
    return head[:at].rstrip(" ,;:–-") if at > 0 else head[:length]
