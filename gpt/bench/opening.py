"""Opening: how long a visitor waits for the first picture of a page, on a server that others already use."""

from __future__ import annotations

import statistics
import time
from typing import Any, NamedTuple

from gpt.bench.app_server import BROWSER_ARGS, BenchError, serving
from gpt.bench.keystroke import browser_or_error

LOOK = 20  # milliseconds between two looks for the picture: Playwright's own wait looks only every half second
PATIENCE = 60.0  # seconds


class Goal(NamedTuple):
    """Seconds to the first picture of a page; None: no goal."""

    first: float | None  # of its first visitor, on a server that others use already
    later: float | None


class Page(NamedTuple):
    """What is opened, and what must be in the page for the first picture to be there."""

    link: str
    picture: str
    goal: Goal


PAGES = {
    "the Playground": Page("/", "[data-rows]", Goal(None, 1.2)),
    "a lesson": Page("/lessons?lesson=5&open=1", ".st-key-look canvas", Goal(1.2, 1.2)),
    "all rungs": Page("/lessons?lesson=all", ".st-key-road canvas", Goal(1.5, None)),
}


def judged(seconds: float, goal: float | None) -> tuple[str, bool]:
    """The goal in words, and whether it is reached."""
    return ("", True) if goal is None else (f"<= {goal} s", seconds <= goal)


def measure(visits: int = 5) -> dict[str, tuple[float, float]]:
    """Seconds to the first picture: of the first visitor of each page, and the median of those who follow."""
    path, play = browser_or_error()
    found = dict[str, tuple[float, float]]()
    with serving() as server, play() as driver:
        browser = driver.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        visit(browser, f"{server.url}/", "[data-rows]")  # the server is warm
        for what, page in PAGES.items():
            first, *others = (visit(browser, server.url + page.link, page.picture) for _ in range(visits + 1))
            found[what] = first, statistics.median(others)
        browser.close()
    return found


def visit(browser: Any, url: str, picture: str) -> float:
    """Seconds until a new visitor sees a picture."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    there = page.locator(picture).first
    while not there.is_visible():
        if time.perf_counter() - started > PATIENCE:
            raise BenchError(f"No picture came at {url} within {PATIENCE:.0f} seconds.")
        page.wait_for_timeout(LOOK)
    seconds = time.perf_counter() - started
    context.close()
    return seconds
