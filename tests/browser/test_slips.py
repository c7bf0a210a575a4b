"""The slips in a browser: all thirteen in one visit by the Next button, guessed; axe, keyboard, link and a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from gpt.bench.app_server import Server
from gpt.lessons.slips.museum import SLIPS
from pages.ui.slips import choices
from tests.browser.test_access import serious
from tests.browser.test_lessons import Seen, outside, settled
from tests.browser.windows import Windows

Open = Callable[..., Page]


@pytest.fixture
def open_at(server: Server, windows: Windows) -> Iterator[Open]:
    """Open a slip as a new visitor; errors of the page and questions to other machines fail the test."""
    pages, faults = list[Page](), list[str]()

    def go(query: str = "", width: int = 1280, height: int = 720, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        page = windows.open(server.url, {"width": width, "height": height}, scheme, "no-preference")
        pages.append(page)
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.extend(outside(request.url)))
        page.goto(f"{server.url}/slips{query}")
        page.wait_for_selector("h1")
        settled(page)
        return page

    yield go
    for page in pages:
        windows.close(page)
    assert not faults


def fits(page: Page) -> None:
    """Nothing scrolls sideways, and axe finds nothing serious."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(Seen(page)) == []  # type: ignore[arg-type]


def test_all_thirteen_are_walked_in_one_visit(open_at: Open) -> None:
    """Guessed with the keyboard, told, and at the end the table of all with its file; the link brings it all back."""
    page = open_at()
    for place, slip in enumerate(SLIPS, 1):
        expect(page.get_by_role("heading", level=1, name=f"{place} · {slip.title}")).to_be_visible()
        box = page.get_by_role("heading", level=1).bounding_box()
        assert box and box["y"] < 260
        expect(page.get_by_text(slip.law)).to_have_count(0)
        page.get_by_role("button", name=f"{choices.broken(slip.key)} is broken").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(slip.name).first).to_be_visible()
        expect(page.get_by_text(f"{place} of {place} guessed right")).to_be_visible()
        expect(page.get_by_text("): does not hold; Mended (")).to_be_visible()
        picture = page.locator(f".st-key-slip-{slip.key} section.card")
        expect(picture).to_be_visible()
        settled(page)
        if place == len(SLIPS):  # a chart with levels; the phone's has matrices
            fits(page)
        page.get_by_role("button", name="Next", exact=True).click()
        settled(page)
    expect(page.get_by_role("heading", level=1, name="All slips in one table")).to_be_visible()
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download slips.csv").click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) > len(SLIPS)
    page.wait_for_function("location.search.includes('slip=all') && location.search.includes('said=')")
    page.reload()
    page.wait_for_selector("h1")
    expect(page.get_by_text("13 of 13 guessed right")).to_be_visible()


def test_a_dark_phone_shows_a_slip_and_the_table(open_at: Open) -> None:
    """Before the guess and after it, and the table of all."""
    page = open_at("?slip=zeros-mask", 390, 844, True)
    page.get_by_role("button", name="I do not know").click()
    expect(page.get_by_text("You did not know")).to_be_visible()
    settled(page)
    fits(page)
    fits(open_at("?slip=all", 390, 844, True))
