"""Names that look alike are one value, in what is stored and in what is asked."""

import pytest

from services.search.api.parameters import FilterParameters, read_filters
from services.search.domain.cards import card_of
from services.search.domain.question import Facet
from tests.builders import enriched

ALIKE = ("Cafe\u0301", "Ca\u200bf\u00e9", "\ufeffCaf\u00e9", "Caf\u00e9\u00a0")
ONE = "Caf\u00e9"


@pytest.mark.parametrize("name", ALIKE)
def test_a_card_has_the_one_spelling(name: str) -> None:
    card = card_of("a", enriched("a", authors=(name, ONE), categories=(f"News > {name}",)))

    assert card["authors"] == [ONE]
    assert card["categories"] == [f"News > {ONE}"]


@pytest.mark.parametrize("name", ALIKE)
def test_each_spelling_filters(name: str) -> None:
    asked = read_filters(FilterParameters(author=[name], category=[name]))

    assert asked.include == {Facet.AUTHOR: (ONE,), Facet.CATEGORY: (ONE,)}
