"""The reading site in a real browser: by mouse, by keyboard, on a phone, without JavaScript."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browsing import open_page
from tests.newsroom import Newsroom, newsroom

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
ATTACK = "<img src=x onerror=alert(1)>"
HTML_BYTES = 60_000
SHIFT = 0.01
ATTACKER = {
    "url": "https://harbour-press.example/attack",
    "title": f"Quagga {ATTACK}",
    "summary": ATTACK,
    "body": f"A quagga and {ATTACK} in the body.",
    "authors": [ATTACK],
    "categories": [f"News > {ATTACK[:-1]}"],
    "keywords": [ATTACK],
    "source_name": ATTACK,
    "place": ATTACK,
    "license": ATTACK,
    "image": {"url": "https://harbour-press.example/a.png", "caption": ATTACK, "credit": ATTACK},
    "published_at": "2023-01-01T00:00:00Z",
}
LONG = {
    "url": "https://harbour-press.example/long",
    "title": "A headline that goes on and on, " * 8 + "x" * 90,
    "body": "Ferries. " * 40,
    "authors": ["An Author With A Very Long Name Indeed, of Somewhere Else"],
    "categories": ["News > Economy", "Opinion", "Science", "Culture"],
    "published_at": "2023-01-02T00:00:00Z",
}
ARABIC = {
    "url": "https://harbour-press.example/rtl",
    "title": "قمة المناخ تنتهي باتفاق على تمويل المضخات والسدود",
    "body": "اتفقت الدول المشاركة في القمة على صندوق جديد.\n\nوقال مندوب الجزر إن المال لا يكفي.",
    "language": "ar",
    "published_at": "2023-01-03T00:00:00Z",
}
# Ids are filled in by `addresses`.
PAGES = {
    "home": "/",
    "section": "/section/News",
    "sub-section": "/section/News/Energy",
    "tag": "/tag/lake-aruna",
    "author": "/author/Miriam%20Castell",
    "article": "/article/{article}",
    "article of a long title": "/article/{long}",
    "article from right to left": "/article/{arabic}",
    "article of an attacker": "/article/{attack}",
    "withdrawn": "/article/{gone}",
    "missing": "/nowhere",
    "all articles": "/search",
    "results": "/search?q=tunnel+railway&category=News",
    "set right": "/search?q=flamimgos",
    "nothing found": "/search?q=zzzzqqq",
    "not understood": "/search?page=100000",
}


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    """The samples, and articles that are hard on a page."""
    with newsroom(samples=True) as running:
        yield running


@pytest.fixture(scope="module")
def addresses(room: Newsroom) -> dict[str, str]:
    """Every page's address, by its name."""
    posted: dict[str, Mapping[str, Any]] = {"attack": ATTACKER, "long": LONG, "arabic": ARABIC}
    ids = {name: room.post(article)["id"] for name, article in posted.items()}
    ids["gone"] = room.post({**LONG, "url": "https://harbour-press.example/gone"})["id"]
    receipt = room.ingest.delete(f"/v1/articles/{ids['gone']}").json()["receipt"]
    room.await_state(receipt, "withdrawn")
    ids["article"] = room.find(q="valmora summit agrees")["hits"][0]["article"]["id"]
    story = room.search.get(f"/v1/articles/{ids['article']}").json()["enrichment"]["story_id"]
    pages = {"story": f"/story/{story}"} if story else {}
    base = str(room.search.base_url).rstrip("/")
    return {name: base + path.format(**ids) for name, path in (PAGES | pages).items()}


@pytest.fixture
def site(page: Page, room: Newsroom) -> Page:
    page.goto(str(room.search.base_url))
    return page


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).first.inner_text()


def test_a_reader_goes_from_article_to_article_and_back(site: Page) -> None:
    site.locator(".lead h2 a").click()
    first = heading(site)
    expect(site.get_by_role("heading", name="You Might Also Like")).to_be_visible()
    assert site.locator(".row.five article").count() == 5
    assert site.locator(".next li").count() == 8
    assert site.locator(".rail li").count() == 10
    site.locator(".row.five h3 a").first.click()
    expect(site.get_by_role("heading", level=1)).not_to_have_text(first)
    second = heading(site)
    site.go_back()
    expect(site.get_by_role("heading", level=1)).to_have_text(first)
    site.go_forward()
    expect(site.get_by_role("heading", level=1)).to_have_text(second)


