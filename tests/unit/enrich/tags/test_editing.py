"""What editors decide about the tags of one article."""

from services.enrich.domain.curation import Choices
from services.enrich.domain.tags import Tag
from services.enrich.domain.tags.editing import edit

WORKS = Tag("public-work", "public works", "topic", 0.6, "twice")
RUSSIA = Tag("russia", "Russia", "place", 0.5, "once")
SPORT = Tag("medtop-15000000", "sport", "subject", 0.4, "the subject of words such as goal")
GIVEN = Tag("budget", "Budget", "topic", 1.0, "given by the publisher", given=True)
FOUND = (GIVEN, WORKS, RUSSIA, SPORT)


def edited(*, pin: tuple[str, ...] = (), ban: tuple[str, ...] = (), most: int = 8) -> list[str]:
    return [tag.name for tag in edit(FOUND, Choices(pin, ban), "en", most)]


def test_without_choices_all_stay() -> None:
    assert edited() == ["Budget", "public works", "Russia", "sport"]


def test_the_pinned_come_first_and_do_not_count() -> None:
    assert edited(pin=("Russia", "Cheap travel"), most=2) == ["Russia", "Cheap travel", "Budget"]


def test_a_banned_tag_is_gone_by_slug_name_or_another_form() -> None:
    for name in ("public-work", "Public Works", "public work"):
        assert edited(ban=(name,)) == ["Budget", "Russia", "sport"], name
    assert edited(ban=("medtop-15000000", "budget")) == ["public works", "Russia"]


def test_what_is_pinned_under_one_spelling_and_banned_under_another_is_banned() -> None:
    assert edited(pin=("Public works",), ban=("public-work",)) == ["Budget", "Russia", "sport"]
    assert edited(pin=("Cheap travel",), ban=("cheap travels",))[0] == "Budget"


def test_a_pin_without_letters_is_nothing() -> None:
    assert edited(pin=("…",)) == edited()
