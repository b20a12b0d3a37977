"""The reading site: every page, its states, its safety, what a publisher may change of it."""

import html
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from services.search.settings import SearchSettings
from shared.events import ArticleEnriched, Image
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search, searching
from tests.waiting import eventually

ATTACK = "<img src=x onerror=alert(1)>"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "User-Agent": FIREFOX}


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    """Sixteen articles about a tunnel, one of them withdrawn; the first links to four others."""
    async with searching(redis_url, tmp_path) as service:
        articles = {
            f"tunnel-{number}": enriched(
                f"tunnel-{number}",
                title=f"Tunnel day {number}",
                body="The drills met.\n\nThen they stopped.",
                categories=["News > Economy", "Opinion"],
                authors=["Smith, John", "رنا الخطّار"],
                tags=["Korva Ridge"],
                published_at=LONG_AGO + timedelta(days=number),
                minutes=5,
                links=[f"tunnel-{n}" for n in range(2, 6)] if not number else (),
            )
            for number in range(16)
        }
        await service.index(**articles)
        await service.publish(withdrawn("tunnel-15"), "tunnel-15")
        await service.settled()
        yield service


async def page(search: Search, path: str, *, status: int = 200) -> str:
    answer = await search.client.get(path, headers=BROWSER)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


def between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


async def test_the_article_page_shows_all_that_a_reader_expects(search: Search) -> None:
    text = html.unescape(await page(search, f"/article/{identified('tunnel-0')}"))
    for expected in ("5 Min Read", "Views", "1 May 2024", "Tunnel day 0", "<p>Then they stopped."):
        assert expected in text
    assert 'href="/author/Smith%2C%20John"' in text
    crumbs = between(text, 'aria-label="Breadcrumb"', "</nav>")
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/", "/section/News", "/section/News/Economy"]
    assert 'href="/section/Opinion"' in between(text, 'class="kickers"', "</ul>")
    assert between(text, "You Might Also Like", "</section>").count("<article") == 5
    assert between(text, "Read next", "</section>").count("<li") == 8
    latest = between(text, '<h2 id="new">New articles', "</section>")
    assert re.findall(r"Tunnel day (\d+)", latest) == [str(n) for n in range(14, 4, -1)]
    assert "Opinion" in latest
    assert "Text size" in text
    assert "Dark" in text


async def test_the_article_page_describes_itself_to_machines(search: Search) -> None:
    text = await page(search, f"/article/{identified('tunnel-0')}")
    described = json.loads(between(text, '<script type="application/ld+json">', "</script>"))
    assert described["@type"] == "NewsArticle"
    assert described["headline"] == "Tunnel day 0"
    ours = f"http://search.test/article/{identified('tunnel-0')}"
    assert f'<link rel="canonical" href="{ours}">' in text
    assert described["mainEntityOfPage"] == ours


async def test_the_article_page_says_what_sites_that_share_it_show(search: Search) -> None:
    moment = LONG_AGO + timedelta(days=2)
    image = Image(url="https://images.example/a.png", caption='The "old" bridge')
    told = enriched("shared", title="A bridge & a tunnel").model_copy(
        update={"image": image, "updated_at": moment}
    )
    await search.index(shared=told, plain=enriched("plain", title="No picture"))
    text = await page(search, f"/article/{identified('shared')}")
    shown = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', text))
    assert {name: html.unescape(content) for name, content in shown.items()} == {
        "og:type": "article",
        "og:title": "A bridge & a tunnel",
        "og:description": "A body of some words.",
        "og:url": f"http://search.test/article/{identified('shared')}",
        "og:site_name": "Dateline",
        "og:image": "https://images.example/a.png",
        "og:image:alt": 'The "old" bridge',
        "article:published_time": "2024-05-01T10:00:00Z",
        "article:modified_time": "2024-05-03T10:00:00Z",
    }
    assert "og:image" not in await page(search, f"/article/{identified('plain')}")


async def test_pages_ask_in_the_process_without_compressing(search: Search) -> None:
    encodings: list[str | None] = []
    asked = search.app.middleware_stack
    assert asked is not None

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/v1/"):
            encodings.append(Headers(scope=scope).get("accept-encoding"))
        await asked(scope, receive, send)

    search.app.middleware_stack = noted
    await page(search, f"/article/{identified('tunnel-0')}")
    assert set(encodings) == {"identity"}


async def test_home_shows_the_newest_ten_and_the_sections(search: Search) -> None:
    text = await page(search, "/")
    latest = between(text, '<h2 id="new">New articles', "</section>")
    assert re.findall(r"Tunnel day (\d+)", latest) == [str(n) for n in range(14, 4, -1)]
    assert '<h2 id="s1"><a href="/section/News">News</a></h2>' in text
    assert 'href="/section/News/Economy">Economy' in between(text, 'class="all"', "</details>")


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/section/News", "News"),
        ("/section/News/Economy?utm_source=x", "Economy"),
        ("/tag/korva-ridge", "Korva Ridge"),
        ("/author/Smith%2C%20John", "Smith, John"),
        ("/author/%D8%B1%D9%86%D8%A7%20%D8%A7%D9%84%D8%AE%D8%B7%D9%91%D8%A7%D8%B1", "رنا الخطّار"),
    ],
)
async def test_lists_have_a_page_of_their_own(search: Search, path: str, heading: str) -> None:
    text = await page(search, path)
    assert f"<h1>{heading}</h1>" in text
    assert text.count('class="entry"') == 15


async def test_a_section_leads_to_its_sub_sections(search: Search) -> None:
    text = await page(search, "/section/News")
    assert 'href="/section/News/Economy"' in between(text, 'aria-label="Sub-sections"', "</nav>")


