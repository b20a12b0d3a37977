"""How long an article takes to read, from what reading research measured.

Brysbaert (2019), "How many words do we read per minute?": adults read English non-fiction silently
at 238 words a minute, and the differences between texts follow the length of their words, 4.6
letters on average. Chinese and Japanese in characters a minute: Trauzettel-Klosinski and Dietz
(2012), "Standardized assessment of reading performance: the new international texts IReST".
"""

import math
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.enrich.domain.words import Words, count_words

WORDS_PER_MINUTE: Final = 238
LETTERS_PER_WORD: Final = 4.6
CHINESE_PER_MINUTE: Final = 255
JAPANESE_PER_MINUTE: Final = 357
# A text of very long or very short "words" is a list of codes, not a language.
_PACE: Final = (0.5, 2.0)
_FIRST_IMAGE_S: Final = 12
_LAST_IMAGE_S: Final = 3


class ReadingProfile(BaseModel):
    """How a publisher counts. With a speed of its own, words count alike whatever their length."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words_per_minute: int | None = Field(None, ge=20, le=2000)
    rounding: Literal["nearest", "up"] = "nearest"
    images: bool = False


Profiles: Final = TypeAdapter(Mapping[str, ReadingProfile])
DEFAULT_PROFILE: Final = ReadingProfile()


class ReadingTime(NamedTuple):
    """`method` says in words how `seconds` became `minutes`."""

    word_count: int
    seconds: int
    minutes: int
    method: str


def reading_time(
    body: str, *, images: int = 0, profile: ReadingProfile = DEFAULT_PROFILE
) -> ReadingTime:
    """The time for the body alone: title, summary and captions are not counted."""
    words = count_words(body)
    seconds = _text_seconds(words, profile) + (_image_seconds(images) if profile.images else 0)
    minutes = seconds / 60
    rounded = math.ceil(minutes) if profile.rounding == "up" else math.floor(minutes + 0.5)
    return ReadingTime(
        word_count=words.spaced + words.signs + round(words.run_letters / LETTERS_PER_WORD),
        seconds=round(seconds),
        minutes=max(1, rounded),
        method=_method(words, profile, images),
    )


def _text_seconds(words: Words, profile: ReadingProfile) -> float:
    speed = profile.words_per_minute or WORDS_PER_MINUTE
    minutes = words.spaced / speed
    if profile.words_per_minute is None:
        minutes *= _length_factor(words)
    minutes += words.run_letters / LETTERS_PER_WORD / speed
    # A publisher's own speed of words says how much slower its readers are in signs, too.
    signs_per_minute = _signs_per_minute(words) * speed / WORDS_PER_MINUTE
    return 60 * (minutes + words.signs / signs_per_minute)


def _length_factor(words: Words) -> float:
    if not words.spaced:
        return 1.0
    low, high = _PACE
    return min(high, max(low, words.letters / words.spaced / LETTERS_PER_WORD))


def _signs_per_minute(words: Words) -> int:
    return JAPANESE_PER_MINUTE if words.kana else CHINESE_PER_MINUTE


def _image_seconds(images: int) -> int:
    """12 seconds for the first, 11 for the second, and so on; 3 from the tenth on."""
    return sum(max(_LAST_IMAGE_S, _FIRST_IMAGE_S - nth) for nth in range(min(images, 1000)))


def _method(words: Words, profile: ReadingProfile, images: int) -> str:
    if words.signs > words.spaced:
        per_minute = _signs_per_minute(words)
        speed = round(
            per_minute * (profile.words_per_minute or WORDS_PER_MINUTE) / WORDS_PER_MINUTE
        )
        parts = [f"{speed} characters a minute"]
    elif profile.words_per_minute:
        parts = [f"{profile.words_per_minute} words a minute"]
    else:
        parts = [f"{WORDS_PER_MINUTE} words a minute", "adjusted for the length of words"]
    if profile.images and images:
        parts.append("12 to 3 seconds an image")
    parts.append("rounded up" if profile.rounding == "up" else "rounded to the nearest minute")
    return ", ".join(parts)
