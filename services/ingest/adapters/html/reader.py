"""HTML read once by a parser of the standard: its text, and what of it may be shown."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from services.ingest.adapters.html.display import (
    Display,
    display_of,
    grow_together,
    in_running_text,
    is_set_apart,
    is_struck,
    may_be_block,
    text_beside,
)
from services.ingest.adapters.html.embeds import WORDLESS, show_embeds_as_links
from services.ingest.adapters.html.footnotes import is_note_mark
from services.ingest.adapters.html.images import IMAGES, source_of
from services.ingest.domain.content import Bodies
from shared.safe_html import ATTRIBUTES, LONGEST, TAGS, TOO_LONG, sanitise

ELEMENTS: Final = 50_000
ATTRIBUTE_COUNT: Final = 100_000
NESTING: Final = 1000

_AS: Final = {"strike": "s", "menu": "ul", "dir": "ul", "listing": "pre", "xmp": "pre"}
_VOID: Final = frozenset({"br", "hr", "col", "wbr"})
# Outside of tables a parser drops these tags, and the words of two cells grow together.
_TABLE_PART: Final = re.compile(
    r"<(/?)(?:caption|t(?:body|d|foot|h|head|r))(?=[\s/>])", re.IGNORECASE
)
_BREAK: Final = "\n"
_END_OF_BLOCK: Final = None


class SelectolaxHtmlReader:
    def read(self, html: str, address: str) -> Bodies:
        if "<table" not in html.lower():
            html = _TABLE_PART.sub(r"<\1div", html)
        try:
            body = LexborHTMLParser(html).body
        except SelectolaxError as error:
            raise ValueError("takes too much memory to read") from error
        reading = _Reading(address)
        wordless = ""
        if body is not None:
            wordless = show_embeds_as_links(body, address)
            reading.walk(body)
        return Bodies(reading.text() or wordless, sanitise("".join(reading.html), address))


class _Reading:
    """One walk over the tree, which writes the HTML and the text side by side."""

    def __init__(self, page: str) -> None:
        self._page = page
        self.html: list[str] = []
        self._length = 0
        self._text: list[str | None] = []
        self._silent = 0
        self._elements = self._attributes = 0

    def text(self) -> str:
        """What a reader sees, with blank lines between blocks."""
        blocks = "".join("\0" if part is _END_OF_BLOCK else part for part in self._text).split("\0")
        lines = (_single_spaced(block) for block in blocks)
        return "\n\n".join(line for line in lines if line)

    def walk(self, root: LexborNode) -> None:
        """Visit all elements in their order, without recursion: they may be nested deeply."""
        entered = [(_children(root), _Ending())]
        while entered:
            children, ending = entered[-1]
            node = next(children, None)
            if node is None:
                entered.pop()
                self._leave(ending)
            elif node.is_text_node:
                self._write(escape(node.text_content or "", quote=False))
                self._say((node.text_content or "").replace("\n", " ").replace("\0", ""))
            elif node.is_element_node and (begun := self._enter(node)) is not None:
                if len(entered) > NESTING:
                    raise ValueError(f"nests over {NESTING} elements")
                entered.append((_children(node), begun))

    def _enter(self, node: LexborNode) -> "_Ending | None":
        """Begin an element; None where nothing of its content counts."""
        attributes = node.attributes
        self._count(len(attributes))
        style = attributes.get("style") or ""
        display = display_of(node, style)
        hidden = attributes.get("hidden", "until-found") or ""
        if display is Display.HIDDEN or hidden.lower() != "until-found":
            return None
        if node.tag == "noscript":
            return None
        if node.tag in IMAGES:
            self._show_image(node, attributes)
            return None
        if node.tag in {"br", "hr"}:
            self._write(f"<{node.tag}>")
            self._say(_BREAK if node.tag == "br" else _END_OF_BLOCK)
            return None
        if display is Display.REPLACED:
            self._part(node)
            return None
        return self._begin(node, attributes, display, style)

    def _begin(
        self, node: LexborNode, attributes: Mapping[str, str | None], display: Display, style: str
    ) -> "_Ending":
        if may_be_block(node):
            return self._begin_custom(node)
        struck, is_block = is_struck(node, style), display is Display.BLOCK
        name = _shown_as(node.tag or "", is_block=is_block, struck=struck)
        silent = struck or display is Display.ANNOTATION or is_note_mark(node, self._page)
        silent = silent or WORDLESS in attributes
        if is_block:
            self._say(_END_OF_BLOCK)
        elif display is Display.CELL:
            self._say(" ")
        self._silent += silent
        if name:
            self._write(f"<{name}{_written(attributes, name)}>")
        closing = f"</{name}>" if name and name not in _VOID else ""
        return _Ending(closing, is_block=is_block, silent=silent)

    def _begin_custom(self, node: LexborNode) -> "_Ending":
        if not is_set_apart(node):
            return _Ending()
        self._say(_END_OF_BLOCK)
        within = in_running_text(node)
        self._write("<br>" if within else "<div>")
        return _Ending("<br>" if within else "</div>", is_block=True)

    def _leave(self, ending: "_Ending") -> None:
        self._write(ending.closing)
        self._silent -= ending.silent
        if ending.is_block:
            self._say(_END_OF_BLOCK)

    def _part(self, node: LexborNode) -> None:
        """Where a medium or a control stood, the words on its sides stay two words."""
        glued = grow_together(text_beside(node, back=True), text_beside(node, back=False))
        self._write("<br>" if glued else " ")
        self._say(_END_OF_BLOCK if glued else " ")

    def _show_image(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        source = source_of(node, self._page)
        if source is not None:
            others = {name: value for name, value in attributes.items() if name != "src"}
            shown = _written({"src": source, **others}, "img")
            self._write(f"<img{shown}>")

    def _write(self, html: str) -> None:
        self._length += len(html)
        if self._length > LONGEST:
            raise ValueError(TOO_LONG)
        self.html.append(html)

    def _say(self, text: str | None) -> None:
        if not self._silent or text is _END_OF_BLOCK:
            self._text.append(text)

    def _count(self, attributes: int) -> None:
        self._elements += 1
        self._attributes += attributes
        if self._elements > ELEMENTS:
            raise ValueError(f"has over {ELEMENTS} elements")
        if self._attributes > ATTRIBUTE_COUNT:
            raise ValueError(f"has over {ATTRIBUTE_COUNT} attributes")


class _Ending:
    """What is due at the end of an element."""

    def __init__(self, closing: str = "", *, is_block: bool = False, silent: bool = False) -> None:
        self.closing = closing
        self.is_block = is_block
        self.silent = silent


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _shown_as(tag: str, *, is_block: bool, struck: bool) -> str:
    """The allowed element that stands for another; empty where only its content stays."""
    if struck and tag != "del" and not is_block:
        return "s"
    name = _AS.get(tag, tag)
    if name in TAGS:
        return name
    return "div" if is_block else ""


def _written(attributes: Mapping[str, str | None], tag: str) -> str:
    kept = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
    return "".join(
        f' {name}="{escape(value or "")}"' for name, value in attributes.items() if name in kept
    )


def _single_spaced(block: str) -> str:
    return "\n".join(line for part in block.split("\n") if (line := " ".join(part.split())))
