"""A real browser for the tests: Debian's chromium, driven by playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TIMEOUT_MS = 15_000


def is_there() -> bool:
    return shutil.which(CHROMIUM) is not None


@contextmanager
def open_browser() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Browser,
    *,
    width: int = 1280,
    colours: Literal["light", "dark"] = "light",
    **options: Any,  # noqa: ANN401  (playwright's own)
) -> Iterator[Page]:
    """A tab of its own; an error in a page's script, or a breach of its policy, fails its test."""
    height = 844 if width < 500 else 900
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=colours, **options
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Content Security" in message.text else None,
    )
    yield page
    context.close()
    assert not errors, errors
