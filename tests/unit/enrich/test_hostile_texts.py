"""Texts that nobody wrote to be read: every rule ends, in bounded time and with sane output."""

import gc
import random
import time

import pytest

from services.enrich.domain.read_time import reading_time
from services.enrich.domain.related import vector_of
from services.enrich.domain.summary import leading_sentences
from services.enrich.domain.tags import TaggedText, choose_tags

RANDOM = random.Random(1)
SCRIPTS = "\u0041\u0430\u4e00\u0627\u0905\uac00\u0e01"
TEXTS = {
    "a mebibyte of single letters": "A " * 2**19,
    "letters without a space": "x" * 20_000,
    "a mebibyte without a space": "x" * 2**20,
    "punctuation": "!?.,;:-–—…" * 10_000,
    "all scripts at once": "".join(
        chr(ord(RANDOM.choice(SCRIPTS)) + RANDOM.randrange(20)) for _ in range(50_000)
    ),
    "bidirectional marks": "\u202eabc \u2066def\u2069 \u200f" * 20_000,
    "combining marks alone": "\u0301" * 50_000,
    "marks in disorder": "\u0316\u0301" * 2**19,
    "letters under marks": ("a" + "\u0301" * 200 + " ") * 3_000,
    "capitals": "ABC Def " * 60_000,
    "line breaks": "\n" * 2**20,
    "digits": "1 2 3 " * 100_000,
    "hyphens": "a-" * 200_000,
    "dots": "A." * 200_000,
    "words joined by signs": "foo.bar-" * 10_000,
    "signs after words": "Hello there " + "!" * 50_000,
    "a script without spaces": "東京都知事選挙" * 8_000,
}
#: Far more than is wanted: this is to find what does not end, on a busy machine too.
BOUND_S = 5.0


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_costs_little_and_gives_little(name: str) -> None:
    text = TEXTS[name]
    choose_tags(TaggedText("warm", language="en"))
    gc.freeze()  # What all other tests left behind is not looked through on this one's time.
    start = time.process_time()
    tags = choose_tags(TaggedText(text[:500], body=text, language="en"))
    summary = leading_sentences(text)
    minutes = reading_time(text).minutes
    vector, written = vector_of(text[:500], text[:60_000], "en")
    took = time.process_time() - start
    gc.unfreeze()
    assert took < BOUND_S
    assert len(tags) <= 8
    assert all(tag.name.strip() and tag.slug and len(tag.name) < 500 for tag in tags)
    assert summary is None or len(summary) <= 300
    assert minutes >= 1
    assert len(written) == len(vector.posted) <= 25
