"""The attention page in a browser: pointing, clicking, keys, playing the stages, switches, long prompts, and axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from gpt.analysis import arithmetic, heads
from tests.browser.driver import Driver, numbers
from tests.browser.test_access import STICKING_OUT, serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "ROMEO: O my love"
LINK = f"prompt={quote(TEXT)}&layer=3&head=6"
PLACES = re.compile(r"\((\d+)\)")
LONG = ("To be, or not to be, that is the question:\nWhether 'tis nobler in the mind to suffer\n" * 4)[:256]


def look(visit: Visit, query: str = LINK, **size: int | bool) -> Driver:
    """Open the attention page."""
    return visit(query, page="attention", **size)


def stage(page: Driver, part: str) -> Locator:
    """One map of the stages."""
    return page.page.locator(f"canvas[data-part={part}]")


def readout(page: Driver) -> str:
    """What the stages' panel says about the cell under the pointer."""
    return page.page.locator("section:has(canvas[data-part]) p.readout").inner_text()


def point(page: Driver, part: str, row: int, column: int) -> None:
    """Put the pointer on the middle of a cell, seen from the geometry that the map was drawn with."""
    where = stage(page, part).evaluate(
        "(c, [r, k]) => [c.geometry.left + (k + 0.5) * c.geometry.side, c.geometry.top + (r + 0.5) * c.geometry.high]",
        [row, column],
    )
    stage(page, part).hover(position={"x": where[0], "y": where[1]})


def test_pointing_reads_every_stage_without_asking_python(visit: Visit) -> None:
    """The value under the pointer is the engine's, in each stage; nothing travels; keys move the cell."""
    page = look(visit)
    found = arithmetic.stages(shipped.loaded().model, shipped.inside(TEXT), 2, 5)
    page.settled()
    sent = len(page.sent)
    for part, row, column in (
        ("q", 3, 7),
        ("k", 5, 0),
        ("dot", 4, 9),
        ("scaled", 9, 2),
        ("pattern", 15, 7),
        ("z", 2, 3),
    ):
        point(page, part, row, column)
        said, value = readout(page), getattr(found, part)[row, column].item()
        shown = numbers(said.rpartition(":")[2])[0]
        assert shown == pytest.approx(100 * value if part == "pattern" else value, abs=0.006), said
        assert str(row + 1) in said
    point(page, "masked", 3, 9)
    assert "−∞" in readout(page)
    assert len(page.sent) == sent, "pointing asked the server"
    # A cell lights its row and column everywhere: the token pair shades the strip and the neuron panel follows.
    point(page, "pattern", 12, 7)
    expect(page.chips.nth(12)).to_have_class(re.compile(r"\bquery\b"))
    expect(page.chips.nth(7)).to_have_class(re.compile(r"\bkey\b"))
    expect(page.page.get_by_text("products add up to")).to_contain_text(f"({8}) offers")
    # Arrows from cell to cell, Enter works it out, Escape lets go.
    page.page.mouse.move(2, 2)
    stage(page, "pattern").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft"):
        page.page.keyboard.press(key)
    assert [int(n) for n in PLACES.findall(readout(page))] == [15, 14]
    page.page.keyboard.press("Enter")
    page.wait_link({"cell": "pattern.14.13"})
    page.page.keyboard.press("Escape")
    assert "(" in readout(page)


