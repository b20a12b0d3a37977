"""HTML made safe, and its text read by selectolax."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.ingest.domain.content import Bodies
from shared.safe_html import sanitise

BLOCKS = frozenset(
    {
        *("blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "section", "table", "tr"),
        "ul",
    }
)


class SelectolaxHtmlReader:
    def read(self, html: str, address: str) -> Bodies:
        safe = sanitise(html, address)
        return Bodies(text_of(safe), safe)


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
