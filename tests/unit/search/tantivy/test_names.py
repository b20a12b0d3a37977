from services.search.adapters.tantivy_index.names import NameIndex
from services.search.domain.articles import Name
from services.search.domain.question import Facet

NAMES = NameIndex(
    [
        Name("Korva Ridge", Facet.TAG, 3),
        Name("Ridge", Facet.TAG, 3),
        Name("News > Economy", Facet.CATEGORY, 9),
        Name("Özdemir, Ana", Facet.AUTHOR, 1),
    ]
)


def found(typed: str, limit: int = 10) -> list[str]:
    return [name.text for name in NAMES.find(typed, list(Facet), limit)]


def test_any_word_of_a_name_may_begin_as_typed() -> None:
    assert found("eco") == ["News > Economy"]
    assert found("ozd") == ["Özdemir, Ana"]


def test_words_before_the_last_stand_whole() -> None:
    assert found("korva ri") == ["Korva Ridge"]
    assert found("kor ri") == []


def test_the_most_frequent_come_first_then_by_spelling() -> None:
    assert found("r") == ["Korva Ridge", "Ridge"]
    assert found("r", limit=1) == ["Korva Ridge"]


def test_nothing_typed_finds_nothing() -> None:
    assert found("  ") == found("!?") == []


def test_kinds_may_be_chosen() -> None:
    assert NAMES.find("r", [Facet.AUTHOR], 9) == []


def test_the_frequent_name_is_found_among_thousands_that_begin_alike() -> None:
    many = [Name(f"united a{n}", Facet.TAG, 1) for n in range(3_000)]
    index = NameIndex([*many, Name("United States", Facet.TAG, 500)])
    assert index.find("united s", [Facet.TAG], 3)[0].text == "United States"
    assert index.find("uni", [Facet.TAG], 1)[0].text == "United States"
