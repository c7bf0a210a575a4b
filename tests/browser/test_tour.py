"""The guided tour in a browser: it waits for what it asks for, notices it, can be put away and called back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.driver import Driver
from tests.browser.test_access import serious

Visit = Callable[..., Driver]


def box(page: Driver) -> Locator:
    """The tour."""
    return page.page.get_by_role("complementary", name="Guided tour")


def at(page: Driver, stop: int) -> None:
    """Wait until the tour is at this stop, counted from 0."""
    expect(box(page)).to_have_attribute("data-stop", str(stop))


def test_all_twelve_stops(visit: Visit) -> None:
    """Each stop goes on when the visitor does what it says, and not before."""
    page = visit("prompt=ROMEO")
    page.button("Take the tour").click()
    at(page, 0)
    page.box.press("End")
    page.box.press(":")
    at(page, 1)
    page.chips.nth(3).hover()
    at(page, 2)
    page.chips.nth(3).click()
    at(page, 3)
    page.chips.nth(3).focus()
    page.page.keyboard.press("Escape")
    at(page, 4)
    page.head(0, 0).click()
    at(page, 5)
    assert serious(page) == []
    page.large.hover(position={"x": 60, "y": 200})
    at(page, 6)
    page.page.locator("[data-mode=mean]").click()
    at(page, 7)
    page.button("Next token").click()
    at(page, 8)
    page.knob("temperature").fill("0.3")  # the wrong way: it waits on
    page.page.wait_for_timeout(300)
    at(page, 8)
    page.button("Skip").click()
    at(page, 9)
    page.set_knobs(top_k=5)
    at(page, 10)
    page.button("Run 200").click()
    expect(box(page)).to_have_attribute("data-stop", "11", timeout=60_000)
    page.button("Stop").click()
    page.settled()
    page.page.get_by_test_id("stSelectbox").first.click()
    page.page.get_by_role("option", name="mini").first.click()
    expect(box(page)).to_contain_text("You have seen it all")
    page.button("Close").click()
    expect(box(page)).to_be_hidden()


def test_put_away_and_called_back(visit: Visit) -> None:
    """Whoever does not want it is not asked again; its button brings it back."""
    page = visit("prompt=hi")
    page.button("Not now").click()
    expect(box(page)).to_be_hidden()
    page.open("prompt=hi")
    expect(box(page)).to_be_hidden()
    page.button("Tour").click()
    at(page, 0)
    page.button("End the tour").click()
    expect(box(page)).to_be_hidden()
