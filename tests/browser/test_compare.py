"""Compare, in a browser: two steps of a training, a head that differs, A and B swapped, another prompt, the link."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious


def test_two_steps_of_a_training(visit: Callable[..., Driver]) -> None:
    """Quick choice, the head that differs most, keys in its map, a swap, another prompt for B, a reload, a phone."""
    page = visit("model=mini&prompt=ROMEO%3A+art", page="compare")
    card, heads = (page.page.locator(f"section[aria-label='{name}']") for name in ("A and B", "Heads"))
    page.button("the same prompt at step 0").click()
    page.wait_link({"step2": "0", "prompt2": "a", "model2": None})
    expect(card.get_by_label("Step of B")).to_have_value("0")
    found = card.get_by_role("status")
    expect(found).to_contain_text(re.compile(r"They differ most in head \d\.\d \(0\.\d+ of at most 1 bit\)"))
    said = found.inner_text()
    first = heads.locator("[data-head]").first
    first.click()
    layer, head = (int(first.get_attribute(f"data-{name}") or 0) + 1 for name in ("layer", "head"))
    assert f"head {layer}.{head} " in said
    page.wait_link({"layer": str(layer), "head": str(head)})
    expect(heads.get_by_role("heading", name=f"Layer {layer}, head {head}: 0.")).to_be_visible()
    first.press("ArrowRight")
    second = heads.locator("[data-head]").nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-pressed", "true")
    large = heads.locator("canvas[role=img]").nth(2)
    large.press("ArrowLeft")
    expect(heads.locator(".readout")).to_contain_text(re.compile(r"looks at .+: A \d+\.\d %, B \d+\.\d %, B − A"))
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
    page.button("Swap A and B").click()
    page.wait_link({"step": "0", "step2": "2000"})
    expect(card.get_by_label("Step of B")).to_have_value("2000")
    expect(found).to_contain_text(said[: said.index(",")])
    card.get_by_role("textbox").fill("ROMEO: ark")
    link = page.wait_link({"other": "ROMEO: ark", "prompt2": None})
    expect(card).to_have_attribute("data-rows", "9")
    told = found.inner_text()
    page.page.reload()
    page.ready("section[aria-label='Distance of the streams']")
    expect(found).to_have_text(told)
    expect(card.get_by_role("textbox")).to_have_value("ROMEO: ark")
    assert page.link() == link
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
    page.type("")
    expect(found).to_contain_text("Type a character into both prompts")
