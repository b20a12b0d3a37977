from dataclasses import fields, replace

import numpy as np
import pytest

from services.enrich.adapters.redis_related.records import (
    id_of,
    is_tombstone,
    pack,
    pack_tombstone,
    published_of,
    record_of,
    unpack_columns,
)
from services.enrich.domain.related import Records, score_pairs
from tests.news import START, known_article, story_text


@pytest.mark.parametrize("count", [1, 7])
def test_many_records_read_at_once_are_what_was_written(count: int) -> None:
    articles = [
        replace(
            known_article(f"a-{at}", story_text(at, at, length=at * 60)), half_life_days=30 + at
        )
        for at in range(count)
    ]
    together = unpack_columns([pack(article) for article in articles])
    expected = Records.of([record_of(article) for article in articles])
    for column in fields(Records):
        # The order of the terms of a record says nothing.
        one, other = (np.sort(getattr(each, column.name)) for each in (together, expected))
        assert np.array_equal(one, other), column.name
    own = record_of(articles[-1])
    assert score_pairs(own, together) == score_pairs(own, expected)


def test_a_record_tells_id_and_time_also_from_before_1970() -> None:
    for article_id in ("a", "é" * 300):
        article = replace(known_article(article_id, story_text(1, 1)), published_at=START)
        assert id_of(pack(article) + bytes(8) + b"story") == article_id
        assert published_of(pack(article)) == START.timestamp()
    old = replace(known_article("old", "Words."), published_at=START.replace(year=1702))
    assert published_of(pack(old)) == START.replace(year=1702).timestamp()


def test_what_is_left_of_a_withdrawn_article_is_told_from_one_without_words() -> None:
    assert is_tombstone(pack_tombstone(3, now=1))
    assert not is_tombstone(pack(known_article("a", "")))
