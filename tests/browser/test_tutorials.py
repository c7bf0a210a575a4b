"""As printed in a browser: every listing is walked by its Next button; a link restores one with what is turned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gpt.bench.app_server import Server
from gpt.lessons.tutorials.table import BY_KEY, LISTINGS
from tests.browser.driver import Driver, numbers
from tests.browser.test_access import serious
from tests.browser.windows import Windows

RESTS = '[data-testid=stApp][data-test-script-state="notRunning"]'
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def opened(server: Server, windows: Windows) -> Iterator[Any]:
    """Open the page as a new visitor; an error of the page fails the test."""
    pages, faults = list[Page](), list[str]()

    def go(query: str, width: int, height: int, dark: bool) -> Page:
        scheme = "dark" if dark else "light"
        page = windows.open(server.url, {"width": width, "height": height}, scheme, "no-preference")
        pages.append(page)
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{server.url}/tutorials?{query}")
        page.wait_for_selector("h1")
        return page

    yield go
    for page in pages:
        windows.close(page)
    assert not faults


def heading(page: Page, title: str) -> None:
    """The listing of this title stands there, and the server rests."""
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    page.wait_for_selector(RESTS)


def test_all_listings_are_walked_on_a_phone(opened: Any, server: Server) -> None:
    """No error, nothing sideways, and at the end the overview, in which every listing has a row."""
    page = opened(f"listing={LISTINGS[0].key}", 390, 844, True)
    faults = list[str]()
    for place, listing in enumerate(LISTINGS):
        heading(page, listing.title)
        if page.evaluate(SIDEWAYS):
            faults.append(f"{listing.key} scrolls sideways")
        if page.get_by_test_id("stException").count() or page.get_by_test_id("stAlert").count():
            faults.append(f"{listing.key} shows an error")
        if not place:
            faults += serious(Driver(page, server))
        page.get_by_role("button", name="Next").click()
    heading(page, "All listings")
    expect(page.get_by_role("cell", name=LISTINGS[-1].title, exact=True)).to_be_visible()
    assert page.get_by_role("row").count() == len(LISTINGS) + len({one.road for one in LISTINGS})
    assert not page.evaluate(SIDEWAYS)
    assert faults + serious(Driver(page, server)) == []


def test_a_link_restores_a_listing_and_what_is_turned(opened: Any, server: Server) -> None:
    """Turned by the keyboard, the digits that differ are marked, and the address follows; a reload shows the same."""
    listing = BY_KEY["lecture-batch"]
    page = opened("listing=lecture-batch&turn-seed=42", 1280, 720, False)
    heading(page, listing.title)
    same = page.get_by_text("are still as printed")
    expect(same).to_be_visible()
    left, all_of_them = map(int, numbers(same.inner_text()))
    assert left < all_of_them == len(listing.outcome().printed)
    assert page.locator("mark").count() > 10
    page.get_by_role("radio", name="1337").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("All as printed.")).to_be_visible()
    assert page.locator("mark").count() == 0
    page.wait_for_url("**/tutorials?listing=lecture-batch")
    page.reload()
    heading(page, listing.title)
    expect(page.get_by_text("All as printed.")).to_be_visible()
    assert serious(Driver(page, server)) == []
    code = page.get_by_text("The code that runs")
    code.click()
    expect(page.get_by_test_id("stCode")).to_be_visible()
    assert "draw_starts" in page.get_by_test_id("stCode").inner_text()
