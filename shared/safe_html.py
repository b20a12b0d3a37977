"""HTML cut down by nh3 to what a page may show as it is.

Ingest sanitises what publishers send, and enrich all that comes by the stream: a foreign producer
adds events to it without passing through ingest.
"""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import nh3
import regex
from selectolax.lexbor import LexborHTMLParser

TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col"),
    *("colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol"),
    *("p", "pre", "q", "s", "samp", "section", "small", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
NESTING = 1000
ELEMENTS = 20_000
LONGEST = 4 * 2**20
"""How many characters the HTML may have once it is sanitised."""
_GROWTH = 128 * 2**20
_REFERENCES = 200_000
_SELF_CLOSING = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "option"),
        *("thead", "tbody", "tfoot", "colgroup"),
    }
)
_TOO_LONG = f"is over {LONGEST} characters once it is sanitised; is formatting left open?"
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
_SPACE = r"\x20\t\n\f\r"
_VALUE = rf"""(?:"[^"]*+"|'[^']*+'|[^{_SPACE}"'>][^{_SPACE}>]*+)"""
_ATTRIBUTE = rf"[^{_SPACE}/>][^{_SPACE}/>=]*+(?:[{_SPACE}]*+=[{_SPACE}]*+{_VALUE})?+"
# A parser opens these again in each block, until they are closed: up to three that are alike.
_FORMATTING = regex.compile(
    r"<(?P<name>a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
    rf"(?P<attributes>(?:[{_SPACE}/]++(?:{_ATTRIBUTE})?+)*+)(?=[{_SPACE}/>])",
    regex.IGNORECASE,
)
_ALIKE = 3
_DROPPED = {"script", "style", "noscript", "template", "iframe", "object", "svg", "math"}

_ADDRESSES = {"href", "src", "cite"}
_OF_PAGES = {"http", "https"}


def sanitise(html: str, address: str) -> str:
    """The HTML cut down to the allow-list; what is clean already stays as it is.

    Args:
        html: a part of a page.
        address: of that page: relative links would lead elsewhere on any other.

    Raises:
        ValueError: it nests too deeply, has too many elements, or would grow too long.
    """
    _refuse_what_takes_long(html)
    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=_DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=_Addresses(address),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    if len(clean) > LONGEST:
        raise ValueError(_TOO_LONG)
    # Who sanitises it once more, as enrich does, must not refuse what was accepted.
    if clean != html:
        _refuse_what_takes_long(clean)
    return clean


def _refuse_what_takes_long(html: str) -> None:
    if html.count("&") > _REFERENCES:
        raise ValueError(f"has over {_REFERENCES} character references")
    _refuse_deep_nesting(html)
    _refuse_growth(html)


class _Addresses:
    """Makes addresses whole by that of the page, until they have become too many characters."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._length = 0

    def __call__(self, _: str, attribute: str, value: str) -> str | None:
        if attribute not in _ADDRESSES:
            return value
        try:
            # Schemes were looked at before this is asked: what is joined here must bring none.
            joins = urlsplit(self._page).scheme in _OF_PAGES and self._length <= LONGEST
            whole = urljoin(self._page, value) if joins else value
        except ValueError:
            return None
        self._length += len(whole)
        return whole if value.strip() else None


def pictures_in(html: str) -> set[str]:
    """The addresses of the images that sanitised HTML shows."""
    if "<img" not in html:
        return set()
    images = LexborHTMLParser(html).css("img[src]")
    return {source for image in images if (source := image.attributes.get("src"))}


def _refuse_deep_nesting(html: str) -> None:
    """Parsers take quadratic time over elements that are nested in their thousands.

    Nesting is guessed from the tags; the bound on all of them holds where comments mislead it.

    Raises:
        ValueError: more than 1000 elements are open at once, or there are more than 20,000.
    """
    still_open: Counter[str] = Counter()
    depth = elements = 0
    for end, tag in _TAG.findall(html):
        name = tag.lower()
        if name in _SELF_CLOSING:
            continue
        if not end:
            still_open[name] += 1
            depth, elements = depth + 1, elements + 1
        elif still_open[name]:
            still_open[name] -= 1
            depth -= 1
        if depth > NESTING or elements > ELEMENTS:
            raise ValueError(f"nests over {NESTING} or has over {ELEMENTS} elements")


def _refuse_growth(html: str) -> None:
    """Formatting that stays open is written anew in each block: a few bytes may become gigabytes.

    Whatever closes it is left out of account, because it may stand where a parser ignores it: in a
    comment, a cell, another attribute. Links close each other, so the longest one counts.

    Raises:
        ValueError: all tags, each with all formatting before it, might come to over 128 Mi
            characters.
    """
    links, others = 0, Counter[str]()
    for start in _FORMATTING.finditer(html):
        # What looks like a link and holds other tags may be a comment that hides them.
        if start["name"] in {"a", "A"} and "<" not in start["attributes"]:
            links = max(links, len(start[0]))
        else:
            others[start[0]] += 1
    written = (min(count, _ALIKE) * (2 * len(start) + 4) for start, count in others.items())
    carried = links + sum(written)
    if carried * html.count("<") > _GROWTH:
        raise ValueError(_TOO_LONG)
