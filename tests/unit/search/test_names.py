from services.search.domain.names import Name, NameIndex

NAMES = NameIndex(
    [
        Name("Korva Ridge", "tag", 3),
        Name("Ridge", "tag", 3),
        Name("News > Economy", "category", 9),
        Name("Özdemir, Ana", "author", 1),
    ]
)


def found(typed: str, limit: int = 10) -> list[str]:
    return [name.text for name in NAMES.find(typed, limit)]


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
