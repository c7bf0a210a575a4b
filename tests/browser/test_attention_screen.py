"""The attention page's first screen: its own pictures at once, nothing that jumps, short prompts, a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from tests.browser.driver import Driver
from tests.browser.test_access import serious
from tests.browser.test_first_screen import HEAD, boxes

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou "
LINK = f"prompt={quote(TEXT)}&layer=3&head=6"
LATEST = 330  # pixels from the top by which the pictures have begun
LONGEST = 2_400  # pixels of the whole page; it had 3,700
LINES = "Lines from token to token"
HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"


def box(one: Locator) -> dict[str, Any]:
    """Where something stands."""
    found: Any = one.bounding_box()
    return found


def test_its_pictures_begin_at_once_and_nothing_jumps(visit: Visit) -> None:
    """Heads, one head, strongest keys and switches without scrolling; what is selected, or switched, moves no card."""
    page = visit(LINK, page="attention")
    switches = page.page.locator("[data-switch]")
    for picture in (page.head(0, 0), page.page.get_by_label(HEAD), page.page.locator("li[data-key]").first):
        assert box(picture)["y"] <= LATEST
    for whole in (page.head(5, 5), page.page.get_by_label(HEAD), switches.last, page.page.locator("dl").last):
        expect(whole).to_be_in_viewport(ratio=1)
    assert page.page.evaluate(HEIGHT) <= LONGEST
    expect(page.button("Chosen head")).to_have_attribute("aria-pressed", "true")
    before, moved = boxes(page), []

    def stays(when: str) -> None:
        page.settled()
        now = boxes(page)
        moved.extend(f"{when}: {name} {before[name]} -> {now[name]}" for name in before if before[name] != now[name])

    page.chips.nth(20).click()
    stays("token")
    page.page.get_by_label(HEAD).hover(position={"x": 90, "y": 200})
    stays("pointing")
    switches.first.check()
    stays("switch")
    page.page.locator("canvas[data-part=v]").click(position={"x": 60, "y": 60})
    stays("cell")
    expect(page.page.get_by_role("region", name="Selection").get_by_role("button")).to_have_count(4)
    page.page.get_by_role("button", name="Reset").click()
    stays("nothing")
    page.page.get_by_label("Order the heads by").select_option("word start")
    stays("order")
    for text in ("", "R", "ROMEO: O"):
        page.type(text)
        now = boxes(page)
        top = [name for name, place in before.items() if place[1] < 700]
        moved += [
            f"{text!r}: {name} {before[name]} -> {now.get(name)}" for name in top if before[name] != now.get(name)
        ]
    assert not moved, "\n".join(moved[:20])


def test_short_prompts_fill_their_panels(visit: Visit) -> None:
    """Lines as high as ever, where they were, and the rows of q and k as high as the squares beside them."""
    page = visit(LINK, page="attention")
    lines = page.page.locator(f"section[aria-label='{LINES}'] canvas")
    before = box(lines)
    for text, share in (("ROMEO: O", 0.7), ("R", 0.2)):
        page.type(text)
        assert box(lines) == before
        square, rows = (box(page.page.locator(f"canvas[data-part={part}]"))["height"] for part in ("dot", "q"))
        assert rows >= share * square


def test_on_a_phone_the_heads_come_soon(visit: Visit) -> None:
    page = visit(LINK, page="attention", width=390, height=844, dark=True)
    assert box(page.head(0, 0))["y"] <= 620
    expect(page.head(3, 5)).to_be_in_viewport(ratio=1)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
