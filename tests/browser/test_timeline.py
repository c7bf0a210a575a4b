"""The timeline in a browser: the slider, the marks and Play move everything, and quickly."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

import bundled
import pytest
from playwright.sync_api import Browser, Locator, expect

from browser.driver import PATIENCE, Driver
from browser.own_server import OwnServer, another, own_server
from browser.test_access import STICKING_OUT, serious
from gpt.config import SamplingConfig

pytestmark = bundled.needs_mini
Open = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo?\nDeny thy father and refuse"[:64]
LINK = f"prompt={quote(TEXT)}&layer=1&head=1"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server that nobody has opened a page of yet."""
    with own_server(tmp_path_factory.mktemp("timeline")) as own:
        yield own


@pytest.fixture
def timeline(own: OwnServer, chromium: Browser) -> Iterator[Open]:
    """Open the timeline: `timeline("prompt=abc", color_scheme="dark")`; each call is a new visitor."""

    with ExitStack() as stack:

        def open_page(query: str = "", **options: object) -> Driver:
            page = stack.enter_context(another(chromium, own.server, **options))
            page.page.goto(f"{own.server.url}/timeline" + (f"?{query}" if query else ""))
            expect(at(page)).to_be_visible(timeout=60_000)
            page.ready()
            return page

        yield open_page


def at(page: Driver) -> Locator:
    """What says which step is drawn."""
    return page.page.locator("section[data-step]:has(input[type=range])")


def slider(page: Driver) -> Locator:
    """The slider over the steps."""
    return page.page.get_by_role("slider", name="Training step")


def test_the_first_visit(timeline: Open) -> None:
    """Mini, all its steps, at the last."""
    steps = bundled.shelved("mini").steps
    page = timeline()
    expect(slider(page)).to_have_attribute("max", str(len(steps) - 1))
    expect(slider(page)).to_have_value(str(len(steps) - 1))
    expect(at(page)).to_have_attribute("data-step", str(steps[-1]))
    config = bundled.loaded("mini").config
    expect(page.page.locator("[data-layer][data-head]")).to_have_count(config.n_layer * config.n_head)
    expect(page.page.get_by_role("dialog")).to_have_count(0)


def test_arrow_keys_go_through_the_steps(timeline: Open) -> None:
    """Each key is one step; bars and weights are those of the engine there."""
    steps = bundled.shelved("mini").steps
    page = timeline(LINK)
    page.all_bars()
    slider(page).focus()
    for key, i in (("ArrowLeft", len(steps) - 2), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("End", -1)):
        page.page.keyboard.press(key)
        expect(at(page)).to_have_attribute("data-step", str(steps[i]), timeout=PATIENCE)
        page.settled()
        bars = page.all_bars()
        expected = bundled.shares(TEXT, SamplingConfig(0.8), "mini", steps[i])
        assert [bars[token][0] for token in sorted(bars)] == pytest.approx(expected, abs=1e-6), f"bars, step {steps[i]}"
        pattern = bundled.inside(TEXT, "mini", steps[i]).pattern.flatten().tolist()
        assert page.weights() == pytest.approx(pattern, abs=2e-5), f"heads, step {steps[i]}"
        expect(slider(page)).to_be_focused()


def test_a_mark_jumps_to_its_step(timeline: Open) -> None:
    """It also shows the head that it tells of."""
    page = timeline(LINK)
    marks = page.page.locator(".marks button")
    assert marks.count() >= 1
    for i in range(min(marks.count(), 3)):
        mark = marks.nth(i)
        words = mark.inner_text()
        mark.click()
        step = words.split("(step ")[1].split(";")[0].replace(",", "")
        expect(at(page)).to_have_attribute("data-step", step, timeout=PATIENCE)
        page.settled()
        told = page.large.get_attribute("aria-label") or ""
        assert words.split(" starts")[0].lower() in told.lower(), told


def test_play_and_pause(timeline: Open) -> None:
    """From the end it starts over, moves by itself, and stands still after Pause."""
    steps = bundled.shelved("mini").steps
    page = timeline(LINK)
    page.button("Play").click()
    seen = set()
    end = time.monotonic() + 20
    while len(seen) < 4 and time.monotonic() < end:
        seen.add(at(page).get_attribute("data-step"))
        page.page.wait_for_timeout(100)
    assert len(seen) >= 4, seen
    page.button("Pause").click()
    page.page.wait_for_timeout(1_000)
    page.settled()
    rest = at(page).get_attribute("data-step")
    assert str(rest) != str(steps[-1])
    page.page.wait_for_timeout(1_500)
    expect(at(page)).to_have_attribute("data-step", str(rest))


def test_the_slider_is_quick(timeline: Open) -> None:
    """From the movement to new bars and maps, 64 characters read; every step once."""
    steps = bundled.shelved("mini").steps
    page = timeline(LINK)
    assert len(bundled.ids_of(TEXT, "mini")) == 64
    times = []
    for i in [*range(len(steps) - 2, -1, -2), *range(len(steps) - 1, -1, -2)]:
        page.page.wait_for_timeout(100)
        times.append(at(page).evaluate(REPAINT, [i, steps[i]]))
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    logging.getLogger(__name__).info("slider to repaint: median %.0f ms, p95 %.0f ms", median, p95)
    assert median <= 2_000, times


# Moves the slider as a drag does; the time until the weights on the page are new, two frames later.
REPAINT = """
(section, [i, step]) => new Promise((done, fail) => {
  const slider = section.querySelector("input[type=range]"), before = window.nanoscope.attention;
  const began = performance.now();
  setTimeout(() => fail(new Error(`step ${step} did not come`)), 15000);
  slider.value = i;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => {
    if (window.nanoscope.attention !== before && +section.dataset.step === step)
      requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(look);
  };
  look();
})
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)], ids=["projector", "phone"])
def test_everyone_can_use_it(timeline: Open, dark: bool, width: int, height: int) -> None:
    """Nothing serious for axe; nothing sticks out."""
    scheme, size = "dark" if dark else "light", {"width": width, "height": height}
    page = timeline(LINK, color_scheme=scheme, viewport=size)
    assert serious(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.page.evaluate(STICKING_OUT) == []
