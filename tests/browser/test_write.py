"""Writing on: one token, many with a stop, back to one of them; and the training step, which moves everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from gpt.config import SamplingConfig
from tests.browser.driver import PATIENCE, Driver
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO "
LINK = f"prompt={quote(TEXT)}"


def written(page: Driver) -> int:
    """How many tokens the model has written."""
    return int(page.page.locator("[data-written]").get_attribute("data-written") or "-1")


def wait_written(page: Driver, count: int) -> None:
    """Wait until it has written at least so many."""
    for _ in range(3 * PATIENCE // 50):
        if written(page) >= count:
            return
        page.page.wait_for_timeout(50)
    raise AssertionError(f"only {written(page)} of {count} tokens came")


def stop(page: Driver) -> None:
    """Stop the writing, and let an answer come that was on its way."""
    page.button("Stop").click()
    expect(page.button("Stop")).to_be_disabled()
    page.page.wait_for_timeout(1_000)
    page.settled()


def afresh(page: Driver) -> None:
    """The text as at first: nothing is written yet."""
    page.type(TEXT)
    expect(page.page.locator("[data-written]")).to_have_attribute("data-written", "0", timeout=PATIENCE)


def test_next_token_by_next_token(visit: Visit) -> None:
    """Each press adds the token that gpt.sampling.generate would draw next, and every panel reads it."""
    page = visit(LINK)
    expected = shipped.written(TEXT, SamplingConfig(0.8), 5)
    for i in range(1, 6):
        page.button("Next token").click()
        wait_written(page, i)
        page.reads(TEXT + expected[:i])
        expect(page.box).to_have_value(TEXT + expected[:i])
    page.rows(len(TEXT) + 5)
    expect(page.page.locator(".chip.written")).to_have_count(5)
    # Writing follows the knobs: greedy takes the longest bar.
    afresh(page)
    page.set_knobs(greedy=True)
    bars = page.all_bars()
    best = max(bars, key=lambda i: bars[i][0])
    page.button("Next token").click()
    wait_written(page, 1)
    expect(page.box).to_have_value(TEXT + shipped.loaded().tokenizer.tokens[best])


def test_run_and_stop(visit: Visit) -> None:
    """Many at once, until Stop; the same seed and settings write what gpt.sampling.generate writes, to the letter."""
    page = visit(LINK)
    for settings in (
        SamplingConfig(0.8),
        SamplingConfig(1.2, top_k=10, top_p=0.9, seed=42),
        SamplingConfig(0.8, greedy=True),
    ):
        afresh(page)
        page.set_knobs(
            temperature=settings.temperature,
            top_k=settings.top_k,
            top_p=settings.top_p,
            seed=settings.seed,
            greedy=settings.greedy,
        )
        page.button("Run").click()
        wait_written(page, 20)
        stop(page)
        count = written(page)
        page.page.wait_for_timeout(700)
        assert written(page) == count, "it went on after Stop"
        text = TEXT + shipped.written(TEXT, settings, count)
        expect(page.box).to_have_value(text)
        page.reads(text)
        expect(page.button("Next token")).to_be_enabled()


def test_back_to_a_token(visit: Visit) -> None:
    """A written token takes back what came after it; going on from there writes the same again; a key stops it."""
    page = visit(LINK)
    page.button("Run").click()
    wait_written(page, 10)
    stop(page)
    expected = shipped.written(TEXT, SamplingConfig(0.8), 6)
    page.page.locator("section[data-written] .written button").nth(3).click()
    expect(page.page.locator("[data-written]")).to_have_attribute("data-written", "4")
    page.reads(TEXT + expected[:4])
    expect(page.box).to_have_value(TEXT + expected[:4])
    page.button("Next token").click()
    wait_written(page, 5)
    page.reads(TEXT + expected[:5])
    # A key while it writes: the key stays, the model is silent, and what it wrote belongs to the prompt.
    afresh(page)
    page.button("Run").click()
    wait_written(page, 5)
    page.box.press("End")
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type("Z")
    expect(page.page.locator("[data-written]")).to_have_attribute("data-written", "0")
    page.page.wait_for_timeout(1_000)
    page.settled()
    text = page.box.input_value()
    assert "Z" in text and text.startswith(TEXT)
    assert written(page) == 0
    page.reads(text)
    page.page.wait_for_timeout(700)
    expect(page.box).to_have_value(text)


def test_a_reload_while_it_writes_keeps_what_was_written(visit: Visit) -> None:
    """The address follows the writing, not only its end; the next draw is the next one."""
    page = visit(LINK)
    page.button("Run").click()
    wait_written(page, 30)
    page.page.wait_for_function("new URL(location.href).searchParams.get('written')?.split('-').length > 5")
    kept = len(page.query()["written"].split("-"))
    page.page.reload()
    page.ready()
    assert kept > 5 and written(page) >= kept
    text = page.box.input_value()
    assert text == TEXT + shipped.written(TEXT, SamplingConfig(0.8), written(page))
    expect(page.page.locator(".drawn")).to_contain_text(f"Draw {written(page) + 1} of seed")


def test_the_step_moves_everything(visit: Visit) -> None:
    """First, middle and last step of mini: bars and weights are those of the engine at that step."""
    steps = shipped.shelved("mini").steps
    page = visit(f"{LINK}&model=mini&layer=1&head=1")
    slider = page.page.locator("[data-step] input[type=range]")
    seen = []
    for i in (len(steps) - 1, 0, len(steps) // 2):
        slider.fill(str(i))
        expect(page.page.locator("[data-step]")).to_have_attribute("data-step", str(steps[i]), timeout=PATIENCE)
        page.settled()
        bars = page.all_bars()
        expected = shipped.shares(TEXT, SamplingConfig(0.8), "mini", steps[i])
        assert [bars[token][0] for token in sorted(bars)] == pytest.approx(expected, abs=1e-6), (
            f"bars of step {steps[i]}"
        )
        pattern = shipped.inside(TEXT, "mini", steps[i]).pattern.flatten().tolist()
        assert page.weights() == pytest.approx(pattern, abs=2e-5), f"heads of step {steps[i]}"
        pictures = page.page.locator("canvas").evaluate_all("(all) => all.map((canvas) => canvas.toDataURL())")
        seen.append((bars, page.tiles(), pictures))
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in zip(seen, seen[1:], strict=False))
    same = [i for i, pair in enumerate(zip(seen[0][2], seen[1][2], strict=True)) if pair[0] == pair[1]]
    assert len(same) <= 2, f"pictures {same} did not move (legends may stay)"
    page.wait_link({"step": str(steps[len(steps) // 2]), "model": "mini"})


def test_another_model(visit: Visit) -> None:
    """The picker changes the model; the prompt stays, and every number is the other model's."""
    page = visit(LINK)
    page.page.get_by_role("combobox").first.click()
    page.page.get_by_role("option", name=re.compile("^mini")).click()
    page.wait_link({"model": "mini"})
    page.reads(TEXT)
    config = shipped.loaded("mini").config
    expect(page.page.locator("[data-layer][data-head]")).to_have_count(config.n_layer * config.n_head)
    bars = page.all_bars()
    expected = shipped.shares(TEXT, SamplingConfig(0.8), "mini")
    assert [bars[token][0] for token in sorted(bars)] == pytest.approx(expected, abs=1e-6)


def test_to_a_smaller_model_and_back_while_it_writes(visit: Visit) -> None:
    """What is chosen in one model may not be there in the other: no panel reads it (an error fails the page)."""
    page = visit(f"{LINK}&layer=2&head=5")
    page.button("Run 200").click()
    wait_written(page, 3)
    for model in ("sort", "shakespeare"):
        page.page.get_by_role("combobox").first.click()
        page.page.get_by_role("option", name=re.compile(f"^{model} ")).click()
        config = shipped.loaded(model).config
        expect(page.page.locator("[data-layer][data-head]")).to_have_count(config.n_layer * config.n_head)
        page.settled()
