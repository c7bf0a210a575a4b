"""Tokens and heads: what is hovered, pinned and chosen, and that the numbers shown are the engine's."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.driver import Driver, numbers
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "ROMEO: O my love"
LINK = f"prompt={quote(TEXT)}&layer=1&head=1"
TENTH = Decimal("0.1")  # of a percent
CELL = re.compile(r"\((\d+)\)")  # positions, as the page writes them, counted from 1


def test_hover_shades_without_asking_python(visit: Visit) -> None:
    """Each token shades the others by its own attention, as the weights say; nothing travels to the server."""
    page = visit(LINK)
    page.settled()
    sent = len(page.sent)
    seen = set()
    for i in (3, 7, 12):
        page.chips.nth(i).hover()
        expect(page.chips.nth(i)).to_have_class(re.compile(r"\bquery\b"))
        shades = page.shades()
        assert any(shades[: i + 1]), "nothing is shaded"
        assert not any(shades[i + 1 :]), "a token that comes later is shaded"
        seen.add(tuple(shades))
    assert len(seen) == 3
    page.page.mouse.move(2, 2)
    page.page.wait_for_timeout(400)
    assert len(page.sent) == sent, "hovering asked the server"
    # The darkest token is the one that gets most of the attention, for every query.
    pattern = shipped.inside(TEXT).pattern[0, 0]  # (T, T)
    for query in (4, 9, 15):
        page.chips.nth(query).hover()
        expect(page.chips.nth(query)).to_have_class(re.compile(r"\bquery\b"))
        dark = [sum(255 - value for value in numbers(shade)[:3]) if shade else 0 for shade in page.shades()]
        assert dark.index(max(dark)) == int(pattern[query].argmax())


def test_click_pins_and_escape_lets_go(visit: Visit) -> None:
    """Python hears of a pin, which the link tells; Escape takes it back; a pin goes with its token; arrow keys move."""
    page = visit(LINK)
    page.chips.nth(4).click()
    page.wait_link({"token": "5"})
    expect(page.chips.nth(4)).to_have_attribute("aria-pressed", "true")
    page.page.mouse.move(2, 2)
    expect(page.chips.nth(4)).to_have_class(re.compile(r"\bquery\b"))  # the pin stays when the pointer goes
    page.chips.nth(4).focus()
    page.page.keyboard.press("Escape")
    page.wait_link({"token": None})
    expect(page.chips.nth(4)).to_have_attribute("aria-pressed", "false")
    page.chips.nth(6).click()
    page.wait_link({"token": "7"})
    page.chips.nth(6).click()  # the same again lets go, too
    page.wait_link({"token": None})
    # A text that becomes shorter takes the pin along, in the link too: what comes back later is not pinned.
    page.chips.nth(10).click()
    page.wait_link({"token": "11"})
    page.type("ROMEO")
    page.type(TEXT)
    expect(page.chips.nth(10)).to_have_attribute("aria-pressed", "false")
    page.wait_link({"token": None})
    # One stop for the Tab key, then arrows from token to token; focus shades as hovering does.
    page.page.mouse.move(2, 2)
    last = len(TEXT) - 1
    page.chips.nth(last).focus()
    shades = page.shades()
    for step in range(1, 4):
        page.page.keyboard.press("ArrowLeft")
        expect(page.chips.nth(last - step)).to_be_focused()
        expect(page.chips.nth(last - step)).to_have_class(re.compile(r"\bquery\b"))
        assert page.shades() != shades
        shades = page.shades()
    page.page.keyboard.press("Home")
    expect(page.chips.first).to_be_focused()
    page.page.keyboard.press("ArrowLeft")
    expect(page.chips.first).to_be_focused()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    page.wait_link({"token": "2"})


def test_values_under_the_pointer_are_the_engines(visit: Visit) -> None:
    """Of a head from the link and of one that is clicked."""
    page = visit(LINK)
    values_are_the_engine_s(page, 0, 0)
    page.head(1, 2).click()
    expect(page.large).to_have_attribute("aria-label", re.compile("layer 2, head 3", re.IGNORECASE))
    values_are_the_engine_s(page, 1, 2)


def values_are_the_engine_s(page: Driver, layer: int, head: int) -> None:
    """Every cell that the pointer meets tells its weight, right to the last printed digit, or that it is masked."""
    pattern = shipped.inside(TEXT).pattern[layer, head]  # (T, T)
    box = page.large.bounding_box()
    assert box
    allowed, masked = set(), set()
    page.large.scroll_into_view_if_needed()
    for down in range(1, 10):
        for across in range(1, 10):
            page.large.hover(position={"x": box["width"] * across / 10, "y": box["height"] * down / 10})
            told = page.large.get_attribute("aria-label") or ""
            cells = [int(number) - 1 for number in CELL.findall(told)]
            if len(cells) != 2:
                continue  # on the labels
            query, key = cells
            if key > query:
                assert "masked" in told
                masked.add((query, key))
            else:
                printed = re.findall(r"(\d+\.\d)\s*%", told)[0]
                assert printed == str(Decimal(100 * float(pattern[query, key])).quantize(TENTH, ROUND_HALF_UP)), told
                allowed.add((query, key))
    assert len(allowed) >= 20 and len(masked) >= 20
    assert any(query == key for query, key in allowed)


def test_the_large_map_and_ways_to_shade(visit: Visit) -> None:
    """Every weight is the engine's; arrow keys move the cell, Enter pins its row; ways to shade; another head."""
    page = visit(LINK)
    page.large.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        page.page.keyboard.press(key)
    told = page.large.get_attribute("aria-label") or ""
    last = len(TEXT)
    assert [int(number) for number in CELL.findall(told)] == [last - 2, last - 1] or "masked" in told, told
    page.page.keyboard.press("Enter")
    page.wait_link({"token": str(last - 2)})
    page.page.keyboard.press("Escape")
    page.wait_link({"token": None})
    # All layers, heads, queries and keys at once: no more than the rounding to 16 bits between them.
    assert page.weights() == pytest.approx(shipped.inside(TEXT).pattern.flatten().tolist(), abs=2e-5)
    # The other two ways to shade; the link tells which.
    pattern = shipped.inside(TEXT).pattern[0]  # (H, T, T)
    for mode, row in (("mean", pattern.mean(dim=0)[-1]), ("max", pattern.amax(dim=0)[-1])):  # (T,)
        page.page.locator(f"[data-mode={mode}]").click()
        page.wait_link({"mode": mode})
        note = page.page.locator("section:has([data-mode])").inner_text()
        best = int(row.argmax())
        assert f"({best + 1})" in note
        assert any(abs(number / 100 - float(row[best])) < 0.006 for number in numbers(note)), note
    page.page.locator("[data-mode=head]").click()
    page.wait_link({"mode": None})
    # A click shows a head large; arrow keys go on from there.
    config = shipped.loaded().config
    layer, head = config.n_layer - 1, config.n_head - 1
    before = page.large.evaluate("(canvas) => canvas.toDataURL()")
    page.head(layer, head).click()
    label = re.compile(f"layer {layer + 1}, head {head + 1}", re.IGNORECASE)
    expect(page.large).to_have_attribute("aria-label", label)
    expect(page.head(layer, head)).to_have_attribute("aria-pressed", "true")
    expect(page.head(0, 0)).to_have_attribute("aria-pressed", "false")
    assert page.large.evaluate("(canvas) => canvas.toDataURL()") != before
    page.wait_link({"layer": str(layer + 1), "head": str(head + 1)})
    page.page.keyboard.press("ArrowUp")
    page.page.keyboard.press("ArrowLeft")
    expect(page.large).to_have_attribute("aria-label", re.compile(f"layer {layer}, head {head}", re.IGNORECASE))
