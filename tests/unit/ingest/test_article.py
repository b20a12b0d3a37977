"""Which articles are taken, and how they are kept."""

from datetime import UTC, datetime

import langcodes
import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from services.ingest.domain.article import BODY_BYTES, LANGUAGE_TAGS, ArticleInput
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


@pytest.mark.parametrize(
    "field",
    [
        *(
            "external_id",
            "summary",
            "authors",
            "categories",
            "keywords",
            "published_at",
            "language",
        ),
        *("language", "updated_at", "image", "media", "revision", "license"),
        *("source_name", "place"),
    ],
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_is_null_or_blank_is_as_absent(field: str, value: str | None) -> None:
    assert read(**{field: value}) == read()
    assert content_hash(read(**{field: value})) == content_hash(read())


def test_blank_parts_are_as_absent() -> None:
    assert read(authors=["", None, "Ada"], keywords=[" "]).authors == ("Ada",)
    assert read(categories=["", "News"], media=[None, {"url": "", "caption": ""}]).media == ()
    assert read(image={"url": "", "caption": None}).image is None
    assert read(image={"url": "https://news.example/i", "caption": "", "width": None}).image
    assert read(body="", body_html="<p>x</p>").body is None


@pytest.mark.parametrize("field", ["url", "title", "body"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_what_is_required_is_refused_when_blank(field: str, value: str | None) -> None:
    assert len(fields_refused(**{field: value})) == 1


def test_an_unknown_field_is_refused_even_when_null() -> None:
    assert fields_refused(titel=None) == ["titel"]


def test_a_bad_item_keeps_its_place_beside_blank_ones() -> None:
    assert fields_refused(authors=["", "B\0b"]) == ["authors.1"]


@pytest.mark.parametrize(
    "alike",
    [
        "Cafe\u0301",
        "Ca\u200bfé",
        " Café ",
        "Ca\ufefffé",
        "Ca\u00adfé",
        "\u200eCafé\u2060",
        "Caf\u200dé",
    ],
)
def test_names_that_look_alike_are_one(alike: str) -> None:
    assert read(categories=["Café", alike]).categories == ("Café",)
    assert read(authors=["Café", alike]).authors == ("Café",)
    assert read(categories=[f"{alike} > Sol\u00a0 Port"]).categories == ("Café > Sol Port",)


def test_no_end_of_language_tags_is_no_end_of_memory() -> None:
    for number in range(3 * LANGUAGE_TAGS):
        assert read(language=f"en-x-{number}").language == f"en-x-{number}"

    for kept in (langcodes.Language._INSTANCES, langcodes.Language._PARSE_CACHE):  # noqa: SLF001
        assert len(kept) < 2 * LANGUAGE_TAGS
    assert read(language="eng-latn-us").language == "en-US"


@pytest.mark.parametrize("name", ["روزنامه\u200cنگار", "👩\u200d💻", "क्\u200dष"])
def test_a_joiner_is_no_part_of_a_name(name: str) -> None:
    """Readers cannot type it, and other systems leave it out."""
    bare = name.replace("\u200c", "").replace("\u200d", "")
    article = read(authors=[name, bare], categories=[f"News > {name}"], keywords=[name])

    assert article.authors == (bare,)
    assert article.categories == (f"News > {bare}",)
    assert article.keywords == (name,)


def test_a_host_is_as_long_as_a_name_of_dns_may_be() -> None:
    """The longest of 2,000 characters take two milliseconds each, and a body has a hundred."""
    long = ("ü" * 63 + ".") * 4
    assert read(url=f"https://{'a.' * 126}b/").url
    for address in (f"https://{long}/", f"https://{'a.' * 127}/"):
        assert fields_refused(url=address, image={"url": address}) == ["url", "image.url"]


@pytest.mark.parametrize("address", ["ftp://a.example/", "https://", "/a", "https://a:b/"])
def test_the_address_of_an_image_is_one_of_the_web(address: str) -> None:
    assert fields_refused(image={"url": address}) == ["image.url"]


@pytest.mark.parametrize("own", ["a  b", "Cafe\u0301", "a\u200bb"])
def test_the_id_of_the_publisher_is_taken_as_it_is(own: str) -> None:
    assert read(external_id=own).external_id == own


def test_names_are_as_long_as_a_filter_takes_them() -> None:
    path = "N" * 98 + ">" + "E" * 99
    assert len(read(authors=["A" * 200], categories=[path]).categories[0]) == 200
    for name in ("A" * 201, "\u0958" * 101):
        assert fields_refused(authors=[name], categories=[name]) == ["authors.0", "categories.0"]
    assert fields_refused(categories=[path + "E"]) == ["categories.0"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2017-01-01T00:59:60.5+01:00", "2016-12-31T23:59:59+00:00"),
        ("1990-06-30t23:59:60z", "1990-06-30T23:59:59+00:00"),
    ],
)
def test_a_leap_second_is_taken(given: str, kept: str) -> None:
    published_at = read(published_at=given).published_at
    assert published_at is not None
    assert published_at.isoformat() == kept


@pytest.mark.parametrize("given", ["2016-12-31T12:00:60Z", "2016-12-30T23:59:60Z"])
def test_a_second_60_at_any_other_time_is_refused(given: str) -> None:
    assert fields_refused(published_at=given) == ["published_at"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.example/pp/%e4%b8%ad", "https://paper.example/pp/%E4%B8%AD"),
        ("https://paper.example/pp/%e4%b8%ad", "https://paper.example/pp/中"),
        ("https://paper.example/%7euser/%61", "https://paper.example/~user/a"),
        ("https://paper.example/a/./b/../c", "https://paper.example/a/c"),
        ("https://paper.example/a/%2e%2e/c", "https://paper.example/c"),
        ("https://paper.example/../c", "https://paper.example/c"),
        ("https://zürich-blatt.example/a", "https://xn--zrich-blatt-thb.example/a"),
        ("https://ZÜRICH-blatt.example/a", "https://XN--ZRICH-BLATT-THB.example/a"),
        ("https://☃.example/", "https://xn--n3h.example/"),
        ("https://p%61per.example/a", "https://paper.example/a"),
        ("https://paper.example/?q=%e4%b8%ad", "https://paper.example/?q=中"),
        ("https://paper.example", "https://paper.example/"),
    ],
)
def test_equivalent_addresses_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)
    assert canonical_url(canonical_url(one)) == canonical_url(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.example/a%2Fb", "https://paper.example/a/b"),
        ("https://paper.example/a%3Fb", "https://paper.example/a?b"),
        ("https://paper.example/A", "https://paper.example/a"),
        ("https://paper.example/a/", "https://paper.example/a"),
        ("https://paper.example/a//b", "https://paper.example/a/b"),
        ("https://paper.example/%E4", "https://paper.example/%F6"),
        ("https://paper.example/?q=%E4", "https://paper.example/?q=%F6"),
    ],
)
def test_other_addresses_are_others(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@given(st.from_regex(r"(/[a%.25EFe;:]{0,8}){0,4}", fullmatch=True))
def test_any_path_has_one_canonical_form(path: str) -> None:
    once = canonical_url(f"https://news.example{path}")
    assert canonical_url(once) == once
