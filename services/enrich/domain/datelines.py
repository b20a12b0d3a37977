"""Finds what a text begins with that is no news: the mark of an agency, or of a release."""

from typing import Final

import regex

_DASH: Final = r"(?:--|[-–—―:=])\s*"
_NAME: Final = r"\p{Lu}[\p{L}-]+(?:\s\p{Lu}[\p{L}-]+){0,2}"
# A place, with a date perhaps, and the agency:
_FORMS: Final = (
    # in brackets or strokes before a dash: "SOL, May 1 (Newswire) --", "SOL /Newswire/ --",
    (
        rf"[^\n()（）/]{{0,80}}?(?:/[^\n()/]{{2,40}})?(?P<mark>\s*(?:[(（][^()（）\n]{{2,50}}[)）]"
        rf"|/[^/\n]{{2,50}}/))\s*{_DASH}"
    ),
    # in brackets and capitals: "Stockholm (TT) The",
    r"[\p{Lu}\d][^\n().]{0,40}?(?P<mark>\s\(\p{Lu}{2,8}(?:/\p{Lu}{2,8})*\))\s+(?=[\p{Lu}\p{Lo}])",
    # in strokes before a text of its own: "SOL, May 1. /TASS/. The",
    r"\p{Lu}[^\n/]{0,60}?(?P<mark>\s/\p{Lu}[^/\n]{1,30}/\.?)\s+(?=\p{Lu})",
    # between dashes, or behind date and dash before a full stop: "SOL, May 1 — Newswire. The",
    rf"\p{{Lu}}{{2}}[\p{{Lu}}\s]{{0,30}}(?:,[^\n.—–]{{2,20}}?)?(?P<mark>\s[-–—]+\s{_NAME})\s+[-–—]\s*",
    (
        rf"\p{{Lu}}{{2}}[\p{{Lu}}\s]{{0,30}},[^\n.—–]{{0,20}}?\d[^\n.—–]{{0,20}}?"
        rf"(?P<mark>\s[-–—]+\s(?!The\b){_NAME}\.)\s+"
    ),
    # behind a comma: "SYDNEY, AAP - The".
    r"\p{Lu}[\p{Lu}\s]{1,30}(?P<mark>,\s\p{Lu}{2,6})\s+[-–—]+\s+",
)
_RELEASE: Final = regex.compile(
    r"\s*(?:for\s+immediate\s+release|(?:press|news|media)\s+release|embargo(?:ed)?\s+until\b[^\n]*"
    r"|(?:presse|medien)mitteilung|communiqué\s+de\s+presse|nota\s+de\s+prensa|comunicado\s+de"
    r"\s+(?:prensa|imprensa)|comunicato\s+stampa|persbericht|press?emeddelelse|pressmeddelande"
    r"|informacja\s+prasowa|пресс-релиз|basın\s+bülteni)[ \t]*(?:[:\n|–—-]\s*|$)",
    regex.IGNORECASE,
)
_DATELINE: Final = regex.compile(rf"\s*(?:{'|'.join(_FORMS)})")
_SENTENCE_END: Final = regex.compile(r"(?<=\p{Ll}{5})[.!?]\s+\S|[.!?]\s+\p{Lu}\p{Ll}*\s+\p{Ll}")
_LONGEST: Final = 200


def without_agency(text: str) -> str:
    """Remove the agency from "PORT MEREL, March 3 (Newswire) -- ..."; the place stays.

    "FOR IMMEDIATE RELEASE" goes, too.
    """
    while release := _RELEASE.match(text[:_LONGEST]):
        text = text[release.end() :]
    dateline = _DATELINE.match(text[:_LONGEST])
    if dateline is None:
        return text
    place = text[: dateline.start("mark")].rstrip(" -–—:,.")
    if _SENTENCE_END.search(place):
        return text
    news = text[dateline.end() :].lstrip(" -–—")
    return f"{place} – {news}" if place else news