def test_suggestions_lead_to_articles_and_names(site: Page) -> None:
    search = site.get_by_role("combobox", name="Search articles")
    search.press_sequentially("flamin")
    expect(site.get_by_role("option").first).to_be_visible()
    search.press("ArrowDown")
    expect(site.get_by_role("option", selected=True)).to_have_count(1)
    chosen = site.get_by_role("option", selected=True).locator("bdi").inner_text()
    search.press("Enter")
    expect(site.get_by_role("heading", level=1)).to_have_text(chosen)


def test_filters_dates_order_and_pages_are_addresses(site: Page) -> None:
    site.get_by_role("link", name="All articles").click()
    status = site.get_by_role("status")
    total = int(status.inner_text().split()[0])
    site.get_by_role("link", name="Next").click()
    expect(site.locator(".pages")).to_contain_text("Page 2 of")
    site.go_back()
    expect(site.locator(".pages")).to_contain_text("Page 1 of")
    site.get_by_label("From", exact=True).fill("2026-07-01")
    site.get_by_label("Order", exact=True).select_option("oldest")
    site.get_by_role("button", name="Apply").click()
    expect(site).to_have_url(re.compile("published_from=2026-07-01"))
    narrowed = int(status.inner_text().split()[0])
    assert 0 < narrowed < total
    days = site.locator(".entry time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days == sorted(days)
    site.locator("#filters").get_by_role("link", name="Culture").click()
    assert int(status.inner_text().split()[0]) < narrowed
    with site.context.expect_page() as opened:
        site.evaluate("open(location.href)")
    assert opened.value.get_by_role("status").inner_text() == status.inner_text()
    site.get_by_label("Filters in use").get_by_role("link", name="Remove all").click()
    assert int(status.inner_text().split()[0]) == total


def test_did_you_mean_with_the_original_one_click_away(
    site: Page, addresses: dict[str, str]
) -> None:
    site.goto(addresses["set right"])
    expect(site.locator(".entry mark").first).to_have_text("Flamingos")
    site.get_by_role("link", name="flamimgos", exact=True).click()
    expect(site.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_the_keyboard_alone_is_enough(site: Page) -> None:
    def focused() -> str:
        return str(site.evaluate("document.activeElement.innerText || document.activeElement.id"))

    site.keyboard.press("Tab")
    assert focused() == "Skip to content"
    site.keyboard.press("Enter")
    assert site.evaluate("document.activeElement.id") == "content"
    site.keyboard.press("Shift+Tab")
    for _ in range(40):
        if site.evaluate("document.activeElement.id") == "q":
            break
        site.keyboard.press("Shift+Tab")
    site.keyboard.type("tunnel")
    site.keyboard.press("Enter")
    expect(site.get_by_role("heading", level=1)).to_have_text("Results for “tunnel”")
    title = site.locator(".entry h2 a").first.inner_text()
    for _ in range(60):
        site.keyboard.press("Tab")
        if focused() == title:
            break
    assert site.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    site.keyboard.press("Enter")
    expect(site.get_by_role("heading", level=1)).to_have_text(title)
    site.locator(".display summary").focus()
    site.keyboard.press("Enter")
    site.keyboard.press("Tab")
    site.keyboard.press("ArrowDown")
    assert site.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    site.keyboard.press("Escape")
    expect(site.locator(".display .panel")).to_be_hidden()


def test_text_size_and_colours_are_kept(site: Page, addresses: dict[str, str]) -> None:
    site.locator(".display summary").click()
    site.get_by_label("Dark", exact=True).check()
    site.get_by_label("Largest").check()
    site.goto(addresses["article"])
    assert site.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert _background(site) == "rgb(22, 24, 28)"


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_everything_works_without_javascript(browser: Browser, room: Newsroom) -> None:
    with open_page(browser, java_script_enabled=False) as page:
        page.goto(str(room.search.base_url))
        page.locator(".display summary").click()
        page.get_by_label("Dark", exact=True).check()
        shot = page.locator(".masthead").screenshot()
        page.get_by_label("Light", exact=True).check()
        assert page.locator(".masthead").screenshot() != shot
        page.locator(".display summary").click()
        page.locator(".all summary").click()
        page.locator(".all").get_by_role("link", name="Energy").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Energy")
        page.get_by_label("Search articles").fill("tunnel")
        page.get_by_role("button", name="Search").click()
        page.locator("#filters").get_by_role("link", name="Opinion").click()
        expect(page.get_by_label("Filters in use")).to_contain_text("Opinion")
        title = page.locator(".entry h2 a").first.inner_text()
        page.locator(".entry h2 a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.get_by_role("link", name="All articles").click()
        page.get_by_role("link", name="Next").click()
        expect(page.locator(".pages")).to_contain_text("Page 2 of")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_window(
    browser: Browser, addresses: dict[str, str], width: int
) -> None:
    with open_page(browser, width=width) as page:
        wide = {}
        for name, address in addresses.items():
            page.goto(address)
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[name] = found
    assert wide == {}


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, addresses: dict[str, str], width: int, colours: str
) -> None:
    source = AXE.read_text()
    found = {}
    with open_page(browser, width=width, colours="dark" if colours == "dark" else "light") as page:
        for name, address in addresses.items():
            page.goto(address)
            if name == "home":
                page.locator(".display summary").click()
                page.locator(".all summary").evaluate("summary => summary.parentNode.open = true")
                page.locator("#q").press_sequentially("tunnel")
                expect(page.get_by_role("option").first).to_be_visible()
            page.evaluate(source)
            result = page.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")
            broken = [
                (rule["id"], [node["html"][:200] for node in rule["nodes"]][:3])
                for rule in result["violations"]
            ]
            assert len(result["passes"]) > 15
            if broken:
                found[name] = broken
    assert found == {}


def test_stored_markup_is_text_on_every_page(page: Page, addresses: dict[str, str]) -> None:
    dialogs: list[str] = []

    def remember(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", remember)
    more = {
        "attacker's results": "/search?q=quagga",
        "attacker's author page": "/author/%3Cimg%20src=x%20onerror=alert(1)%3E",
        "attacker's section": "/section/News/%3Cimg%20src=x%20onerror=alert(1)",
        "attacker's question": "/search?q=%3Cimg%20src=x%20onerror=alert(1)%3E",
    }
    base = addresses["home"].rstrip("/")
    for name, address in (addresses | {name: base + path for name, path in more.items()}).items():
        page.goto(address)
        assert page.locator("img[src=x], img[onerror]").count() == 0, name
        if "attacker" in name:
            expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)")
    page.goto(addresses["home"])
    page.locator("#q").press_sequentially("quagga")
    expect(page.get_by_role("option").first).to_contain_text(ATTACK)
    assert page.locator("[role=option] img").count() == 0
    assert dialogs == []


def test_nothing_but_images_comes_from_elsewhere(page: Page, addresses: dict[str, str]) -> None:
    host = urlsplit(addresses["home"]).netloc
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    for address in addresses.values():
        page.goto(address)
        page.wait_for_load_state("networkidle")
    elsewhere = {kind for kind, url in asked if urlsplit(url).netloc != host}
    assert elsewhere <= {"image"}
    assert {"script", "stylesheet", "document"} <= {kind for kind, _ in asked}


OBSERVE = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.cls += e.value; })
  .observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_small_and_do_not_move(
    browser: Browser, addresses: dict[str, str], width: int
) -> None:
    measured = [f"{f'page at {width} px':32} {'HTML bytes':>10} {'LCP ms':>7} {'CLS':>7}"]
    for name, address in addresses.items():
        with open_page(browser, width=width) as page:
            page.add_init_script(OBSERVE)
            answer = page.goto(address)
            page.wait_for_load_state("networkidle")
            assert answer
            size = len(answer.body())
            seen = page.evaluate("window.seen")
            measured.append(f"{name:32} {size:10,} {seen['lcp']:7.0f} {seen['cls']:7.4f}")
            assert size < HTML_BYTES, name
            assert seen["cls"] < SHIFT, name
            documents = page.evaluate("performance.getEntriesByType('navigation').length")
            assert documents == 1
    print("", *measured, sep="\n")  # noqa: T201  (this is what it is for: pytest -s)


# Where what has been read of a page stands, with less and less of it.
STANDS = """
(() => {
  const moved = [];
  for (const grid of document.querySelectorAll(".results, .front, .page")) {
    while (grid.children.length > 1) {
      const rest = [...grid.children].slice(0, -1);
      const before = rest.map(one => one.getBoundingClientRect());
      grid.lastElementChild.remove();
      rest.forEach((one, at) => {
        const now = one.getBoundingClientRect();
        if (now.x !== before[at].x || now.y !== before[at].y || now.width !== before[at].width)
          moved.push(one.className);
      });
    }
  }
  return moved;
})()
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_read_first_does_not_move_when_the_rest_arrives(
    browser: Browser, addresses: dict[str, str], width: int
) -> None:
    """A browser may paint a page before it has read all of it."""
    for name, address in addresses.items():
        with open_page(browser, width=width) as page:
            page.goto(address)
            assert page.evaluate(STANDS) == [], name
