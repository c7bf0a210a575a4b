"""A stack of edits travels: by a link to every page, to another model, and back; one bar tells of it everywhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.driver import LAST, Driver
from tests.browser.test_access import STICKING_OUT, serious
from tests.browser.test_first_screen import go

FIVE = "head.1.2.zero~mlp.2.mean~cut.all.all.5.4~add.resid_post.1.all.4.0.token.17~patch.v.4.1.all"
LINK = f"model=mini&prompt={quote('ROMEO: what')}&edits={quote(FIVE)}&other={quote('JULIET: oh')}"


def test_five_edits_over_pages_a_model_and_back(visit: Callable[..., Driver]) -> None:
    """Off, on, clear, undo; what does not fit is told and comes back; the bars are the edited model's; axe, a phone."""
    page = visit(LINK)
    bar = page.page.locator("section[aria-label='Edits of the model']")
    box = bar.get_by_role("checkbox", name="On")
    expect(bar).to_contain_text("5 edits active: Head 1.2 hands on nothing;")
    edited = page.all_bars()
    box.uncheck()
    off = "~".join("-" + line for line in FIVE.split("~"))
    page.wait_link({"edits": off})
    expect(bar).to_contain_text("5 edits, switched off")
    page.settled()
    assert page.all_bars() != edited
    box.check()
    page.wait_link({"edits": FIVE})
    page.settled()
    assert page.all_bars() == edited
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []

    go(page, "Residual stream")
    page.ready(LAST["residual"])
    page.wait_link({"edits": FIVE, "other": "JULIET: oh", "model": "mini", "prompt": "ROMEO: what"})
    expect(bar).to_contain_text("As trained, without them: the gradients.")
    bar.get_by_role("link", name="Edits").click()
    page.ready(LAST["edits"])
    expect(page.page.locator("section[aria-label='Edits'] li")).to_have_count(5)
    page.wait_link({"edits": FIVE, "model": "mini", "prompt": "ROMEO: what"})
    page.page.go_back()
    page.ready(LAST["residual"])
    expect(bar).to_contain_text("5 edits active")

    bar.get_by_role("button", name="Clear").click()
    page.wait_link({"edits": None})
    expect(bar).to_contain_text("5 edits taken away")
    bar.get_by_role("button", name="Undo").click()
    page.wait_link({"edits": FIVE})
    page.type("RO")  # token 5 is gone, and with it the edge
    expect(bar).to_contain_text("4 edits active:")
    expect(bar).to_contain_text(
        "Token 5 does not see token 4, everywhere. There is no token 5: the model reads 2 here."
    )
    page.type("ROMEO: what")
    expect(bar).to_contain_text("5 edits active:")
    page.page.get_by_role("combobox", name="Model").click()
    page.page.get_by_role("option").filter(has_text="copy").click()
    page.wait_link({"model": "copy", "edits": FIVE})
    expect(bar).to_contain_text("There is no layer 4")
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
