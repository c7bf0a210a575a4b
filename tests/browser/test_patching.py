"""Activation patching, in a browser: a ready pair, the head that copies found by the grid alone, a click that keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from gpt import bundled, checkpoint
from gpt.analysis import heads
from gpt.trace import trace
from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious

NUMBER = r"\(?-?\d+\.\d\d\)?"


def test_the_grid_finds_the_head_that_copies(visit: Callable[..., Driver]) -> None:
    """A pair, the grid by keys: its largest cell is the induction head. Keep it, take it back; a phone."""
    page = visit("prompt=ROMEO%3A+art", page="compare")
    card = page.page.locator("section[aria-label='Activation patching']")
    grid, tokens = (page.page.locator(f"section[aria-label='{name}']").last for name in ("Heads", "Tokens"))
    card.get_by_role("button", name="copy: one letter changed").click()
    page.wait_link({"model": "copy", "prompt": "\ngacbdeh|gac", "other": "\ngacfdeh|gac"})
    expect(card).to_have_attribute("data-busy", "", timeout=60_000)
    canvas, readout = grid.locator("canvas[role=img]"), grid.locator(".readout")
    canvas.focus()
    found = dict[tuple[int, int], float]()
    for keys in (("ArrowUp",), ("ArrowRight",), ("ArrowDown",), ("ArrowLeft",)):
        for key in keys:
            canvas.press(key)
        expect(readout).to_contain_text(re.compile(rf"\(patched − A\) / \(B − A\) = .+ = {NUMBER}\."))
        told = readout.inner_text()
        layer, head = (int(found_[1]) for found_ in re.finditer(r"(?:layer|head) (\d+)", told))
        patched, a, b, again = (float(one.strip("()")) for one in re.findall(NUMBER, told)[:4])
        found[layer - 1, head - 1] = float(re.findall(rf"= ({NUMBER})\.", told)[0])
        assert a == again and abs((patched - a) / (b - a) - found[layer - 1, head - 1]) < 0.01
    assert len(found) == 4
    loaded = checkpoint.load(next(one for one in bundled.shelf() if one.name == "copy").last)
    text = "\ngacbdeh|gacbdeh"
    looks = heads.scores(trace(loaded.model, loaded.tokenizer.encode(text)).pattern, list(text))["induction"]  # (L, H)
    copies = max(found, key=lambda place: found[place])
    assert copies == divmod(int(looks.argmax()), looks.shape[1]) and found[copies] > 0.95
    for key in ("ArrowDown", "ArrowLeft", "Enter"):  # at head 2.1
        canvas.press(key)
    page.wait_link({"edits": "patch.z.2.1.all", "other": "\ngacfdeh|gac"})
    expect(card).to_contain_text("of the model without the edits")
    expect(readout).to_contain_text("A click takes this patch back.")
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
    canvas.press("Enter")
    page.wait_link({"edits": None})
    card.get_by_role("button", name="attention’s part").click()
    page.wait_link({"patch": "attn_out"})
    expect(card).to_have_attribute("data-busy", "", timeout=60_000)
    expect(card.locator(".found")).to_contain_text("what attention adds to the stream, layer 2 at token 12 “c” (1.00)")
    card.get_by_label("Answer of A").select_option(label="“f”")
    expect(card.locator(".note")).to_contain_text("Both answers are “f”: choose another one")
    card.get_by_label("Answer of A").select_option(label="the likeliest")
    expect(tokens.locator("canvas[role=img]")).to_be_visible()
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
