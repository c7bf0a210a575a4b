"""The guided tour in a browser: it points at what it asks for, notices it, says what it means, and puts all back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.driver import Driver
from tests.browser.test_access import serious

Visit = Callable[..., Driver]


def box(page: Driver) -> Locator:
    """The tour."""
    return page.page.get_by_role("complementary", name="Guided tour")


def at(page: Driver, stop: int, done: bool = False) -> None:
    """Wait until the tour is at this stop, counted from 0, and has seen that it is done, or not yet."""
    expect(box(page)).to_have_attribute("data-stop", str(stop))
    expect(box(page)).to_have_attribute("data-done", str(done).lower(), timeout=60_000)


def points_at(page: Driver, target: Locator) -> None:
    """The ring lies around this, in sight, and whatever lies there takes the click."""
    ring = page.page.locator(".ring")
    page.page.wait_for_timeout(100)
    around, inside = ring.bounding_box(), target.bounding_box()
    above, screen = box(page).bounding_box(), page.page.viewport_size
    assert around and inside and above and screen
    assert around["x"] <= inside["x"] and around["x"] + around["width"] >= inside["x"] + inside["width"]
    assert around["y"] <= inside["y"] and around["y"] + around["height"] >= inside["y"] + inside["height"]
    assert around["width"] * around["height"] < 2.5 * inside["width"] * inside["height"] + 9_000
    assert 0 <= inside["y"] and inside["y"] + inside["height"] <= screen["height"]
    assert inside["y"] >= above["y"] + above["height"] or inside["y"] + inside["height"] <= above["y"]
    assert ring.evaluate("(ring) => getComputedStyle(ring).pointerEvents") == "none"


def focus(page: Driver) -> str:
    """The text of what has the keyboard's focus."""
    return page.page.evaluate(
        """() => {
          let found = document.activeElement;
          while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
          return found.textContent;
        }"""
    )


def test_all_twelve_stops(visit: Visit) -> None:
    """Each stop points, waits for what it asks, says what it means; in the end all is as before, the focus too."""
    page = visit("prompt=ROMEO&t=0.7")
    before = page.link()
    page.button("Take the tour").focus()
    page.page.keyboard.press("Enter")
    at(page, 0)
    heights = [box(page).bounding_box()["height"]]  # type: ignore[index]

    def next_stop(stop: int) -> None:
        """What was done is explained; the box has not moved what is below."""
        at(page, stop, done=True)
        heights.append(box(page).bounding_box()["height"])  # type: ignore[index]
        box(page).get_by_role("button", name="Next").click()
        at(page, stop + 1)
        heights.append(box(page).bounding_box()["height"])  # type: ignore[index]

    points_at(page, page.box)
    box(page).get_by_role("button", name="Show me").click()
    page.page.keyboard.press("End")
    page.page.keyboard.press(":")
    page.reads("ROMEO:")
    expect(page.box).to_be_focused()
    next_stop(0)
    points_at(page, page.strip.locator(".strip"))
    page.chips.nth(3).hover()
    at(page, 1, done=True)
    said = page.strip.locator(".note").inner_text()
    share = next(word for word in said.split() if word.replace(".", "").isdigit() and "." in word)
    expect(box(page)).to_contain_text(f"token 4 looks most at token 1, with {share} %")
    next_stop(1)
    page.chips.nth(3).click()
    next_stop(2)
    points_at(page, page.chips.nth(3))
    page.page.keyboard.press("Escape")  # the focus is in the tour
    expect(page.page.locator(".chip.pinned")).to_have_count(0)
    at(page, 3, done=True)
    box(page).get_by_role("button", name="Back").click()
    at(page, 2)
    page.chips.nth(1).click()
    next_stop(2)
    page.chips.nth(1).focus()
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".chip.pinned")).to_have_count(0)
    expect(page.page.locator(".chip.query")).to_have_attribute("data-i", "5")
    next_stop(3)
    points_at(page, page.page.locator(".stage"))
    page.head(0, 0).click()
    at(page, 4, done=True)
    assert serious(page) == []
    next_stop(4)
    points_at(page, page.large)
    page.page.reload()
    page.ready()
    at(page, 5)
    points_at(page, page.large)
    page.large.hover(position={"x": 60, "y": 200})
    next_stop(5)
    points_at(page, page.page.locator("[data-mode=mean]"))
    page.page.locator("[data-mode=mean]").click()
    next_stop(6)
    points_at(page, page.page.get_by_role("button", name="Next token", exact=True))
    page.page.get_by_role("button", name="Next token", exact=True).click()
    next_stop(7)
    points_at(page, page.knob("temperature"))
    page.knob("temperature").fill("0.3")  # the wrong way: it waits on
    page.page.wait_for_timeout(300)
    at(page, 8)
    page.knob("temperature").fill("2")
    at(page, 8, done=True)
    bits = page.page.locator("section:has([data-knob=seed]) .note").inner_text().split()[1]
    expect(box(page)).to_contain_text(f"{bits} bits")
    next_stop(8)
    page.set_knobs(top_k=5)
    expect(box(page)).to_contain_text("5 of 65")
    next_stop(9)
    page.button("Run 200").click()
    next_stop(10)
    expect(page.button("Stop")).to_be_disabled()
    points_at(page, page.page.locator(".st-key-model"))
    page.page.get_by_test_id("stSelectbox").first.click()
    page.page.get_by_role("option", name="mini").first.click()
    expect(box(page)).to_contain_text("Move the slider")
    page.settled()
    at(page, 11)  # it waits for the slider
    points_at(page, page.page.locator(".st-key-scrub"))
    page.page.locator(".st-key-scrub input").fill("3")
    next_stop(11)
    expect(box(page)).to_contain_text("You have seen it all")
    assert max(heights) - min(heights) < 1, heights
    page.button("Close").click()
    expect(box(page)).to_be_hidden()
    assert page.wait_link(before) == before
    page.reads("ROMEO")
    expect(page.knob("temperature")).to_have_value("0.7")


def test_put_away_and_called_back(visit: Visit) -> None:
    """Whoever does not want it is not asked again; its button brings it back; Escape ends it, and undoes it."""
    page = visit("prompt=hi")
    page.button("Not now").click()
    expect(box(page)).to_be_hidden()
    page.open("prompt=hi")
    expect(box(page)).to_be_hidden()
    page.button("Tour").click()
    at(page, 0)
    page.knob("temperature").fill("2")
    page.settled()
    page.page.keyboard.press("Escape")
    expect(box(page)).to_be_hidden()
    page.wait_link({"t": None, "prompt": "hi"})
    assert focus(page) == "Tour"
