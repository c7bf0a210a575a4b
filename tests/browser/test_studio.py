"""A training from the page: started once, alive when the server is not, steered by whoever started it."""

from __future__ import annotations

import logging
import re
import statistics
from collections.abc import Iterator
from urllib.parse import quote

import psutil
import pytest
from playwright.sync_api import Page, expect

from gpt.bench.keystroke import CONTEXT, PROMPT, Typing, press
from tests.browser.driver import Driver
from tests.browser.own_server import OwnServer, another, crowded, own_server, until
from tests.browser.test_access import STICKING_OUT, serious
from tests.browser.windows import Windows

SAID = re.compile(r"is (\w+(?: \w+)?): step ([\d,]+) of ([\d,]+)\.")
KEYS = 40
PROMISED = 400  # milliseconds from a key to the painted frame, 95 of 100 times, while a model trains


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server with runs of its own, fresh: nobody has opened a page of it yet."""
    with own_server(tmp_path_factory.mktemp("studio")) as own:
        yield own


def studio(page: Driver) -> None:
    """Open the studio by its address."""
    page.page.goto(f"{page.server.url}/studio")
    expect(page.button("Start training")).to_be_enabled(timeout=60_000)
    page.settled()


def shown(page: Page) -> tuple[str, int]:
    """State and step of the chosen run, as the page words them."""
    found = SAID.search(page.locator("p").filter(has_text=SAID).first.inner_text())
    assert found
    return found[1], int(found[2].replace(",", ""))


def test_a_link_to_the_studio_of_a_fresh_server(own: OwnServer, windows: Windows) -> None:
    """The very first visit of a server is the studio: no dialog says that there is no such page."""
    with another(windows, own.server) as page:
        page.page.goto(f"{own.server.url}/studio")
        expect(page.button("Start training")).to_be_enabled(timeout=60_000)
        page.settled()
        page.page.wait_for_timeout(1_500)
        expect(page.page.get_by_role("dialog")).to_have_count(0)
        expect(page.page.get_by_text("Page not found")).to_have_count(0)
        expect(page.page.get_by_text("No run yet")).to_be_visible()
        page.page.set_viewport_size({"width": 1280, "height": 720})
        picture = page.page.get_by_role("region", name="The model").bounding_box()
        form = page.button("Start training").bounding_box()
        assert form and picture and picture["x"] > form["x"] + form["width"], (form, picture)  # beside the form
        assert picture["y"] + picture["height"] <= 720, picture
        blue = page.button("Start training").evaluate("(button) => getComputedStyle(button).backgroundColor")
        assert blue != page.button("Measure how long").evaluate("(button) => getComputedStyle(button).backgroundColor")
        page.unfold("Training")
        expect(page.page.get_by_label("steps", exact=True)).to_have_value("2000")
        expect(page.page.get_by_label("initial spread", exact=True)).to_have_value("0.02")
        page.unfold("Architecture")
        for words in ("scores ÷ √D", "scores not divided by √D"):  # in the box of attention, and in the diagram's words
            expect(page.page.get_by_text(f"attention, 4 heads of 16, causal mask, {words}", exact=True)).to_be_visible()
            expect(page.page.get_by_text(re.compile(rf"^205,440 parameters: .*; {words}; GELU"))).to_be_visible()
            page.page.get_by_text("divide scores by √D", exact=True).click()
            page.settled()


@pytest.mark.timeout(600)
def test_a_training_from_its_start_to_its_stop(own: OwnServer, windows: Windows) -> None:
    """Double click; type while it trains; the server is killed; pause, one step, resume, stop."""
    with another(windows, own.server, dies=True) as page:
        studio(page)
        page.unfold("Training")
        page.page.get_by_label("steps", exact=True).fill("20000")
        page.page.keyboard.press("Tab")
        page.settled()
        page.page.get_by_role("textbox", name="Name").fill("from the test")
        page.page.keyboard.press("Tab")
        page.settled()
        page.button("Start training").dblclick()
        said = page.page.locator("p").filter(has_text=SAID).first
        expect(said).to_contain_text("from the test is training", timeout=60_000)
        page.page.wait_for_timeout(800)
        page.button("Start training").click()  # the slow second half of a double click
        until(lambda: shown(page.page)[1] > 20, "it does not get on", 120)
        assert len(list(own.runs.glob("*/run.json"))) == 1
        assert len(own.trainers()) == 1
        expect(page.page.locator("[data-points]")).not_to_have_attribute("data-points", "0", timeout=30_000)

        page.open(f"prompt={quote(PROMPT[:CONTEXT])}")
        page.rows(CONTEXT)
        page.page.wait_for_timeout(1_000)
        times = press(page.page, psutil.Process(own.server.process.pid), KEYS, 0.15, Typing(), []).milliseconds
        median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        told = "key to painted frame while training: median %.0f ms, p95 %.0f ms (%.1f times as much to do as cores)"
        logging.getLogger(__name__).info(told, median, p95, crowded())
        assert p95 <= PROMISED * crowded(), times

        studio(page)
        expect(said).to_be_visible()
        _, before = shown(page.page)
        own.kill()
        page.page.wait_for_timeout(500)
        assert len(own.trainers()) == 1, "the trainer died with the server"
        own.start()
        page.server = own.server
        studio(page)
        expect(said).to_contain_text("from the test is training", timeout=10_000)
        until(lambda: shown(page.page)[1] > before, "it stands still after the server's death")

        with another(windows, own.server) as stranger:
            studio(stranger)
            expect(stranger.page.get_by_text("Someone else started this run")).to_be_visible()
            for name in ("Pause", "Resume", "One step", "Stop"):
                expect(stranger.button(name)).to_be_disabled()
            expect(stranger.button("Fork")).to_be_enabled()

        page.button("Pause").click()
        expect(said).to_contain_text("is paused", timeout=30_000)
        expect(page.button("Pause")).to_be_disabled()
        until(lambda: not own.trainers(), "a paused trainer lives on")
        rest = shown(page.page)[1]
        page.button("One step").click()
        until(lambda: shown(page.page) == ("paused", rest + 1), f"not at {rest + 1} but {shown(page.page)}")
        until(lambda: not own.trainers(), "it lives on after its one step")
        assert shown(page.page) == ("paused", rest + 1)
        page.button("Resume").click()
        until(lambda: shown(page.page)[1] > rest + 10, "it does not resume")
        assert len(own.trainers()) == 1

        looked_at(page)
        page.page.set_viewport_size({"width": 1280, "height": 900})
        page.button("Stop").click()
        expect(said).to_contain_text("is stopped", timeout=30_000)
        until(lambda: not own.trainers(), "a stopped trainer lives on")


def looked_at(page: Driver) -> None:
    """On a large screen and on a phone, light and dark."""
    for _ in page.looks():
        accessible(page)


def accessible(page: Driver) -> None:
    """Nothing serious for axe, nothing sticks out."""
    where = page.page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]")
    assert serious(page) == [], where
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), where
    assert page.page.evaluate(STICKING_OUT) == [], where


def test_axe_on_the_form(own: OwnServer, windows: Windows) -> None:
    """With everything of the form unfolded."""
    with another(windows, own.server, viewport={"width": 1280, "height": 844}) as page:
        studio(page)
        for title in page.page.locator("summary").all():
            title.click()
            page.settled()
        looked_at(page)
