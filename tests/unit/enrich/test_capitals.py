import pytest

from services.enrich.domain.capitals import replace_capitals, small_letters


def _marked(text: str, function_words: str = "") -> str:
    known = function_words.split()
    return replace_capitals(
        text,
        lambda run: f"<{run}>",
        (lambda word: word.lower() in known) if known else None,
    )


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("THE HARBOUR OPENS.", "<THE HARBOUR OPENS>."),
        ("NY BRO I SOL", "<NY BRO I SOL>"),
        ("ŽUPAN OBISKAL", "<ŽUPAN OBISKAL>"),
        ("DIE STRAßE IST LEER.", "<DIE STRAßE IST LEER>."),
        ("THE HARBOUR OF SOL, BUILT IN 1931, IS SHUT. Boats", "<THE HARBOUR OF SOL, BUILT IN"),
        ("It was so. THE HARBOUR OPENS TODAY\nBoats sail.", "<THE HARBOUR OPENS TODAY>"),
    ],
)
def test_runs_of_capitals_are_replaced(text: str, marked: str) -> None:
    assert marked in _marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The harbour of Sol opens.",
        "SOL (VAP) - Boats sail.",
        "NATO EU",
        "They asked the EU, UN, NATO and AU.",
        "港は開いた。",
        "نافذة على البحر",
    ],
)
def test_names_and_acronyms_stay(text: str) -> None:
    assert _marked(text) == text


def test_among_small_letters_only_capitals_with_a_function_word_are_a_run() -> None:
    text = "There JOSE MANUEL GARCIA LOPEZ spoke. BOATS SAIL IN MARCH AGAIN, he said."
    assert _marked(text, "in") == text.replace(
        "BOATS SAIL IN MARCH AGAIN", "<BOATS SAIL IN MARCH AGAIN>"
    )


@pytest.mark.parametrize(
    ("capitals", "small"),
    [
        ("ŽUPAN", "župan"),
        ("İSTANBUL IŞIKLI", "istanbul ışıklı"),
        ("Ο ΔΗΜΟΣ ΤΗΣ ΠΟΛΗΣ", "ο δημος της πολης"),
        ("GROẞE STRASSE", "große strasse"),
    ],
)
def test_small_letters_are_those_of_the_language(capitals: str, small: str) -> None:
    assert small_letters(capitals) == small


@pytest.mark.parametrize("unit", ["A", "A ", "AB ", "ABCDE-", "A'", "ß"])
def test_long_texts_are_read_in_bounded_time(unit: str) -> None:
    assert len(_marked(unit * (12_000 // len(unit)))) >= 11_000
