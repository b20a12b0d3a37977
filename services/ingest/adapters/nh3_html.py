"""HTML made safe by nh3; its text read by selectolax."""

import re
from collections import Counter

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.ingest.domain.content import Bodies

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
BLOCKS = frozenset(
    {
        *("blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "section", "table", "tr"),
        "ul",
    }
)
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


class Nh3HtmlReader:
    def __init__(self) -> None:
        self._cleaner = nh3.Cleaner(
            tags=TAGS,
            clean_content_tags=_DROPPED,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer nofollow",
        )

    def read(self, html: str) -> Bodies:
        refuse_deep_nesting(html)
        safe = self._cleaner.clean(html)
        return Bodies(text_of(safe), safe)


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


def text_of(html: str) -> str:
    """The text a reader sees, with blank lines between blocks."""
    blocks: list[list[str]] = [[]]
    body = LexborHTMLParser(html).body
    for kind, text in _walk(body) if body else ():
        if kind == "block":
            blocks.append([])
        else:
            blocks[-1].append(text)
    lines = (_one_spaced("".join(block)) for block in blocks)
    return "\n\n".join(line for line in lines if line)


def _walk(root: LexborNode) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    while stack:
        node, left = stack.pop()
        if node.tag == "-text":
            found.append(("text", (node.text_content or "").replace("\n", " ")))
        elif node.tag == "br":
            found.append(("text", "\n"))
        elif left:
            found.append(("block", ""))
        else:
            if node.tag in BLOCKS:
                found.append(("block", ""))
                stack.append((node, True))
            elif node.tag in {"td", "th"}:
                found.append(("text", " "))
            children = []
            child = node.child
            while child is not None:
                children.append((child, False))
                child = child.next
            stack += reversed(children)
    return found


def _one_spaced(block: str) -> str:
    return "\n".join(line for part in block.split("\n") if (line := " ".join(part.split())))
