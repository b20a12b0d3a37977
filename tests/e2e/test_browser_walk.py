"""One walk through the reading site in a real browser; `make test-browser` goes everywhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import open_browser, open_page
from tests.newsroom import Newsroom, newsroom

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom(samples=True) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with open_browser() as browser, open_page(browser, width=390) as page:
        yield page


def test_a_reader_searches_narrows_reads_and_goes_back(page: Page, room: Newsroom) -> None:
    page.goto(str(room.search.base_url))
    expect(page.get_by_role("heading", name="New articles")).to_be_visible()
    search = page.get_by_role("combobox", name="Search articles")
    search.press_sequentially("korva")
    expect(page.get_by_role("option").first).to_be_visible()
    search.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “korva”")
    page.locator("#filters").get_by_role("link", name="Logistics-Transport").click()
    expect(page.get_by_label("Filters in use")).to_contain_text("Logistics-Transport")
    hit = page.locator(".entry h2 a").first
    title = hit.inner_text()
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".byline")).to_contain_text("Min Read")
    page.go_back()
    expect(page.get_by_label("Filters in use")).to_contain_text("Logistics-Transport")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
