"""Which articles are taken, and how they are kept."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from services.ingest.domain.article import BODY_BYTES, ArticleInput
from services.ingest.domain.content import content_hash
from shared.identity import article_id, canonical_url
from tests.publishing import article


def read(**changes: object) -> ArticleInput:
    return ArticleInput.model_validate(article(**changes))


def fields_refused(**changes: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        read(**changes)
    return [".".join(map(str, error["loc"])) for error in refused.value.errors()]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "t" * 501),
        ("title", 7),
        ("title", "a\0b"),
        ("title", "a\x1bb"),
        ("title", "a\ud800b"),
        ("title", "\u202e\u200b \u0301"),
        ("title", "\u3164\u2800"),
        ("keywords", ["\u202e"]),
        ("url", "https://\u202eelpmaxe.swen/a"),
        ("url", "https://news.example/\u2066a"),
        ("summary", "s" * 2001),
        ("body", "b" * (BODY_BYTES + 1)),
        ("body", "ü" * (BODY_BYTES // 2 + 1)),
        ("body_html", "a\0b"),
        ("url", "ftp://news.example/a"),
        ("url", "/a"),
        ("url", "https://news.example/a b"),
        ("url", "https://news.example:99999/"),
        ("url", "https://user:secret@news.example/a"),
        ("authors", ["x"] * 51),
        ("keywords", [str(number) for number in range(10_000)]),
        ("media", [{"url": "https://news.example/i"}] * 101),
        ("published_at", "2026-05-01T08:30:00"),
        ("published_at", "2026-05-01"),
        ("published_at", 1_700_000_000),
        ("published_at", "0001-01-01T00:00:00Z"),
        ("published_at", "0001-01-01T00:00:00+10:00"),
        ("published_at", "1699-12-31T23:59:59Z"),
        ("published_at", "2201-01-01T00:00:00Z"),
        ("published_at", "2026-02-30T00:00:00Z"),
        ("updated_at", "yesterday"),
        ("language", "english"),
        ("language", "xx"),
        ("revision", 0),
        ("revision", -1),
        ("revision", 2**45),
        ("revision", "5"),
        ("revision", True),
        ("revision", 1.5),
        ("titel", "unknown"),
    ],
)
def test_a_bad_field_is_refused_by_its_name(field: str, value: object) -> None:
    assert {name.partition(".")[0] for name in fields_refused(**{field: value})} == {field}


def test_a_bad_item_of_a_list_is_refused_by_its_place() -> None:
    assert fields_refused(authors=["Ada", "B\0b"]) == ["authors.1"]
    assert fields_refused(categories=["News", "News > > Economy"]) == ["categories.1"]
    assert fields_refused(image={"url": "https://news.example/i", "hight": 3}) == ["image.hight"]


def test_a_body_is_required() -> None:
    with pytest.raises(ValidationError, match="body or body_html is required"):
        ArticleInput.model_validate({"url": "https://news.example/a", "title": "T"})


def test_a_body_at_the_limit_is_taken() -> None:
    assert read(body="b" * BODY_BYTES).body is not None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-05-01T08:30:00.999Z", "2026-05-01T08:30:00+00:00"),
        ("2026-05-01t08:30:00z", "2026-05-01T08:30:00+00:00"),
        ("2026-05-01T08:30:00+05:45", "2026-05-01T02:45:00+00:00"),
        ("1700-01-01T00:00:00Z", "1700-01-01T00:00:00+00:00"),
        ("2200-12-31T23:59:59Z", "2200-12-31T23:59:59+00:00"),
    ],
)
def test_times_are_kept_in_utc_to_the_second(given: str, kept: str) -> None:
    published_at = read(published_at=given).published_at

    assert published_at is not None
    assert published_at.isoformat() == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [("EN-gb", "en-GB"), ("eng", "en"), ("en-Latn-US", "en-US"), ("zh-Hant", "zh-Hant")],
)
def test_languages_are_kept_in_their_shortest_form(given: str, kept: str) -> None:
    assert read(language=given).language == kept


def test_category_paths_have_one_spelling() -> None:
    article = read(categories=["News>Economy", " News  >  Economy ", "Sport"])

    assert article.categories == ("News > Economy", "Sport")


def test_dates_and_revision_are_no_content() -> None:
    dated = read(published_at="2026-05-01T08:30:00Z", updated_at="2026-05-02T08:30:00Z", revision=9)

    assert content_hash(dated) == content_hash(read())


@pytest.mark.parametrize(
    "change",
    [{"title": "B"}, {"body": "B"}, {"authors": ["A"]}, {"image": {"url": "https://n.example/i"}}],
)
def test_every_other_field_is_content(change: dict[str, object]) -> None:
    assert content_hash(read(**change)) != content_hash(read())


def test_a_field_left_out_equals_the_empty_one() -> None:
    assert content_hash(read(summary=None, authors=[])) == content_hash(read())


def test_without_an_external_id_the_canonical_url_is_the_identity() -> None:
    assert read(url="HTTP://News.Example:80/a?utm_source=x#top").identity == read().identity
    assert read(external_id="7").identity == "7"


HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,10}\.example", fullmatch=True)


@given(HOSTS, st.from_regex(r"(/[\w.~-]{0,8}){0,4}", fullmatch=True))
def test_a_canonical_url_is_its_own_canonical_url(host: str, path: str) -> None:
    once = canonical_url(f"http://{host}{path}?b=2&a=1&utm_medium=mail")

    assert canonical_url(once) == once
    assert article_id("demo", once) == article_id("demo", canonical_url(once))


TEXT = st.text(st.characters(codec="utf-8"))


@given(TEXT, TEXT)
def test_an_id_has_26_safe_characters(publisher: str, identity: str) -> None:
    made = article_id(publisher, identity)

    assert len(made) == 26
    assert made.isascii()
    assert made.isalnum()


@given(st.datetimes(datetime(1701, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001 - made aware below
def test_any_moment_of_the_allowed_years_is_taken(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)

    assert read(published_at=aware.isoformat()).published_at == aware.replace(microsecond=0)


def test_an_address_may_have_what_its_language_needs() -> None:
    joined = "https://news.example/\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert read(url=joined).url == joined
