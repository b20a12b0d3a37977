"""Marks of footnotes: they stand beside a word and are no part of it."""

import re
from typing import Final
from urllib.parse import urldefrag, urljoin

from selectolax.lexbor import LexborNode

_ROLES: Final = frozenset({"doc-noteref", "doc-backlink"})
_SIGN: Final = r"[*\u2020\u2021\u00a7\u00b6#^\u2191\u21a9\ufe0e\ufe0f]{1,4}"
_BRACKETED: Final = (
    r"[\[(]\s*(?:\d{1,3}|[A-Za-z]{1,2}|(?i:note|nb)\s*\d{1,3}|" + _SIGN + r")\s*[\])]"
)
_BARE: Final = r"(?:\d{1,3}|[A-Za-z])"
_SEPARATOR: Final = r"[\s,;\u2013-]*"
_SURE: Final = re.compile(rf"(?:{_BRACKETED}|{_SIGN})(?:{_SEPARATOR}(?:{_BRACKETED}|{_SIGN}))*")
_ANY: Final = re.compile(
    rf"(?:{_BRACKETED}|{_SIGN}|{_BARE})(?:{_SEPARATOR}(?:{_BRACKETED}|{_SIGN}|{_BARE}))*"
)
_NUMBER: Final = re.compile(r"\d{1,3}(?:\s*,\s*\d{1,3})*")
_LONGEST: Final = 24
# Shorter ones are units and variables: km, cm, x, mc.
_WORD: Final = re.compile(r"(?:[^\W\d_]{4,}|[.,;:!?\u2026\"'\u2019\u201d\u00bb)])\Z")


def is_note_mark(node: LexborNode, page: str) -> bool:
    """Whether the element is the mark of a footnote, or the way back from one.

    A raised number is one where it is a link within the page, or follows a word or punctuation;
    `m2` and `H2O` are none. Brackets and signs need no raising where they are such a link.
    """
    if node.tag not in {"a", "sup"}:
        return False
    text = node.text().strip()
    if not text or len(text) > _LONGEST:
        return False
    if node.tag == "a":
        return _is_linked_mark(node, text, page)
    if _SURE.fullmatch(text):
        return True
    if any(_leads_within(link, page) for link in node.css("a")):
        return _ANY.fullmatch(text) is not None
    return _NUMBER.fullmatch(text) is not None and bool(_WORD.search(_text_before(node)))


def _is_linked_mark(link: LexborNode, text: str, page: str) -> bool:
    attributes = link.attributes
    roles = {*(attributes.get("role") or "").split(), *(attributes.get("epub:type") or "").split()}
    if roles & _ROLES or "noteref" in roles:
        return True
    if not _leads_within(link, page):
        return False
    is_raised = link.css_first("sup") is not None
    return (_ANY if is_raised else _SURE).fullmatch(text) is not None


def _leads_within(link: LexborNode, page: str) -> bool:
    """Whether the link leads to a part of the page it stands on."""
    address = (link.attributes.get("href") or "").strip()
    try:
        target, fragment = urldefrag(urljoin(page, address))
    except ValueError:
        return False
    return bool(fragment) and target == urldefrag(page)[0]


def _text_before(node: LexborNode) -> str:
    before = node.prev
    return before.text()[-_LONGEST:] if before is not None else ""
