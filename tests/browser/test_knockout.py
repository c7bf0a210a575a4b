"""What matters, in a browser: it measures while one looks, follows a key, and what is typed over leaves no trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious

TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo? Deny thy father"


def test_it_measures_follows_the_keys_and_fits(visit: Callable[..., Driver]) -> None:
    """A long prompt, a key, another effect, a phone in the dark: numbers come, and nothing sticks out."""
    page = visit(f"prompt={quote(TEXT)}", page="knockout")
    card = page.page.locator("section[aria-label='What matters']")
    expect(card).to_have_attribute("data-busy", "", timeout=60_000)
    found = card.locator(".found")
    expect(found).to_contain_text("Missed most: head ")
    before = found.inner_text()
    page.box.press("End")
    page.box.press("Backspace")
    expect(found).not_to_have_text(before)
    expect(card).to_have_attribute("data-busy", "", timeout=60_000)
    page.page.get_by_role("button", name="all (KL)").click()
    expect(found).to_contain_text("bits")
    page.wait_link({"effect": "kl"})
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
    # A click keeps an edit, and all is measured on top of it; so does the edge of a token, in one layer's heads.
    grid = page.page.locator("section[aria-label='Heads and MLPs']")
    page.page.keyboard.press("Escape")
    grid.locator(".maps canvas").focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    page.wait_link({"edits": "head.1.1.zero"})
    expect(card.locator(".note")).to_contain_text("with 1 edit made")
    expect(grid.locator(".readout")).to_contain_text("Kept")
    edges = page.page.locator("section[aria-label='Edges']")
    edges.get_by_label("Cut in").select_option("2")
    expect(edges.locator("canvas").first).to_have_attribute("aria-label", re.compile("Edges|Change"))
    expect(card).to_have_attribute("data-busy", "", timeout=60_000)
    edges.locator(".maps canvas").focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    last = len(TEXT) - 1
    page.wait_link({"edits": f"head.1.1.zero~cut.2.1.{last}.1"})
    expect(card.locator(".note")).to_contain_text("with 2 edits made")
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
