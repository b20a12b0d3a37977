"""A batch is cut into items wherever its pieces end."""

import json

import pytest
from hypothesis import given, strategies as st

from services.ingest.api.batch_items import item_reader
from shared.http import ProblemError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def cut(body: bytes, size: int = 1, content_type: str = "") -> list[bytes]:
    reader = item_reader(content_type, body[:20])
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    items = [item for piece in pieces for item in reader.feed(piece)]
    return items + list(reader.finish())


@given(st.lists(JSON, max_size=6), st.integers(1, 9), st.booleans(), st.sampled_from([None, 2]))
def test_an_array_is_cut_as_json_reads_it(
    values: list[object],
    size: int,
    ascii_only: object,
    indent: int | None,
) -> None:
    body = json.dumps(values, ensure_ascii=bool(ascii_only), indent=indent).encode(errors="ignore")

    assert [json.loads(item) for item in cut(body, size)] == json.loads(body)


@given(st.lists(JSON, max_size=6), st.integers(1, 9))
def test_lines_are_cut_as_they_stand(values: list[object], size: int) -> None:
    body = b"\n".join(json.dumps(value).encode() for value in values)

    items = cut(body, size, "application/x-ndjson")

    assert [json.loads(item) for item in items] == values


def test_a_broken_item_harms_only_itself() -> None:
    assert cut(b'[1, {"a" 2}, nonsense, 3]') == [b"1", b'{"a" 2}', b"nonsense", b"3"]


@pytest.mark.parametrize("body", [b"[1,", b"[1", b'["a', b'["a\\', b"[1,,2]", b"[1,]", b"[] x"])
def test_a_body_that_breaks_off_is_a_problem(body: bytes) -> None:
    with pytest.raises(ProblemError) as broken:
        cut(body)
    assert broken.value.status == 400
