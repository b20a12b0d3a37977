"""The real `instantsearch.js`, unmodified, in a real browser: type, refine, sort, page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.newsroom import Newsroom

SAMPLES = 49


@pytest.fixture
def search_page(page: Page, pages: str, room: Newsroom) -> Page:
    host = urlsplit(str(room.search.base_url)).netloc
    page.goto(f"{pages}/pages/instantsearch.html?{urlencode({'search': host})}")
    expect(page.locator("#stats")).to_contain_text(f"{SAMPLES} results")
    return page


def titles(page: Page) -> Locator:
    return page.locator("#hits h2")


def refinement(page: Page, widget: str, label: str) -> Locator:
    item = page.locator(f"{widget} .ais-RefinementList-item, {widget} .ais-Menu-item")
    text = page.locator(
        ".ais-RefinementList-labelText, .ais-Menu-label",
        has_text=re.compile(f"^{re.escape(label)}$"),
    )
    return item.filter(has=text)


def count(item: Locator) -> int:
    return int(item.locator(".ais-RefinementList-count, .ais-Menu-count").inner_text())


def result_count(page: Page) -> int:
    return int(page.locator("#stats").inner_text().split(" result")[0].replace(",", ""))


@contextmanager
def others_than_now(page: Page) -> Iterator[None]:
    """After the block the hits are others than before it."""
    last = titles(page).all_inner_texts()
    yield
    expect(titles(page)).not_to_have_text(last)


def sort_by(page: Page, label: str) -> None:
    with others_than_now(page):
        page.locator("#sort select").select_option(label=label)


def turn_to(page: Page, label: str) -> None:
    with others_than_now(page):
        page.locator("#pagination").get_by_label(label, exact=True).click()


def dates(page: Page) -> list[str]:
    return page.locator("#hits time").all_inner_texts()


def test_typing_finds_marks_and_cuts(search_page: Page) -> None:
    search_page.locator("#searchbox input").press_sequentially("flamin")
    expect(titles(search_page).first).to_contain_text("Flamingos, 2,300 of them")
    expect(titles(search_page).first.locator("mark")).to_have_text("Flamingos")
    expect(search_page.locator("#hits p mark").first).to_have_text("flamingos", ignore_case=True)
    search_page.locator("#searchbox input").fill("flamimgos ")
    expect(titles(search_page).first).to_contain_text("Flamingos, 2,300 of them")


def test_a_refinement_list_counts_as_or_and_can_be_searched(search_page: Page) -> None:
    history = refinement(search_page, "#categories", "History")
    culture = refinement(search_page, "#categories", "Culture")
    of_history, of_culture = count(history), count(culture)
    history.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{of_history} results")
    # Disjunctive: the other value keeps its own count.
    assert count(culture) == of_culture
    culture.click()
    expect(search_page.locator("#refinements")).to_contain_text("Culture")
    expect(search_page.locator("#stats")).not_to_contain_text(f"{of_history} results")
    assert of_culture <= result_count(search_page) <= of_history + of_culture
    search_page.locator("#categories input[type=search]").fill("clim")
    found = search_page.locator("#categories .ais-RefinementList-labelText")
    expect(found.first).to_contain_text("Climate")
    expect(found.first.locator("mark")).to_have_text("Clim")


def test_tags_are_joined_by_and_and_authors_are_a_menu(search_page: Page) -> None:
    first = search_page.locator("#tags .ais-RefinementList-item").first
    expected = count(first)
    first.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{expected} result")
    second = search_page.locator(
        "#tags .ais-RefinementList-item:not(.ais-RefinementList-item--selected)"
    ).first
    both = count(second)
    assert both <= expected
    second.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{both} result")
    search_page.locator("#refinements .ais-CurrentRefinements-delete").first.click()
    search_page.locator("#refinements .ais-CurrentRefinements-delete").first.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{SAMPLES} results")
    author = search_page.locator("#authors .ais-Menu-item").first
    of_author = count(author)
    author.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{of_author} results")


def test_ranges_of_minutes_and_of_dates(search_page: Page) -> None:
    least = search_page.locator("#minutes .ais-RangeInput-input--min")
    most = search_page.locator("#minutes .ais-RangeInput-input--max")
    assert int(least.get_attribute("placeholder") or "") >= 1
    assert int(most.get_attribute("placeholder") or "") >= 2
    most.fill("1")
    search_page.locator("#minutes .ais-RangeInput-submit").click()
    expect(search_page.locator("#stats")).not_to_contain_text(f"{SAMPLES} results")
    minutes = search_page.locator("#hits data").evaluate_all("all => all.map(one => one.value)")
    assert minutes
    assert all(int(value) <= 1 for value in minutes)
    search_page.locator("#refinements .ais-CurrentRefinements-delete").first.click()
    expect(search_page.locator("#stats")).to_contain_text(f"{SAMPLES} results")
    search_page.get_by_label("Since July 2026").check()
    expect(search_page.locator("#stats")).not_to_contain_text(f"{SAMPLES} results")
    since = result_count(search_page)
    assert all(date >= "2026-07-01" for date in dates(search_page))
    search_page.get_by_label("Before July 2026").check()
    expect(search_page.locator("#stats")).to_contain_text(f"{SAMPLES - since} results")


def test_sorting_by_replica_and_paging(search_page: Page) -> None:
    sort_by(search_page, "Oldest")
    oldest = dates(search_page)
    assert oldest == sorted(oldest)
    turn_to(search_page, "Page 2")
    second = dates(search_page)
    assert second == sorted(second)
    assert oldest[-1] <= second[0]
    last_page = -(-SAMPLES // 5)
    turn_to(search_page, f"Last Page, Page {last_page}")
    expect(titles(search_page)).to_have_count(SAMPLES % 5)
    sort_by(search_page, "Longest")
    minutes = search_page.locator("#hits data").evaluate_all("all => all.map(one => +one.value)")
    assert minutes == sorted(minutes, reverse=True)


def test_infinite_hits_show_all_once(search_page: Page) -> None:
    more = search_page.locator("#more .ais-InfiniteHits-loadMore")
    items = search_page.locator("#more b")
    for pages in range(2, SAMPLES // 5 + 2):
        more.click()
        expect(items).to_have_count(min(pages * 5, SAMPLES))
    expect(more).to_be_disabled()
    assert len(set(items.all_inner_texts())) == SAMPLES


def test_autocomplete_goes_on_as_one_types(search_page: Page) -> None:
    search_page.locator("#autocomplete input").press_sequentially("telep")
    expect(search_page.locator("#autocomplete li").first).to_have_text(
        "A telephone cable that listens to earthquakes"
    )
