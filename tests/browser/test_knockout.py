"""What matters, in a browser: it measures while one looks, follows a key, and what is typed over leaves no trace."""

from __future__ import annotations

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
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
