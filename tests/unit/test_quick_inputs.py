"""What counts as quick is read quickly, whatever is in it."""

import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.api.requests import read_article
from shared.http import ProblemError
from shared.workers import is_quick

READER = SelectolaxHtmlReader()
BOUND_S = 0.5
"""Ten times what no request may hold the event loop, for busy machines."""
WORST: dict[str, Callable[[int], str]] = {
    "nesting": lambda n: "<div>" * n,
    "paragraphs": lambda n: "<p>a" * n,
    "open formatting": lambda n: "<p>" + "".join(f"<b t={i:x}>" for i in range(n)) + "<p>x" * n,
    "open attributes": lambda n: (
        "<p><b " + " ".join(f"a{i:x}" for i in range(n * 8)) + ">" + "<p>x" * n
    ),
    "attributes": lambda n: "<b " + " ".join(f"a{i:x}" for i in range(n)) + ">x",
    "custom elements": lambda n: "<x-a>" * n,
    "notes": lambda n: "word<sup>1</sup>" * n,
    "references": lambda n: "<p>" + "&amp;" * n,
    "images": lambda n: "<img srcset='/a 1w, /b 2w'>" * n,
    "stray cells": lambda n: "<td>a" * n,
}


WORST_JSON: dict[str, Callable[[int], dict[str, object]]] = {
    "wrong items": lambda n: {"authors": [1] * (n // 3)},
    "wrong items of many lists": lambda n: {"media": [{"k": [1] * 9, "l": 1}] * (n // 40)},
    "unknown names": lambda n: {f"k{i}": 1 for i in range(n // 14)},
    "queries of images": lambda n: {
        "media": [{"url": f"https://a.example/?{'a&' * (n // 240)}"}] * 100
    },
    "hosts of images": lambda n: {"media": [{"url": f"https://{'ü' * (n // 800)}.example/"}] * 100},
    "parts of a category": lambda n: {"categories": ["a>" * (n // 3)]},
    "marks on a letter": lambda n: {"authors": ["a" + "\u0301\u0327" * (n // 5)]},
    "joiners in a name": lambda n: {"authors": ["a" + "\u200b" * (n // 4)]},
}


def largest_quick(make: Callable[[int], str]) -> str:
    low, high = 1, 2**16
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_quick(make(middle)) else (low, middle - 1)
    return make(low)


@pytest.mark.parametrize("name", WORST)
def test_the_worst_quick_html_is_read_at_once(name: str) -> None:
    html = largest_quick(WORST[name])
    start = time.thread_time()
    with suppress(ValueError):
        READER.read(html, "https://news.example/a")

    assert time.thread_time() - start < BOUND_S


@pytest.mark.parametrize("name", WORST_JSON)
def test_the_worst_quick_json_is_read_at_once(name: str) -> None:
    given = {"url": "https://news.example/a", "title": "T", "body": "B"} | WORST_JSON[name](2**16)
    raw = json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
    assert is_quick(raw)
    start = time.thread_time()
    with suppress(ProblemError):
        read_article(raw)

    assert time.thread_time() - start < BOUND_S
