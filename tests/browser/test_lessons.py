"""The lessons in a browser: every lesson is walked through, every question answered; axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from gpt.bench.app_server import Server
from gpt.lessons import RUNGS
from gpt.lessons.quiz import catalogue
from tests.browser.test_access import serious

RESTS = '[data-testid=stApp][data-test-script-state="notRunning"]'
HERE = "127.0.0.1"
SIZES = pytest.mark.parametrize(
    ("width", "height", "dark"), [(1280, 720, False), (390, 844, True)], ids=["projector", "dark phone"]
)


class Seen:
    """What `serious` needs of a driver."""

    def __init__(self, page: Page) -> None:
        self.page = page


def outside(url: str) -> list[str]:
    """The address, if it is another machine's."""
    return [url] if url.startswith("http") and "127.0.0.1" not in url else []


@pytest.fixture
def open_at(server: Server, chromium: Browser) -> Iterator[Any]:
    """Open a lesson as a new visitor; errors of the page and questions to other machines fail the test."""
    contexts, faults = [], []

    def go(place: str, width: int = 1280, height: int = 720, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.extend(outside(request.url)))
        page.goto(f"{server.url}/lessons?lesson={place}")
        page.wait_for_selector("h1")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not faults


def settled(page: Page) -> None:
    """The server rests."""
    page.wait_for_timeout(300)
    page.wait_for_selector(RESTS)


def test_all_lessons_are_walked_and_every_question_answered(open_at: Any) -> None:
    """By the Next button, guessing whatever stands first."""
    page = open_at("1")
    answered = 0
    for rung in RUNGS:
        expect(page.get_by_role("heading", level=1, name=f"{rung.number} · {rung.title}")).to_be_visible()
        for question in catalogue.of(rung.number):
            if question.choices:
                page.locator(f".st-key-guess-{question.name}").get_by_text(question.choices[0], exact=True).click()
            page.locator(f".st-key-reveal-{question.name} button").click()
            expect(page.locator(f".st-key-reveal-{question.name}")).to_have_count(0)
            answered += 1
            expect(page.get_by_text(f" of {answered} guessed right")).to_be_visible()
        settled(page)
        expect(page.get_by_text("Look for:")).to_be_visible()
        expect(page.locator("[data-testid=stDataFrame], .js-plotly-plot, .flow").first).to_be_attached()
        page.get_by_role("button", name="Next").click()
        settled(page)
    assert answered == len(catalogue.QUESTIONS)
    expect(page.get_by_role("heading", level=1, name="All rungs, one prompt")).to_be_visible()
    assert "lesson=all" in page.evaluate("location.href")


@SIZES
@pytest.mark.parametrize("place", ["2", "9", "13", "14", "all", "glossary"])
def test_axe(open_at: Any, place: str, width: int, height: int, dark: bool) -> None:
    """With everything shown."""
    page = open_at(place, width, height, dark)
    if place.isdigit():
        page.locator(f".st-key-open-{place} label").first.click()
        expect(page.get_by_text("Look for:")).to_be_visible()
    settled(page)
    page.wait_for_timeout(700)
    assert serious(Seen(page)) == []  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
