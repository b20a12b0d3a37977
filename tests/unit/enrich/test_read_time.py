import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from services.enrich.domain.read_time import ReadingProfile, reading_time
from services.enrich.domain.words import count_words

WORD = "sixsix"  # 6 letters, against 4.6 of the reference.


def test_words_of_the_reference_length_are_read_at_the_measured_speed() -> None:
    # Two of four letters for three of five: 4.6 on average.
    text = "four four fives fives fives " * 238
    assert reading_time(text).minutes == 5
    assert reading_time(text).word_count == 5 * 238


def test_longer_words_take_longer() -> None:
    short, long = reading_time("four " * 1000), reading_time("eightlet " * 1000)
    assert long.seconds == pytest.approx(2 * short.seconds, abs=1)


def test_minutes_round_to_the_nearest_and_are_at_least_one() -> None:
    assert reading_time("").minutes == 1
    assert reading_time("four fives fives " * 115).minutes == 1
    assert reading_time("four fives fives " * 125).minutes == 2


def test_a_publisher_may_count_its_own_way() -> None:
    profile = ReadingProfile(words_per_minute=100, rounding="up", images=True)
    without = reading_time(f"{WORD} " * 101, profile=profile)
    assert (without.seconds, without.minutes) == (61, 2)
    assert without.method == "100 words a minute, rounded up"
    assert reading_time(f"{WORD} " * 101, images=12, profile=profile).seconds == 61 + 81


def test_images_count_only_where_the_profile_says_so() -> None:
    assert reading_time(f"{WORD} " * 500, images=9) == reading_time(f"{WORD} " * 500)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Don’t pay 3.5 per-cent to the U.S. - ever", 8),
        ("दिल्ली में हिन्दी", 3),
        ("日本語の文章", 6),
        ("Привет, мир! Ещё раз.", 4),
        ("서울 정부 발표", 3),
        ("ภาษาไทย" * 10, 15),
        ("!!! --- ...", 0),
    ],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert reading_time(text).word_count == count


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("дом", 3),
        ("서울", 2 * 2.5),
        ("हिन्दी", 3 + 2),  # Three consonants, two vowel signs; the mark that joins is none.
        ("বাংলা", 3 + 1),
        ("ኤርትራ", 4 * 1.6),
        ("كتاب", 4 * 987 / 612),
        ("שלום", 4 * 987 / 833),
    ],
)
def test_characters_are_the_letters_that_they_stand_for(word: str, letters: float) -> None:
    assert count_words(f"{word} " * 100).letters == pytest.approx(100 * letters)


def test_chinese_and_japanese_are_read_by_characters() -> None:
    assert reading_time("新" * 2550).minutes == 10
    assert reading_time("あ" * 3570).minutes == 10
    assert reading_time("新" * 2550).method.startswith("255 characters a minute")


@given(st.text(), st.integers(0, 50))
def test_any_text_takes_some_time(text: str, images: int) -> None:
    time = reading_time(text, images=images, profile=ReadingProfile(images=True))
    assert time.minutes >= 1
    assert time.seconds >= 0
    assert count_words(text).spaced <= len(text)


def test_the_reference_article_takes_two_minutes_and_five_on_its_publishers_page(
    shared_data: Path,
) -> None:
    body = json.loads((shared_data / "seed" / "article.json").read_text())["body"]
    assert reading_time(body).word_count == pytest.approx(494, abs=4)
    assert reading_time(body).minutes == 2
    page = ReadingProfile(words_per_minute=110, rounding="up")
    assert reading_time(body, profile=page).minutes == 5
