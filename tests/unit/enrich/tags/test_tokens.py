"""What a text is read as, word for word."""

import pytest

from services.enrich.domain.tags.languages import language_of
from services.enrich.domain.tags.tokens import ALL_CAPITALS, CAPITALISED, SMALL, Tokens


def read(text: str, language: str = "en", title: str = "Title") -> Tokens:
    return language_of(language).tokeniser.read(title, text)


def surfaces(text: str, language: str = "en") -> list[str]:
    tokens = read(text, language)
    return list(tokens.surface[tokens.title_end + 1 : -1])


def test_line_breaks_part_the_title_from_the_text_and_its_lines() -> None:
    tokens = read("One.\n \n\nTwo")
    assert tokens.surface == ("\n", "Title", "\n", "One", ".", "\n", "Two", "\n")
    assert tokens.title_end == 2
    assert read("", title="").surface == ("\n", "\n", "\n")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Europe's trade-offs, again", "en", ["Europe", "'s", "trade-offs", ",", "again"]),
        ("L'Europe d’aujourd'hui", "fr", ["L'", "Europe", "d’", "aujourd'hui"]),
        ("Avrupa'da", "tr", ["Avrupa", "'da"]),
        ("U.S. envoy (AT&T)", "en", ["U.S.", "envoy", "(", "AT&T", ")"]),
        ("(«ports», he.)", "en", ["(", "«", "ports", "»", ",", "he", ".", ")"]),
        ("3.5% of 1,000", "en", ["3.5%", "of", "1,000"]),
        ("Mr. Smith left. Then", "en", ["Mr", "Smith", "left", ".", "Then"]),
        ("Plan B... then, plan C ... then", "en", ["Plan", "B", "then", ",", "plan", "C", "then"]),
        ("У пʼятницю", "uk", ["У", "пʼятницю"]),
        ("東京のニュース速報", "ja", ["東京", "の", "ニュース", "速報"]),
    ],
)
def test_words_are_told_apart_as_their_language_writes_them(
    text: str, language: str, expected: list[str]
) -> None:
    assert surfaces(text, language) == expected


@pytest.mark.parametrize(
    "name", ["George W. Bush", "Sen. John F. Kerry", "O'Brien's  Bar", "AT&T", "Jean-Luc  Picard"]
)
def test_a_phrase_is_shown_as_it_was_written(name: str) -> None:
    tokens = read(f"Yesterday {name} spoke.")
    first, last = 4, tokens.surface.index("spoke") - 1
    assert tokens.slice(first, last) == " ".join(name.split())


@pytest.mark.parametrize("text", ["(«Ports», he said!) Mr.", "AT&T's ports... (all) of 1,000"])
def test_a_text_is_its_tokens_and_what_stands_after_each(text: str) -> None:
    tokens = read(text)
    own = slice(tokens.title_end + 1, -1)
    parts = zip(tokens.surface[own], tokens.gap[own], strict=True)
    assert "".join(surface + gap for surface, gap in parts) == f"{text} "


def test_a_word_is_the_same_wherever_it_stands() -> None:
    tokens = read("Ports closed. PORTS, ports' and iPhones")
    words = {s: (tokens.stem[at], tokens.capital[at]) for at, s in enumerate(tokens.surface)}
    assert words["Ports"] == ("port", CAPITALISED)
    assert words["PORTS"] == ("port", ALL_CAPITALS)
    assert words["ports"] == ("port", SMALL)
    assert words["iPhones"] == ("iphone", SMALL)
    assert words[","] == ("", SMALL)


def test_the_key_of_a_phrase_is_that_of_its_other_forms() -> None:
    english = language_of("en")
    assert english.key_of("Ferry ports") == english.key_of("ferry  Port") == "ferry port"
    ukrainian = language_of("uk")
    assert "пʼятницю" in ukrainian.stop_words
    assert ukrainian.tokeniser.read("", "пʼятницю").lower[-2] == "пʼятницю"
    assert language_of("tr").key_of("ISPARTA") == language_of("tr").key_of("ısparta")
