"""The names in a byline."""

import re

from services.ingest.adapters.formats import fitting

_BY = re.compile(r"^(?:by|von|par|por)\s+(?=[^\W\d_])", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;/]\s*|\s+(?:and|und|et|y|och|og|&)\s+")


def authors_of(byline: object) -> list[str]:
    words = fitting.line(byline, fitting.TITLE) or ""
    return [name for name in _BETWEEN.split(_BY.sub("", words)) if name]
