"""The tables of docs/formats.md say what the readers do."""

import inspect
import re
from pathlib import Path

import pytest

from services.ingest.adapters.formats import (
    feeds,
    html_page,
    jsonfeed,
    newsarticle,
    newsmlg2,
    ninjs,
    nitf,
    registry,
    wordpress,
    wxr,
)
from services.ingest.domain.article import ArticleInput
from services.ingest.domain.imports import FORMATS, Document, Refused
from tests.unit.ingest.formats.documents import DOCUMENTS

PAGE = (Path(__file__).parents[4] / "docs" / "formats.md").read_text("utf-8")
MODULES = {
    "ninjs": ninjs,
    "newsarticle": newsarticle,
    "html": html_page,
    "rss": feeds,
    "jsonfeed": jsonfeed,
    "wordpress": wordpress,
    "wxr": wxr,
    "newsmlg2": newsmlg2,
    "nitf": nitf,
}
NAME = re.compile(r"`([^`]+)`")


def rows_of(section: str) -> list[tuple[str, str]]:
    """The cells of the table below this heading."""
    below = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ", 1) for line in below.splitlines() if line[:3] == "| `"]
    return [(field, source) for field, source in cells]


@pytest.mark.parametrize("name", MODULES)
def test_the_table_has_the_fields_that_are_filled(name: str) -> None:
    named = {field for cell, _ in rows_of(name) for field in NAME.findall(cell)}
    filled = {
        field
        for item in registry.read(Document(DOCUMENTS[name]), name)
        if not isinstance(item, Refused)
        for field in item
    }

    assert filled <= named <= set(ArticleInput.model_fields)


@pytest.mark.parametrize("name", MODULES)
def test_what_the_table_says_is_read_stands_in_the_reader(name: str) -> None:
    source = inspect.getsource(MODULES[name])
    named = {one for _, cell in rows_of(name) for one in NAME.findall(cell)}

    assert named
    unread = {one for one in named if one.strip("?=…") not in source}
    assert unread - {"articleBody"} == set()


def test_every_format_has_its_section_and_its_media_types() -> None:
    headings = re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)
    assert [one for one in headings if one in FORMATS] == list(FORMATS)
    listed = {
        kind: name
        for name in FORMATS
        for line in PAGE.splitlines()
        if line.startswith(f"| `{name}` |")
        for kind in NAME.findall(line)[1:]
    }
    assert listed == registry.MEDIA_TYPES
