"""HTML cut down by nh3 to what a page may show as it is.

Ingest sanitises what publishers send, and enrich all that comes by the stream: a foreign producer
adds events to it without passing through ingest.
"""

import re
from collections import Counter
from functools import partial
from urllib.parse import urljoin, urlsplit

import nh3
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
_SELF_CLOSING = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "option"),
        *("thead", "tbody", "tfoot", "colgroup"),
    }
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
_DROPPED = {"script", "style", "noscript", "template", "iframe", "object", "svg", "math"}

_ADDRESSES = {"href", "src", "cite"}
_OF_PAGES = {"http", "https"}


def sanitise(html: str, address: str) -> str:
    """The HTML cut down to the allow-list; what is clean already stays as it is.

    Args:
        html: a part of a page.
        address: of that page: relative links would lead elsewhere on any other.

    Raises:
        ValueError: it nests too deeply or has too many elements.
    """
    refuse_deep_nesting(html)
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=_DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=partial(_with_whole_address, address),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def _with_whole_address(address: str, _: str, attribute: str, value: str) -> str | None:
    if attribute not in _ADDRESSES:
        return value
    try:
        # Schemes were looked at before this is asked: what is joined here must bring none.
        whole = urljoin(address, value) if urlsplit(address).scheme in _OF_PAGES else value
    except ValueError:
        return None
    return whole if value.strip() else None


def pictures_in(html: str) -> set[str]:
    """The addresses of the images that sanitised HTML shows."""
    if "<img" not in html:
        return set()
    images = LexborHTMLParser(html).css("img[src]")
    return {source for image in images if (source := image.attributes.get("src"))}


def refuse_deep_nesting(html: str) -> None:
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
