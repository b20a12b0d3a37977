"""How elements are displayed: which are blocks, which show nothing, which are not text."""

import re
from enum import Enum
from importlib.resources import files
from typing import Final

from selectolax.lexbor import LexborNode


class Display(Enum):
    HIDDEN = "hidden"
    BLOCK = "block"
    CELL = "cell"
    INLINE = "inline"
    ANNOTATION = "annotation"  # A reading beside the text.
    REPLACED = "replaced"  # A medium or a form control: its content is no text.


_OF_VALUE: Final = {
    "none": Display.HIDDEN,
    "inline-block": Display.REPLACED,
    "replaced": Display.REPLACED,
    "table-cell": Display.CELL,
    "ruby": Display.INLINE,
    "ruby-text": Display.ANNOTATION,
}
_RULE: Final = re.compile(r"([^{}]+)\{\s*display:\s*([a-z-]+);\s*\}")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


def _read_rules(sheet: str) -> dict[str, Display]:
    return {
        name.strip(): _OF_VALUE.get(value, Display.BLOCK)
        for names, value in _RULE.findall(_COMMENT.sub("", sheet))
        for name in names.split(",")
    }


_DISPLAYS: Final = _read_rules(
    files("services.ingest.adapters.html").joinpath("display.css").read_text("utf-8")
)
_LABELS: Final = frozenset({"label", "output"})
# The parser numbers the elements of the standard from one; others have an address for a number.
_HIGHEST_KNOWN_TAG: Final = 1000
# Only running text stands in these; a block would end them.
_OF_RUNNING_TEXT: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "summary"})
_STRUCK: Final = frozenset({"del", "s", "strike"})


def display_of(node: LexborNode, style: str) -> Display:
    """How the element is displayed by its name and its inline style."""
    display = _DISPLAYS.get(node.tag or "", Display.INLINE)
    if style and re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", style, re.IGNORECASE):
        return Display.HIDDEN
    return display


def is_struck(node: LexborNode, style: str) -> bool:
    return node.tag in _STRUCK or "line-through" in style


def may_be_block(node: LexborNode) -> bool:
    """Whether a page decides how it is displayed: custom and unknown elements, labels."""
    return node.tag in _LABELS or (node.tag_id or 0) > _HIGHEST_KNOWN_TAG


def in_running_text(node: LexborNode) -> bool:
    """Whether a block would break the paragraph or heading that the element stands in."""
    parent = node.parent
    while parent is not None and _DISPLAYS.get(parent.tag or "") is None and parent.tag != "body":
        parent = parent.parent
    return parent is not None and parent.tag in _OF_RUNNING_TEXT


def is_set_apart(node: LexborNode) -> bool:
    """Whether an element that may be a block is one here.

    It is part of the sentence where spaces or punctuation part it from the text beside it, and
    inside of a paragraph. It is a block where nothing stands beside it, and where its words would
    grow together with others.
    """
    inner = node.text()
    before, after = text_beside(node, back=True), text_beside(node, back=False)
    if grow_together(before, inner) or grow_together(inner, after):
        return True
    return not before.strip() and not after.strip() and not in_running_text(node)


def grow_together(left: str, right: str) -> bool:
    return left[-1:].isalnum() and right[:1].isalnum()


def text_beside(node: LexborNode, *, back: bool) -> str:
    """The text next to the element on its line, on one side, up to some that is not blank."""
    text = ""
    while not text.strip():
        sibling = node.prev if back else node.next
        if sibling is None:
            if node.parent is None or not _is_inline(node.parent):
                return text
            node = node.parent
            continue
        node = sibling
        if node.is_element_node and (
            node.tag == "br" or not _is_inline(node) or may_be_block(node)
        ):
            return text
        if node.is_text_node or node.is_element_node:
            found = node.text()
            text = found + text if back else text + found
    return text


def _is_inline(node: LexborNode) -> bool:
    return _DISPLAYS.get(node.tag or "", Display.INLINE) is Display.INLINE
