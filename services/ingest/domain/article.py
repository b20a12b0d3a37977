"""The article as publishers send it, with every limit it has to keep."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

import langcodes
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from services.ingest.domain.categories import category_path
from shared.identity import canonical_url, split_address
from shared.normalising import tidied

BODY_BYTES = 2**20
REVISION_LIMIT = 2**45
YEARS = (1700, 2200)
LANGUAGE_TAGS = 1_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Letters and symbols that are drawn as nothing: fillers of Hangul syllables, and empty Braille.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
# Marks of direction make an address look like another; other invisible signs are part of some.
_NOT_IN_ADDRESSES = re.compile("[\\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def without_controls(text: str) -> str:
    """Tab, line feed and carriage return are text; the other control characters are not."""
    if found := _CONTROL.search(text):
        raise ValueError(f"has the control character U+{ord(found[0]):04X}")
    return text


def is_visible(text: str) -> bool:
    """Letters, digits, punctuation or symbols; spaces, marks and directions alone show nothing."""
    seen = (character for character in text if character not in _BLANK)
    return any(unicodedata.category(character)[0] in "LNPS" for character in seen)


def visible(text: str) -> str:
    if not is_visible(text):
        raise ValueError("has nothing that can be seen")
    return text


def with_a_letter(name: str) -> str:
    if not any(map(str.isalnum, name)):
        raise ValueError("has neither a letter nor a digit")
    return name


def within_body_limit(text: str) -> str:
    if len(text.encode()) > BODY_BYTES:
        raise ValueError(f"is over {BODY_BYTES} bytes")
    return text


def moment(value: object) -> datetime:
    """RFC 3339 with a zone, as UTC to the second."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("must be RFC 3339 with a zone, such as 2026-05-01T08:30:00Z")
    is_leap_second = value[17:19] == "60"
    if is_leap_second:
        value = f"{value[:17]}59{value[19:]}"
    try:
        parsed = datetime.fromisoformat(value.upper()).astimezone(UTC).replace(microsecond=0)
        if is_leap_second and (parsed + timedelta(seconds=1)).strftime("%d %H:%M") != "01 00:00":
            raise ValueError("has a second 60 that is no leap second")
    except OverflowError as error:
        raise ValueError("is no date of this calendar") from error
    if not YEARS[0] <= parsed.year <= YEARS[1]:
        raise ValueError(f"must lie in the years {YEARS[0]} to {YEARS[1]}")
    return parsed


def web_address(url: str) -> str:
    if _NOT_IN_ADDRESSES.search(url):
        raise ValueError("must have no spaces and no marks of direction")
    # It is shown to readers.
    if "@" in split_address(url).netloc:
        raise ValueError("must have no user name or password")
    return url


def article_address(url: str) -> str:
    canonical_url(url)
    return url


def language_tag(tag: str) -> str:
    """BCP 47 in its shortest form: `eng-latn-us` is `en-US`."""
    _forget_language_tags()
    try:
        shortest = langcodes.standardize_tag(tag)
    except ValueError as error:
        raise ValueError("must be a BCP 47 language tag, such as en or pt-BR") from error
    if not langcodes.tag_is_valid(shortest):
        raise ValueError("has parts that no BCP 47 registry knows")
    return shortest


def _forget_language_tags() -> None:
    """Bound what langcodes keeps for ever: every tag that it ever read."""
    for kept in (langcodes.Language._PARSE_CACHE, langcodes.Language._INSTANCES):  # noqa: SLF001
        if len(kept) > LANGUAGE_TAGS:
            kept.clear()


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def is_blank(value: object) -> bool:
    """Whether a CMS sends this for a field that it has nothing for."""
    if isinstance(value, dict):
        return bool(value) and all(each is None or each == "" for each in value.values())
    return value is None or (isinstance(value, str) and not value.strip())


def without_blank_items(
    values: object, read: ValidatorFunctionWrapHandler
) -> tuple["ArticleImage", ...]:
    if isinstance(values, list):
        values = [value for value in values if not is_blank(value)]
    images: tuple[ArticleImage, ...] = read(values)
    return images


def or_blank(value: object, read: ValidatorFunctionWrapHandler) -> str:
    """An item of a list; blank ones keep their place until all are read."""
    return "" if is_blank(value) else str(read(value))


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(without_controls),
    AfterValidator(visible),
]
NAME_LENGTH = 200
"""A filter of the query API takes values of up to this length."""
Name = Annotated[Line, Field(max_length=NAME_LENGTH)]
Author = Annotated[Line, AfterValidator(tidied), Field(max_length=NAME_LENGTH)]
TagName = Annotated[Name, AfterValidator(with_a_letter)]
Title = Annotated[Line, Field(max_length=500)]
Sentences = Annotated[Line, Field(max_length=2000)]
Address = Annotated[Line, Field(max_length=2048), AfterValidator(web_address)]
Category = Annotated[Line, AfterValidator(category_path), Field(max_length=NAME_LENGTH)]
Language = Annotated[Line, Field(max_length=100), AfterValidator(language_tag)]
Body = Annotated[
    str,
    StringConstraints(min_length=1),
    AfterValidator(without_controls),
    AfterValidator(within_body_limit),
]
Moment = Annotated[datetime, BeforeValidator(moment)]
Pixels = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_blank(cls, given: object) -> object:
        """What is null or blank is as absent; unknown names stay, to be refused."""
        if not isinstance(given, dict):
            return given
        known = cls.model_fields
        return {
            name: each for name, each in given.items() if name not in known or not is_blank(each)
        }


class ArticleImage(_Input):
    url: Address
    caption: Sentences | None = None
    credit: Title | None = None
    width: Pixels | None = None
    height: Pixels | None = None


class ArticleInput(_Input):
    """An article; without an `external_id` its canonical `url` says which one it is."""

    external_id: Name | None = None
    url: Annotated[Address, AfterValidator(article_address)]
    title: Title
    summary: Sentences | None = None
    body: Body | None = Field(None, description="Text, up to 1 MiB. This or body_html is needed.")
    body_html: Body | None = Field(None, description="HTML, up to 1 MiB; it is sanitised.")
    authors: Annotated[
        tuple[Annotated[Author, WrapValidator(or_blank)], ...],
        Field(max_length=50),
        AfterValidator(distinct),
    ] = ()
    categories: Annotated[
        tuple[Annotated[Category, WrapValidator(or_blank)], ...],
        Field(max_length=50, description="Names or paths such as 'News > Economy'."),
        AfterValidator(distinct),
    ] = ()
    keywords: Annotated[
        tuple[Annotated[Name, WrapValidator(or_blank)], ...],
        Field(max_length=100),
        AfterValidator(distinct),
    ] = ()
    published_at: Moment | None = None
    updated_at: Moment | None = None
    language: Language | None = None
    image: ArticleImage | None = None
    media: Annotated[
        tuple[ArticleImage, ...], Field(max_length=100), WrapValidator(without_blank_items)
    ] = ()
    revision: Annotated[int, Field(strict=True, ge=1, lt=REVISION_LIMIT)] | None = None
    license: Title | None = None
    source_name: Name | None = None
    place: Name | None = None

    @model_validator(mode="after")
    def _has_a_body(self) -> Self:
        if not is_visible(self.body or "") and not is_visible(self.body_html or ""):
            raise ValueError("body or body_html is required")
        return self

    @property
    def identity(self) -> str:
        return self.external_id or canonical_url(self.url)
