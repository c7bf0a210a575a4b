"""The page Next token in a browser: every knob dragged, and every column Python's; draws, orders, keys, phone, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Locator, expect

from gpt import sampling
from gpt.analysis.luck import luck
from gpt.config import SamplingConfig
from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious
from tests.support import shipped

Visit = Callable[..., Driver]
MODEL, TEXT = "shakespeare-bpe", "KING RICHARD:\nMy lord, the "
COLUMNS = {
    "penalty": "penalised",
    "temperature": "scaled",
    "top-k": "after_top_k",
    "top-p": "after_top_p",
    "min-p": "after_min_p",
}
# What is there two frames after a knob has moved.
SHOWN = """async ([name, value]) => {
  const find = (node) => [...node.querySelectorAll("*")].filter((el) => el.shadowRoot)
    .flatMap((el) => [el.shadowRoot, ...find(el.shadowRoot)]);
  if (name) {
    const knob = find(document).map((root) => root.querySelector(`[data-knob=${name}]`)).find(Boolean);
    knob.value = value;
    knob.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
  const { stages, settings } = window.nanoscope.pipeline;
  const after = Object.entries(stages.after).map(([step, values]) => [step, [...values]]);
  return { settings, after: Object.fromEntries(after), p: [...stages.p], cumulative: [...stages.cumulative] };
}"""
DRAGS = [
    ("temperature", (0.05, 1.7, 5)),
    ("min_p", (0.3, 0.02, 1)),
    ("repetition_penalty", (0.5, 3, 1.8)),
    ("top_p", (0, 0.6, 0.97)),
    ("top_k", (0, 300, 700)),
    ("min_p", (0.01,)),
    ("temperature", (0.9,)),
]


def card(page: Driver, name: str) -> Locator:
    """A panel by its title."""
    return page.page.get_by_role("region", name=name, exact=True)


def agree(page: Driver, name: str = "", value: float = 0) -> SamplingConfig:
    """Every column is the engine's, to a millionth, at the settings that the page has now."""
    shown: dict[str, Any] = page.page.evaluate(SHOWN, [name, str(value)])
    settings = SamplingConfig(**shown["settings"])
    stages = sampling.stages(shipped.inside(TEXT, MODEL).logits[-1], settings, shipped.ids_of(TEXT, MODEL))
    for step, field in COLUMNS.items():
        np.testing.assert_allclose(shown["after"][step], getattr(stages, field), rtol=1e-6, atol=1e-6, err_msg=step)
    np.testing.assert_allclose(shown["p"], stages.probabilities, rtol=0, atol=1e-6)
    np.testing.assert_allclose(shown["cumulative"], stages.cumulative, rtol=0, atol=1e-6)
    return settings


def test_every_knob_dragged_and_draws_and_orders(visit: Visit) -> None:
    """The browser follows each movement with Python's numbers and asks nothing; the link restores what is chosen."""
    page = visit(f"model={MODEL}&prompt={quote(TEXT)}", page="next_token")
    columns, draw = card(page, "From logits to probabilities"), card(page, "The draw")
    page.settled()
    before = len(page.sent)
    for name, values in DRAGS:
        for value in values:
            agree(page, name, value)
    assert len(page.sent) == before, "a movement asks nothing of the server"
    page.knob("min_p").dispatch_event("change")
    page.settled()
    kept = agree(page)
    page.wait_link({"t": "0.9", "minp": "0.01", "penalty": "1.8", "p": "0.97", "k": str(kept.top_k)})
    columns.get_by_role("button", name="Swap temperature and top-k").click()
    expect(columns).to_contain_text("Against the usual order:")
    assert agree(page).order == "penalty.top-k.temperature.top-p.min-p"
    page.knob("greedy").check()
    expect(columns).to_contain_text("1 of 1,024 tokens can be drawn; removed by greedy 1,023")
    assert agree(page).greedy
    page.knob("greedy").uncheck()
    expect(columns).not_to_contain_text("removed by greedy")
    page.settled()

    # The draws are Python's.
    u = sampling.draw(kept.seed, 1)
    draw.get_by_role("button", name="Draw again").click()
    expect(draw).to_contain_text(f"Draw 2 of seed {kept.seed}: u = {u:.6f}")
    draw.get_by_role("button", name="Next seed").click()
    expect(draw).to_contain_text(f"Draw 1 of seed {kept.seed + 1}")
    draw.get_by_role("button", name="Draw 1,000").click()
    now = replace(agree(page), seed=kept.seed + 1)
    logits = shipped.inside(TEXT, MODEL).logits[-1]
    found = luck(sampling.distribution(logits, now, shipped.ids_of(TEXT, MODEL)), 1_000, now.seed)
    expect(draw).to_contain_text(f"p = {found.p_value:.3f}")
    page.page.mouse.move(0, 0)
    page.settled()

    # The keys move the row; its sums are told. What the address says is there again.
    grid = columns.get_by_role("grid")
    grid.focus()
    for key, place in (("ArrowDown", 1), ("PageDown", None), ("End", 1_023), ("Home", 0)):
        grid.press(key)
        if place is not None:
            expect(grid).to_have_attribute("aria-activedescendant", f"row-{place}")
    expect(columns).to_contain_text(re.compile("renormalised *exp"))
    page.wait_link({"many": "1000", "order": "penalty.top-k.temperature.top-p.min-p", "seed": str(now.seed)})
    page.page.reload()
    page.ready()
    assert agree(page) == now
    expect(draw).to_contain_text(f"p = {found.p_value:.3f}")

    # Nothing serious, nothing sticks out, light and dark, on a screen and a phone, without a text as well.
    top = columns.bounding_box()
    assert top and top["y"] < 260
    assert serious(page) == []
    page.dress(390, 844, dark=True)
    assert serious(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.page.evaluate(STICKING_OUT) == []
    page.box.fill("")
    page.settled()
    expect(columns).to_contain_text("Type a character: then there are logits.")
