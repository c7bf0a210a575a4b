"""The page Exercises in a browser: a puzzle solved by keyboard, a slip by pointer, the work kept by a reload."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from gpt.lessons.exercises.table import EXERCISES
from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious

Visit = Callable[..., Driver]
LATEST = 260  # pixels from the top by which the page's own matter has begun
BLOCK = EXERCISES["block"]
# The heads' results joined before the loop that makes them; the sum before that; nothing indented.
MIXED = ("ba", "bl", "bj", "bp", "be", "bf", "bg", "br")


def offered(page: Driver, key: str) -> Locator:
    """A line to choose."""
    return page.page.get_by_label("Lines to choose").get_by_role("button", name=BLOCK.line(key).text, exact=True)


def placed(page: Driver, key: str) -> Locator:
    """A line of the program."""
    program = page.page.get_by_label("Your program")
    return program.locator("button", has=page.page.get_by_text(BLOCK.line(key).text, exact=True))


def test_a_puzzle_by_keyboard_a_slip_by_pointer_and_a_reload(visit: Visit) -> None:
    page = visit("exercise=block", page="exercises")
    card, keys = page.page.locator("[data-puzzle]"), page.page.keyboard
    assert (offered(page, "bj").bounding_box() or {})["y"] <= LATEST
    for key in MIXED:
        offered(page, key).focus()
        keys.press("Enter")
    expect(page.page.get_by_label("Your program").locator("button")).to_have_count(len(MIXED))
    placed(page, "bp").focus()
    keys.press("ArrowUp")
    keys.press("ArrowRight")
    expect(card).to_have_attribute("data-puzzle", "solved")
    expect(placed(page, "bp")).to_be_focused()
    expect(card.get_by_role("status")).to_contain_text("the largest difference is 0")
    expect(page.page.get_by_role("button", name="✓ A block")).to_be_visible()
    assert page.page.locator("td.off").count() == 0

    placed(page, "bp").click()
    page.page.get_by_role("button", name="Indent less").click()
    expect(card.get_by_role("status")).to_contain_text("makes no program")
    page.page.get_by_role("button", name="Indent more").click()
    expect(card).to_have_attribute("data-puzzle", "solved")

    # A twin in the place of a line, dragged by its grip: up, and to the side, and back.
    offered(page, "be").click()
    placed(page, "bj").click()
    offered(page, "bex").click()
    expect(card.get_by_role("status")).to_contain_text("the first line after which they differ is 5")
    assert page.page.locator("td.off").count() == 16
    page.page.get_by_role("button", name="Give me a hint").click()
    expect(card.locator(".hints")).to_have_text("Look at line 5.")
    page.page.get_by_role("button", name="Tell me more").click()
    expect(card.locator(".hints")).to_contain_text("The x + is missing")
    grip = card.locator("li", has=page.page.get_by_text("x = self.norm1(attended)", exact=True)).locator(".grip")
    box, above = grip.bounding_box() or {}, placed(page, "bl").bounding_box() or {}
    page.page.mouse.move(box["x"] + 5, box["y"] + 8)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 31, above["y"] - 2, steps=6)
    page.page.mouse.up()
    page.wait_link({"exercise": "block", "lines": "ba1.bex2.bl1.bp2.bj1.bf1.bg1.br1"})
    assert serious(page) == []

    page.page.reload()
    page.ready("[data-puzzle]")
    texts = page.page.get_by_label("Your program").locator("button > span:first-child").all_inner_texts()
    assert texts == [BLOCK.line(key).text for key in ("ba", "bex", "bl", "bp", "bj", "bf", "bg", "br")]


def test_a_phone_in_the_dark(visit: Visit) -> None:
    page = visit("exercise=model&lines=mt1.mk1.mp1.mx1.ml1.mb2.mn2.mo1.mr1", True, 390, 844, page="exercises")
    expect(page.page.get_by_role("status").first).to_contain_text("the first line after which they differ is 7")
    page.page.get_by_role("button", name="Show the answer").click()
    expect(page.page.get_by_label("The answer")).to_contain_text("for block in self.blocks:\n        x = block(x)")
    assert page.page.evaluate(STICKING_OUT) == []
    assert serious(page) == []
    page.page.get_by_role("button", name="Put these lines in place").click()
    expect(page.page.locator("[data-puzzle]")).to_have_attribute("data-puzzle", "solved")
