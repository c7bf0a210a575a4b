"""The feed-forward page in a browser: pointing, clicking, finding, breaking, a search that goes on, prompts, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from gpt.analysis import mlp
from tests.browser.driver import LOOKS, Driver
from tests.browser.test_access import STICKING_OUT, serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "abcdefgh|abc"
LINK = f"model=copy&prompt={quote(TEXT)}&layer=2"


def card(page: Driver, title: str) -> Locator:
    """A panel by the beginning of its title."""
    return page.page.get_by_role("region", name=re.compile("^" + title))


def test_a_neuron_is_pointed_at_chosen_worked_out_and_silenced(visit: Visit) -> None:
    """Its numbers are the engine's; its places come by themselves, from a text that is searched meanwhile."""
    page = visit(LINK, page="mlp")
    inside, model = shipped.inside(TEXT, "copy"), shipped.loaded("copy").model
    picture = page.page.locator("section[data-neuron] canvas")
    picture.focus()
    page.page.keyboard.press("ArrowRight")
    readout = page.page.locator("section[data-neuron] p.readout")
    number = int(re.findall(r"Neuron (\d+):", readout.inner_text())[0]) - 1
    assert f"{float(inside.mlp_pre[1, -1, number]):.4f} goes in" in readout.inner_text()
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(f'[data-neuron="{number}"]')
    title = f"Neuron {number + 1} of layer 2"
    expect(card(page, title)).to_be_visible()
    page.settled()
    push = card(page, title).locator("[data-push]").first
    assert float(push.get_attribute("data-push") or "nan") == pytest.approx(
        float(mlp.pushes(model, 1, number).max()), abs=1e-5
    )
    push.click()
    expect(card(page, "The sum behind one number")).to_contain_text("push of")
    card(page, title).locator("[data-kind=before]").click()
    expect(card(page, "The sum behind one number")).to_contain_text("before[")
    page.page.locator("[data-switch=neuron]").check()
    expect(card(page, "Break it")).to_contain_text("loss on held-out texts", timeout=20_000)
    expect(card(page, title).locator(".places li").first).to_be_visible(timeout=60_000)  # nobody has touched anything
    find = page.page.get_by_role("searchbox", name=re.compile("^A token"))
    find.fill("e")
    page.page.wait_for_selector('[data-token="e"]')
    best = card(page, "Who pushes").get_by_role("list", name=re.compile("^Neurons")).locator("li").first
    largest = float(
        mlp.effects(model, inside, len(TEXT) - 1, shipped.loaded("copy").tokenizer.encode("e")[0]).neurons.max()
    )
    assert float(best.locator(".number").inner_text()) == pytest.approx(largest, abs=1e-4)
    page.page.get_by_role("button", name="Layer 1", exact=True).click()
    expect(card(page, "Neurons of layer 1")).to_be_visible()


def test_axe_and_prompts_of_every_length(visit: Visit) -> None:
    """With none, one, sixty-four and the whole context of tokens nothing sticks out, and nothing fails."""
    page = visit("breaks=layer&number=push", page="mlp")
    expect(card(page, "Neuron ").locator(".places li").first).to_be_visible(timeout=60_000)
    for look in (LOOKS[0], LOOKS[2]):
        page.dress(*look)
        assert serious(page) == [], look
        for length in (128, 64, 1, 0):
            page.type(("To be, or not to be: that is the question. " * 4)[:length])
            expect(card(page, "Neurons")).to_contain_text("neurons are at rest" if length else "Type a character")
            assert page.page.evaluate(STICKING_OUT) == [], (look, length)
        page.type("To be, or not to be")
