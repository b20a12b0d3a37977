"""The text of an article on a page, by trafilatura."""

import re

from charset_normalizer import from_bytes
from htmldate import find_date
from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract

from services.ingest.adapters.formats import fitting
from services.ingest.adapters.html.embeds import PROVIDERS, find_embeds, link, provider_of
from services.ingest.domain.imports import unreadable

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096
_MARK = "EmbeddedMediaNumber{}ofThisPage"
_MARKED = re.compile(r"<p>\s*EmbeddedMediaNumber(\d+)ofThisPage\s*</p>")
_ANY_MARK = re.compile(r"EmbeddedMediaNumber\d+ofThisPage")
ELEMENTS, NESTING = 100_000, 250
"""Parsers and extraction take far more than linear time over pages beyond these."""
_HEADING = re.compile(r"\s*<h1>(.*?)</h1>", re.DOTALL)


def decoded(content: bytes, content_type: str) -> str:
    """The characters of a page: by its declared encoding, else by UTF-8, else guessed."""
    declared = _DECLARED.search(content_type.encode()) or _DECLARED.search(content[:_HEAD_BYTES])
    for encoding in (declared[1].decode() if declared else "utf-8", "utf-8"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except (LookupError, UnicodeDecodeError):
            continue
    guess = from_bytes(content).best()
    return str(guess) if guess else content.decode("utf-8", "replace")


def parsed(html: str) -> LexborHTMLParser:
    """The tree of a page. Raises `UnreadableDocumentError` where it is too large or too deep."""
    tree = LexborHTMLParser(html)
    level = [tree.root] if tree.root else []
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if count > ELEMENTS or depth > NESTING:
            message = f"has over {ELEMENTS} elements or nests over {NESTING}"
            raise unreadable("document", message)
        level = [child for node in level for child in node.iter()]
    return tree


def body_of(html: str, url: str, title: str | None) -> str | None:
    """The article's own text as HTML, embedded media as links; None where none is found."""
    tree = LexborHTMLParser(html)
    links = _mark_embeds(tree, url)
    found = extract(
        tree.html if links else html,
        url=url,
        output_format="html",
        include_comments=False,
        favor_precision=True,
        include_formatting=True,
        include_images=True,
        include_links=True,
    )
    text = fitting.html_part(found)
    if text is None:
        return "".join(links) or None
    heading = _HEADING.match(text)
    if heading and fitting.line(heading[1], fitting.TITLE) == title:
        text = text[heading.end() :]
    marked = _MARKED.sub(lambda mark: links[int(mark[1])], text)
    return _ANY_MARK.sub("", marked).strip() or None


def _mark_embeds(tree: LexborHTMLParser, url: str) -> list[str]:
    """Put a word in place of each embed of a known provider: links alone count as navigation."""
    links: list[str] = []
    for embed in find_embeds(tree.body, url) if tree.body else ():
        if embed.url is None or provider_of(embed.url) not in PROVIDERS.values():
            continue
        mark = LexborHTMLParser(f"<p>{_MARK.format(len(links))}</p>").css_first("p")
        if mark is not None:
            embed.node.replace_with(mark)
            links.append(link(embed.url, embed.title))
    return links


def date_of(html: str, url: str) -> str | None:
    """A day, guessed from address and text."""
    found: str | None = find_date(html, url=url, original_date=True, extensive_search=True)
    return found