async def test_a_reader_of_a_page_is_counted_with_and_without_javascript(search: Search) -> None:
    address = f"/article/{identified('tunnel-3')}"
    await page(search, address)
    posted = f"/v1/articles/{identified('tunnel-3')}/views"
    await search.client.post(posted, headers={"User-Agent": FIREFOX})

    async def shown() -> str:
        found = re.search(r"\d+ Views?(?=<)", await page(search, address))
        return found[0] if found else ""

    await eventually(shown, "1 View")


async def test_the_search_page_sets_right_and_leaves_the_original_one_click_away(
    search: Search,
) -> None:
    text = html.unescape(await page(search, "/search?q=tunel"))
    assert "Showing results for <strong>" in text
    assert 'href="/search?q=tunel&typos=off"' in text
    assert "<mark>Tunnel</mark>" in text
    exactly = await page(search, "/search?q=tunel&typos=off")
    assert "Nothing found" in exactly


async def test_filters_are_addresses(search: Search) -> None:
    text = html.unescape(
        await page(search, "/search?q=tunnel&category=Opinion&published_to=2024-05-03")
    )
    assert "3 articles" in text
    chosen = between(text, 'aria-label="Filters in use"', "</ul>")
    assert 'href="/search?q=tunnel&published_to=2024-05-03"' in chosen
    assert 'href="/search?q=tunnel&category=Opinion"' in chosen
    assert 'value="2024-05-03"' in text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/article/nobody", 404, "Nothing is here"),
        ("/nowhere/at/all", 404, "Nothing is here"),
        ("/section/Nothing", 404, "Nothing is here"),
        ("/tag/nothing", 404, "Nothing is here"),
        ("/author/Nobody", 404, "Nothing is here"),
        ("/story/nothing", 404, "Nothing is here"),
        ("/search?page=100000", 400, "could not read that question"),
        ("/search?q=" + "x" * 600, 400, "could not read that question"),
    ],
)
async def test_a_problem_is_a_page_worth_reading(
    search: Search, path: str, status: int, says: str
) -> None:
    text = await page(search, path, status=status)
    assert says in text
    assert 'href="/search"' in text


async def test_a_withdrawn_article_says_so_and_a_program_gets_a_problem(search: Search) -> None:
    text = await page(search, f"/article/{identified('tunnel-15')}", status=410)
    assert "withdrawn" in text
    answer = await search.client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_head_is_answered_like_get(search: Search) -> None:
    for path in ("/", "/search", f"/article/{identified('tunnel-0')}"):
        answer = await search.client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_stored_markup_is_text_on_every_page(search: Search) -> None:
    attack = enriched(
        "attack",
        title=f"Quagga {ATTACK}",
        summary=ATTACK,
        body=f"A quagga {ATTACK} in the body.",
        authors=[ATTACK],
        categories=[f"News > {ATTACK}"],
        tags=[ATTACK],
        published_at=LONG_AGO + timedelta(days=99),
    )
    await search.index(attack=attack)
    author = "/author/%3Cimg%20src=x%20onerror=alert(1)%3E"
    for path in ("/", f"/article/{identified('attack')}", "/search?q=quagga", "/section/News",
                 author, f"/search?q={ATTACK}&author={ATTACK}"):  # fmt: skip
        text = await page(search, path)
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


async def test_right_to_left_text_is_marked_as_such(search: Search) -> None:
    await search.index(
        cairo=enriched("cairo", title="قمة المناخ", language="ar", body="اتفقت الدول.")
    )
    text = await page(search, f"/article/{identified('cairo')}")
    assert re.search(r'<article class="story"[^>]* lang="ar" dir="rtl">', text)


def settings(tmp_path: Path, text: str) -> SearchSettings:
    (tmp_path / "site.toml").write_text(text)
    (tmp_path / "own.css").write_text(":root { --accent: #7a0019 }")
    return SearchSettings(state_dir=tmp_path, site_settings=tmp_path / "site.toml")


async def test_a_publisher_names_and_dresses_the_site(redis_url: str, tmp_path: Path) -> None:
    own = settings(
        tmp_path, 'name = "The Merel Times"\nstylesheet = "own.css"\nsections = ["Opinion", "News"]'
    )
    async with searching(redis_url, tmp_path, settings=own) as search:
        await search.index(one=enriched("one", categories=["News"]))
        text = await page(search, "/")
        assert "<title>The Merel Times</title>" in text
        sections = between(text, 'aria-label="Sections"', "</ul>")
        assert re.findall(r">(\w+)</a>", sections) == ["Opinion", "News"]
        assert '<link rel="stylesheet" href="/theme/own.css">' in text
        sheet = await search.client.get("/theme/own.css")
        assert sheet.headers["content-type"].startswith("text/css")
        assert "#7a0019" in sheet.text
        assert (await search.client.get("/theme/site.toml")).status_code == 404
        assert "will stand here" in await page(search, "/section/Opinion")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nam = 'x'", "nam: unknown name"),
        ("name = ", "Invalid value"),
        ("logo = 'none.svg'", "none.svg"),
    ],
)
def test_a_wrong_settings_file_is_refused_with_its_reason(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        settings(tmp_path, text)


async def test_an_image_that_the_policy_forbids_is_not_asked_for(search: Search) -> None:
    def pictured(name: str, url: str) -> ArticleEnriched:
        return enriched(name, title=name).model_copy(update={"image": Image(url=url)})

    for name, url, shown in (
        ("open", "https://images.example/a.png", True),
        ("plain", "http://images.example/a.png", False),
    ):
        await search.index(**{name: pictured(name, url)})
        text = await page(search, f"/article/{identified(name)}")
        assert (f'<img src="{url}"' in text) is shown
