"""A page: its text by trafilatura, the rest as its JSON-LD, Open Graph and meta elements say.

The publisher's own statements come first; what is guessed from the look of the page comes last.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from services.ingest.adapters.formats import fitting, newsarticle, page_text
from services.ingest.domain.imports import Document, Fault, ImportedItem, Refused

_SEPARATOR = re.compile(r"\s*[|–—·•]\s*|\s+-\s+|\s*[:：]\s*")
_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*$", re.DOTALL)
_KEYWORDS = (
    "article:tag",
    "news_keywords",
    "keywords",
    "parsely-tags",
    "sailthru.tags",
    "cXenseParse:taglist",
)
_PUBLISHED = (
    *("article:published_time", "article:published", "og:published_time", "datePublished"),
    *("publish_date", "publishdate", "pubdate", "parsely-pub-date", "sailthru.date", "date"),
    *("DC.date.issued", "dc.date", "dcterms.created", "cXenseParse:recs:publishtime"),
)
_MODIFIED = ("article:modified_time", "og:updated_time", "last-modified", "dateModified")
_TAG_LINKS = (
    'a[rel~="tag"], [class*="tags"] a, [class*="Tags"] a, '
    'article a[href*="/tag/"], article a[href*="/tags/"], article a[href*="/topic/"], '
    'article a[href*="/topics/"], article a[href*="/thema/"]'
)
_LABEL = re.compile(r"^(?:category|keyword|subject|tag|topic):\s*(?=\S)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author")


def read(document: Document) -> list[ImportedItem]:
    return [_article(document)]


def _article(document: Document) -> ImportedItem:
    html = page_text.decoded(document.content, document.content_type)
    page = _Page(page_text.parsed(html), document.url)
    stated = page.stated()
    url = page.url(stated)
    if url is None:
        return Refused((Fault("url", "the page names no canonical address; state it by ?url="),))
    found = newsarticle.fields(stated, url) if stated else {}
    title = page.title(stated)
    text = page_text.body_of(html, url, title)
    body = _longer(text, found)
    if body is None and not found.get("summary") and not page.meta("og:description"):
        return Refused((Fault("body", "there is no text of an article on the page"),))
    found |= {"external_id": None, "url": url, "title": title, **(body or {})}
    page.fill_in(found)
    return fitting.article(**found)


def _longer(html: str | None, stated: Mapping[str, Any]) -> dict[str, str | None] | None:
    """The text of the page, unless what the publisher states is far more of it."""
    own = stated.get("body") or stated.get("body_html") or ""
    if html and len(own) < 2 * len(html):
        return {"body": None, "body_html": html}
    return {name: stated.get(name) for name in ("body", "body_html")} if own else None


class _Page:
    """What a page states about its article."""

    def __init__(self, tree: LexborHTMLParser, address: str | None) -> None:
        self._tree = tree
        self._address = address
        self._meta: dict[str, list[str]] = {}
        for one in tree.css("meta[content]"):
            attributes = one.attributes
            name = (
                attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            )
            if name and (content := fitting.text(unescape(attributes.get("content") or ""))):
                self._meta.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> str | None:
        return next((self._meta[n.lower()][0] for n in names if n.lower() in self._meta), None)

    def stated(self) -> Mapping[str, Any] | None:
        """The JSON-LD of the article: the one of this address, else the first."""
        found = list(self._json_ld())
        if not found:
            return None
        url = self._canonical()
        own = (one for one in found if url and newsarticle.url_of(one, None) == url)
        return next(own, found[0])

    def _json_ld(self) -> Iterator[Mapping[str, Any]]:
        for script in self._tree.css('script[type*="ld+json"]'):
            with suppress(ValueError, RecursionError):
                yield from newsarticle.things(
                    json.loads(_COMMENT.sub("", script.text()), strict=False)
                )

    def _canonical(self) -> str | None:
        link = self._tree.css_first('link[rel="canonical"][href]')
        href = link.attributes.get("href") if link else None
        return fitting.address(href, self._address) or fitting.address(
            self.meta("og:url"), self._address
        )

    def url(self, stated: Mapping[str, Any] | None) -> str | None:
        """As given by whoever fetched the page, else as the page says."""
        own = newsarticle.url_of(stated, None) if stated else None
        return fitting.address(self._address) or self._canonical() or own

    def title(self, stated: Mapping[str, Any] | None) -> str | None:
        """The headline, without the name of the site that is often added."""
        element = self._tree.css_first("title")
        heads = [fitting.line(one.text(), fitting.TITLE) for one in self._tree.css("h1")]
        candidates = [
            fitting.line(newsarticle.fields(stated, None)["title"], fitting.TITLE)
            if stated
            else None,
            fitting.line(self.meta("og:title"), fitting.TITLE),
            *heads,
            fitting.line(self.meta("twitter:title"), fitting.TITLE),
            fitting.line(element.text(), fitting.TITLE) if element else None,
        ]
        found = [one for one in candidates if one]
        return _without_site(found[0], found, self._site()) if found else None

    def _site(self) -> str | None:
        return fitting.line(self.meta("og:site_name", "application-name"), fitting.NAME)

    def fill_in(self, found: dict[str, Any]) -> None:
        """Add what the JSON-LD leaves out."""
        summary = self.meta("og:description", "description", "twitter:description")
        language = self._tree.css_first("html[lang]")
        given = {
            "summary": summary,
            "published_at": self._moment("datePublished", *_PUBLISHED),
            "updated_at": self._moment("dateModified", *_MODIFIED),
            "language": language.attributes.get("lang") if language else self.meta("og:locale"),
            "source_name": self._site(),
            "authors": self._authors(),
            "categories": self._meta.get("article:section", []),
        }
        for name, value in given.items():
            present = found.get(name)
            usable = fitting.moment(present) if name.endswith("_at") else present
            if not usable and value:
                found[name] = value
        if not found.get("published_at"):
            found["published_at"] = self._guessed_date(found["url"])
        found["keywords"] = self._keywords(found.get("keywords") or [])
        found["images"] = self._images(found.get("images") or [], found["url"])

    def _moment(self, property_name: str, *names: str) -> str | None:
        stated = fitting.moment(self.meta(*names))
        if stated:
            return stated
        for one in self._tree.css(f'[itemprop="{property_name}"], time[pubdate]'):
            given = one.attributes.get("datetime") or one.attributes.get("content")
            if moment := fitting.moment(given):
                return moment
        return None

    def _guessed_date(self, url: str) -> str | None:
        for one in self._tree.css("article time[datetime], main time[datetime], time[datetime]"):
            if moment := fitting.moment(one.attributes.get("datetime")):
                return moment
        return fitting.moment(page_text.date_of(self._tree.html or "", url))

    def _authors(self) -> list[str]:
        lines = [line for name in _AUTHOR for line in self._meta.get(name, ())]
        usable = [
            line
            for line in lines
            if not line.startswith(("http://", "https://")) and "@" not in line
        ]
        return [name for line in usable[:1] for name in newsarticle.authors({"author": line})]

    def _keywords(self, stated: Sequence[str]) -> list[str]:
        listed = [line for name in _KEYWORDS for line in self._meta.get(name.lower(), ())]
        in_head = (one for line in listed for one in fitting.split_names(line))
        on_page = (one.text() for one in self._tree.css(_TAG_LINKS))
        found: dict[str, str] = {}
        for one in (*stated, *in_head, *on_page):
            clean = fitting.line(_LABEL.sub("", one), fitting.NAME)
            if clean and not _UUID.fullmatch(clean):
                found.setdefault(clean.lstrip("#").casefold(), clean)
        return list(found.values())

    def _images(self, stated: list[Any], url: str) -> list[Any]:
        image = fitting.image(
            self.meta("og:image", "og:image:url", "og:image:secure_url", "twitter:image"),
            url,
            caption=self.meta("og:image:alt", "twitter:image:alt"),
            width=self.meta("og:image:width"),
            height=self.meta("og:image:height"),
        )
        usable = [one for one in stated if one]
        return usable[:1] or [image]


def _without_site(title: str, candidates: Sequence[str], site: str | None) -> str:
    """Cut what follows a separator: where another title ends there, or it is the site's name."""
    for other in candidates:
        if (
            len(other) < len(title)
            and title.startswith(other)
            and _SEPARATOR.match(title, len(other))
        ):
            return other
    if site and title.casefold().endswith(site.casefold()):
        start = title[: -len(site)]
        if (found := list(_SEPARATOR.finditer(start))) and found[-1].end() == len(start):
            return start[: found[-1].start()] or title
    return title
