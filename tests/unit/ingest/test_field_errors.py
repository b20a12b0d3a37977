"""What is said of a field that is too long, or of another type."""

import json

import pytest

from services.ingest.api.requests import read_article
from shared.http import ProblemError


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "x" * 501, "has 501 characters, 500 are allowed"),
        ("summary", "x" * 2001, "has 2001 characters, 2000 are allowed"),
        ("keywords", [str(n) for n in range(101)], "has 101 items, 100 are allowed"),
    ],
)
def test_a_field_over_its_limit_says_by_how_much(field: str, value: object, said: str) -> None:
    article = {"url": "https://news.example/a", "title": "T", "body": "B"} | {field: value}
    with pytest.raises(ProblemError) as refused:
        read_article(json.dumps(article))
    assert [(one.field, one.message) for one in refused.value.errors] == [(field, said)]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("authors", "Ann", "must be a list"),
        ("image", "x.png", "must be an object"),
        ("title", "\ud800", "has a lone surrogate"),
    ],
)
def test_a_wrong_type_is_told_in_words_of_json(field: str, value: object, said: str) -> None:
    article = {"url": "https://a.example/1", "title": "T", "body": "B", field: value}
    with pytest.raises(ProblemError) as refused:
        read_article(json.dumps(article))
    assert [(error.field, error.message) for error in refused.value.errors] == [(field, said)]