def test_a_click_works_out_the_sum(visit: Visit) -> None:
    """The formula, the operands, and a difference that is next to nothing; the link keeps the cell; the stages play."""
    page = look(visit)
    for part, row, column in (("z", 9, 4), ("v", 2, 31), ("scaled", 11, 3)):
        point(page, part, row, column)
        page.page.mouse.down()
        page.page.mouse.up()
        page.wait_link({"cell": f"{part}.{row}.{column}"})
        total = page.page.locator("[data-difference]")
        expect(total).to_contain_text("recomputed")
        assert float(total.get_attribute("data-difference") or 1) <= 1e-5
    code = page.page.get_by_label("PyTorch that gives the same number")
    expect(code).to_contain_text("checkpoint.load(")
    page.button("Copy the PyTorch lines").click()
    expect(page.page.get_by_role("button", name=re.compile("Copied|Selected"))).to_be_visible()
    # Play begins at the first stage, pause holds, on and back go one by one.
    chips = page.page.get_by_role("button", name=re.compile(r"^Stage \d"))
    expect(chips).to_have_count(6)
    page.button("Play the stages").click()
    expect(chips.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(stage(page, "pattern")).to_be_hidden()
    expect(chips.nth(1)).to_have_attribute("aria-pressed", "true")
    page.button("Play the stages").click()  # it says pause now
    page.page.wait_for_timeout(2_600)
    expect(chips.nth(1)).to_have_attribute("aria-pressed", "true")
    page.button("One stage on").click()
    expect(chips.nth(2)).to_have_attribute("aria-pressed", "true")
    page.button("Back one stage").click()
    expect(chips.nth(1)).to_have_attribute("aria-pressed", "true")
    chips.nth(5).click()
    expect(stage(page, "pattern")).to_be_visible()


def test_switches(visit: Visit) -> None:
    """Turn one, everything follows; turn it back, and every difference is exactly 0 again; heads in an order."""
    page = look(visit)
    panel = page.page.locator("section[data-on]")
    before = panel.locator("dl").inner_text()
    page.page.locator("[data-switch=mask]").check()
    expect(panel).to_have_attribute("data-on", "mask")
    page.wait_link({"off": "mask"})
    assert panel.locator("dl").inner_text() != before
    point(page, "pattern", 2, 9)
    assert "hidden" not in readout(page)
    page.page.locator("[data-switch=mask]").uncheck()
    expect(panel).to_have_attribute("data-on", "")
    assert panel.locator("dl").inner_text() == before
    # In the order of a role the first map is the head that does it most.
    score = heads.scores(shipped.inside(TEXT).pattern, list(TEXT))["previous"]  # (L, H)
    page.page.get_by_label("Order the heads by").select_option("previous")
    first = page.page.locator("button[data-layer]").first
    best = divmod(int(score.argmax()), score.shape[1])
    expect(first).to_have_attribute("aria-label", re.compile(f"^layer {best[0] + 1}, head {best[1] + 1}:"))
    first.click()
    page.wait_link({"layer": str(best[0] + 1), "head": str(best[1] + 1)})


def test_a_long_prompt(visit: Visit) -> None:
    """256 characters: the six strongest keys first, a search that pins, a drag that zooms, Escape that shows all."""
    page = look(visit, f"prompt={quote(LONG)}&layer=3&head=6")
    size = shipped.loaded().config.block_size
    page.rows(size)
    expect(page.page.locator("li[data-key]")).to_have_count(6)
    page.page.get_by_label("Find a token").fill("question")
    page.button("Pin token").first.click()
    page.wait_link({"token": str(LONG[-size:].index("question") + 1)})
    canvas = stage(page, "pattern")
    box = canvas.bounding_box()
    assert box
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=4)
    page.page.mouse.up()
    whole = page.page.get_by_role("button", name=re.compile(f"show all {size}"))
    expect(whole).to_be_visible()
    canvas.focus()
    page.page.keyboard.press("Escape")
    expect(whole).to_be_hidden()


def test_axe_and_no_sideways_scroll(visit: Visit) -> None:
    """A line opened on a projector, no text on a phone; then each on either screen, in either light."""
    for query, width, height in ((LINK, 1280, 720), ("prompt=", 390, 844)):
        page = look(visit, query, width=width, height=height)
        for where in page.looks():
            assert serious(page) == [], (query, where)
            assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (query, where)
            assert page.page.evaluate(STICKING_OUT) == [], (query, where)
