"""What was probably meant."""

import pytest
from hypothesis import given, strategies as st

from shared.names import nearest

PATHS = ["/v1/articles", "/v1/articles/{id}", "/v1/articles/batch", "/v1/import"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("/v1/artcles", "/v1/articles"),
        ("/V1/Articles/Batch", "/v1/articles/batch"),
        ("/v1/articles/", "/v1/articles"),
        ("/wp-login.php", None),
    ],
)
def test_the_nearest_name_is_what_was_meant(name: str, meant: str | None) -> None:
    assert nearest(name, PATHS) == meant


@given(st.text())
def test_it_is_a_known_one_or_none(name: str) -> None:
    assert nearest(name, {"q", "sort"}) in {"q", "sort", None}
