"""Media that no article model has a field for, kept as links with title and provider."""

from collections.abc import Sequence
from html import escape

from services.ingest.adapters.formats import fitting
from services.ingest.adapters.html.embeds import link


def bodies(
    body: str | None, body_html: str | None, media: Sequence[tuple[object, object]]
) -> dict[str, str | None]:
    """`body` and `body_html` with a link for each of `media`: address and title."""
    links = [
        link(whole, fitting.line(title, fitting.NAME))
        for url, title in media
        if (whole := fitting.address(url)) and whole not in (body_html or "")
    ]
    if not links:
        return {"body": body, "body_html": body_html}
    return {"body": None, "body_html": (body_html or paragraphs(body or "")) + "".join(links)}


def paragraphs(body: str) -> str:
    """Plain text as HTML; blank lines end a paragraph."""
    blocks = (block.strip() for block in body.replace("\r\n", "\n").split("\n\n"))
    lines = ("<br>".join(map(escape, block.split("\n"))) for block in blocks if block)
    return "".join(f"<p>{line}</p>" for line in lines)
