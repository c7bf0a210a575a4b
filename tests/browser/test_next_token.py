"""The bars: computed in the browser while a knob is dragged, and the same as the engine's to a millionth."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from gpt import sampling
from gpt.analysis import entropy
from gpt.config import SamplingConfig
from tests.browser.driver import Driver, numbers
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "KING RICHARD:\nMy lord, the "
LINK = f"prompt={quote(TEXT)}"

# (temperature, top-k, top-p, greedy): each knob alone, at its ends, and all together
SETTINGS = [
    (0.8, 0, 1.0, False),
    (0.1, 0, 1.0, False),
    (3.0, 0, 1.0, False),
    (1.0, 1, 1.0, False),
    (1.0, 5, 1.0, False),
    (1.0, 0, 0.5, False),
    (1.0, 0, 0.05, False),
    (0.5, 10, 0.9, False),
    (2.0, 40, 0.75, False),
    (1.5, 3, 0.3, False),
    (1.2, 64, 0.99, False),
    (1.0, 0, 1.0, True),
    (2.0, 5, 0.5, True),
]


def agree(bars: dict[int, tuple[float, bool]], settings: SamplingConfig, position: int = -1) -> None:
    """The page's bars are the engine's: every share to 1e-6, and what was removed."""
    logits = shipped.inside(TEXT).logits[position]
    stages = sampling.stages(logits, settings)
    assert sorted(bars) == list(range(len(logits))), "some tokens have no bar"
    assert [bars[i][0] for i in sorted(bars)] == pytest.approx(stages.probabilities.tolist(), abs=1e-6), settings
    assert [bars[i][1] for i in sorted(bars)] == (stages.removed_by > 0).tolist(), settings


def test_the_bars_are_the_engines(visit: Visit) -> None:
    page = visit(LINK)
    for temperature, top_k, top_p, greedy in SETTINGS:
        page.set_knobs(temperature=temperature, top_k=top_k, top_p=top_p, greedy=greedy)
        agree(page.all_bars(), SamplingConfig(temperature, top_k, top_p, greedy))


def test_removed_tokens_stay_visible(visit: Visit) -> None:
    """Greyed, in their place, with a bar of what they had: what takes away is seen; then other positions."""
    page = visit(LINK)
    page.set_knobs(temperature=1, top_k=3)
    bars = page.all_bars()
    assert sum(removed for _, removed in bars.values()) == len(bars) - 3
    out = page.page.locator("[data-id].removed").first
    expect(out).to_be_visible()
    assert out.evaluate("(bar) => Math.max(...[...bar.querySelectorAll('*')].map((part) => part.clientHeight))") > 0
    page.set_knobs(top_k=0, top_p=0.4)
    assert 0 < sum(removed for _, removed in page.all_bars().values()) < len(bars)
    page.set_knobs(top_p=1)
    assert not any(removed for _, removed in page.all_bars().values())
    # The entropy in bits, and among how many equal options that is.
    for values in ({"temperature": 1, "top_p": 1.0}, {"temperature": 2}, {"top_k": 4}):
        page.set_knobs(**values)
        shown = {i: share for i, (share, _) in page.all_bars().items()}
        bits = entropy.of(np.array([shown[i] for i in sorted(shown)]))
        told = numbers(page.page.locator("section:has([data-knob=seed])").inner_text())
        assert any(abs(number - bits) <= 0.0051 for number in told), bits
        assert any(abs(number - 2**bits) <= 0.051 for number in told), 2**bits
    # Looking at a token shows what the model expected after it, and which token came.
    page.set_knobs(temperature=0.8, top_k=0)
    page.chips.nth(5).click()
    page.settled()
    agree(page.all_bars(), SamplingConfig(0.8), position=5)
    expect(page.page.locator("[data-id] .came")).to_have_count(1)


def test_dragging_redraws_at_once_and_asks_nobody(visit: Visit) -> None:
    """While the button is held, every movement shows; Python hears only of the last one, once let go."""
    page = visit(LINK)
    page.all_bars()
    knob = page.knob("temperature")
    knob.scroll_into_view_if_needed()
    page.settled()
    box = knob.bounding_box()
    assert box
    mouse, y, sent = page.page.mouse, box["y"] + box["height"] / 2, len(page.sent)
    mouse.move(box["x"] + 0.3 * box["width"], y)
    mouse.down()
    seen = []
    for share in (0.4, 0.5, 0.6, 0.7, 0.8):
        mouse.move(box["x"] + share * box["width"], y, steps=3)
        bars = page.all_bars()
        agree(bars, SamplingConfig(float(knob.input_value())))
        seen.append(bars)
    assert len({bars[0][0] for bars in seen}) == len(seen), "the bars did not follow every movement"
    page.page.wait_for_timeout(400)
    assert len(page.sent) == sent, "dragging asked the server"
    mouse.up()
    page.wait_link({"t": str(float(knob.input_value()))})
    assert len(page.sent) > sent
    agree(page.all_bars(), SamplingConfig(float(knob.input_value())))


@pytest.mark.parametrize(
    ("query", "settings"),
    [
        ("t=0.03", SamplingConfig(0.03)),  # below the slider's end
        ("t=1.23", SamplingConfig(1.23)),  # between two of its steps
        ("t=20", SamplingConfig(20.0)),  # beyond its end
        ("t=1&p=0.005", SamplingConfig(1.0, top_p=0.005)),
        ("t=1&p=0.995", SamplingConfig(1.0, top_p=0.995)),
        ("t=1&k=5000", SamplingConfig(1.0, top_k=5000)),
    ],
)
def test_a_link_beyond_the_sliders(visit: Visit, query: str, settings: SamplingConfig) -> None:
    """What is drawn from is what is shown, though a slider cannot be put there by hand."""
    page = visit(f"{LINK}&{query}")
    agree(page.all_bars(), settings)
    page.button("Next token").click()
    page.page.wait_for_selector('[data-written="1"]')
    expect(page.box).to_have_value(TEXT + shipped.written(TEXT, settings, 1))


def test_the_seed_that_is_shown_is_the_one_used(visit: Visit) -> None:
    """A seed that cannot be is refused where it is typed; what the field then holds is what Python draws from."""
    page = visit(LINK)
    faults = []
    for seed in ("7", "9999999999", "4294967295", "4294967296", "-1", "abc", "1e3", "", "0008"):
        page.set_knobs(seed=seed)
        shown, used = page.knob("seed").input_value(), page.link().get("seed", "1337")
        if not shown.isdecimal() or int(shown) != int(used):
            faults.append(f"typed {seed!r}: shows {shown!r}, draws from {used}")
    assert not faults, "\n".join(faults)
