"""HTML cut down by nh3 to what a page may show as it is.

Ingest sanitises what publishers send, and enrich all that comes by the stream: a foreign producer
adds events to it without passing through ingest.
"""

from urllib.parse import urljoin, urlsplit

import nh3
from selectolax.lexbor import LexborHTMLParser

TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col"),
    *("colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol"),
    *("p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong"),
    *("sub", "sup"),
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
LONGEST = 4 * 2**20
"""How many characters the HTML may have once it is sanitised."""
TOO_LONG = f"is over {LONGEST} characters once it is sanitised; is formatting left open?"
_DROPPED = {"script", "style", "noscript", "template", "iframe", "object", "svg", "math"}

_ADDRESSES = {"href", "src", "cite"}
_OF_PAGES = {"http", "https"}


def sanitise(html: str, address: str) -> str:
    """The HTML cut down to the allow-list; what is clean already stays as it is.

    Args:
        html: a part of a page.
        address: of that page: relative links would lead elsewhere on any other.

    Raises:
        ValueError: it would grow too long.
    """
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
        raise ValueError(TOO_LONG)
    return clean


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
