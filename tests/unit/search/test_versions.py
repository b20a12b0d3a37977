import pytest
from hypothesis import given, strategies as st

from services.search.domain.versions import (
    MAX_ENRICHMENT,
    MAX_GENERATION,
    MAX_REVISION,
    ArticleVersion,
)

ARTICLE = st.builds(
    ArticleVersion,
    st.integers(0, MAX_GENERATION),
    st.integers(0, MAX_REVISION),
    st.booleans(),
    st.integers(0, MAX_ENRICHMENT),
)


@given(ARTICLE)
def test_an_article_version_comes_back_as_it_was(version: ArticleVersion) -> None:
    assert ArticleVersion.unpack(version.pack()) == version
    assert 0 <= version.pack() < 1 << 63


@given(ARTICLE, ARTICLE)
def test_packed_versions_have_the_order_of_their_parts(
    one: ArticleVersion, other: ArticleVersion
) -> None:
    assert (one < other) == (one.pack() < other.pack())


def test_a_withdrawal_beats_every_enrichment_and_loses_to_the_next_revision() -> None:
    withdrawn = ArticleVersion(1, 5, withdrawn=True).pack()
    assert ArticleVersion(1, 5, enrichment=MAX_ENRICHMENT).pack() < withdrawn
    assert withdrawn < ArticleVersion(1, 6).pack() < ArticleVersion(2, 1).pack()


def test_the_highest_versions_fill_63_bits() -> None:
    highest = ArticleVersion(MAX_GENERATION, MAX_REVISION, withdrawn=True, enrichment=8191)
    assert highest.pack() == (1 << 63) - 1


@pytest.mark.parametrize(
    "version",
    [
        ArticleVersion(16, 1),
        ArticleVersion(1, MAX_REVISION + 1),
        ArticleVersion(1, 1, enrichment=8192),
        ArticleVersion(-1, 1),
    ],
)
def test_parts_out_of_range_are_refused(version: ArticleVersion) -> None:
    with pytest.raises(ValueError, match="outside"):
        version.pack()


@pytest.mark.parametrize("packed", [-1, 1 << 63])
def test_no_version_lies_outside_63_bits(packed: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        ArticleVersion.unpack(packed)
