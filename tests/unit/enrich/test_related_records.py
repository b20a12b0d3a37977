from dataclasses import fields, replace

import numpy as np
import pytest

from services.enrich.adapters.redis_related.records import (
    is_tombstone,
    pack,
    pack_tombstone,
    unpack,
    unpack_columns,
)
from services.enrich.domain.related import Records
from tests.news import known_article, story_text


@pytest.mark.parametrize("count", [0, 1, 7])
def test_many_records_read_at_once_are_what_each_is_by_itself(count: int) -> None:
    articles = [
        replace(
            known_article(f"a-{at}", story_text(at, at, length=at * 60)), half_life_days=30 + at
        )
        for at in range(count)
    ]
    raws = [pack(article) for article in articles]
    alone = [record for raw in raws if (record := unpack(raw).record)]
    assert [record.vector.numbers.tolist() for record in alone] == [
        article.vector.numbers.tolist() for article in articles
    ]
    together, expected = unpack_columns(raws), Records.of(alone)
    for column in fields(Records):
        one, other = (getattr(records, column.name) for records in (together, expected))
        assert np.array_equal(one, other), column.name


def test_what_is_left_of_a_withdrawn_article_is_told_from_one_without_words() -> None:
    wordless = known_article("a", "")
    assert unpack(pack_tombstone(3)).record is None
    assert is_tombstone(pack_tombstone(3))
    assert not is_tombstone(pack(wordless))
