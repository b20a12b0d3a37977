import pytest

from services.enrich.domain.tags.countries import country_slug
from services.enrich.domain.tags.languages import language_of
from services.enrich.domain.tags.slugs import slug_of


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        ("russian foreign ministry", "russian-foreign-ministry"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("əmək haqqı", "emek-haqqi"),
        ("владимир путин", "владимир-путин"),
        ("Йога", "йога"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("r&d / a+b", "r-d-a-b"),
        ("!?", ""),
    ],
)
def test_a_slug_is_ascii_where_the_script_is_latin(key: str, slug: str) -> None:
    assert slug_of(key) == slug


def test_a_country_is_named_in_english_in_its_slug() -> None:
    assert [country_slug(code) for code in ("RU", "AZ", "TR", "CI")] == [
        "russia",
        "azerbaijan",
        "turkey",
        "ivory-coast",
    ]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "consulate general", "consulates general"),
        ("fr", "élection législative", "élections législatives"),
        ("de", "Streik", "Streiks"),
        ("ru", "Владимир Путин", "Владимира Путина"),
        ("uk", "Україна", "України"),
        ("az", "Azərbaycan", "Azərbaycanın"),
        ("tr", "Avrupa", "Avrupa"),
    ],
)
def test_the_forms_of_a_word_have_one_key(language: str, one: str, other: str) -> None:
    key_of = language_of(language).key_of
    assert key_of(one) == key_of(other)


def test_a_consul_is_no_consulate() -> None:
    key_of = language_of("en").key_of
    assert key_of("consul") != key_of("consulate")
