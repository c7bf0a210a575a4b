"""The lessons in a browser: every lesson is walked through, every question answered; axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gpt.bench.app_server import Server
from gpt.lessons import RUNGS
from gpt.lessons.quiz import catalogue
from tests.browser.driver import Driver
from tests.browser.test_access import serious
from tests.browser.windows import Windows

RESTS = '[data-testid=stApp][data-test-script-state="notRunning"]'
HERE = "127.0.0.1"


class Seen:
    """What `serious` needs of a driver."""

    def __init__(self, page: Page) -> None:
        self.page = page


def outside(url: str) -> list[str]:
    """The address, if it is another machine's."""
    return [url] if url.startswith("http") and "127.0.0.1" not in url else []


@pytest.fixture
def open_at(server: Server, windows: Windows) -> Iterator[Any]:
    """Open a lesson as a new visitor; errors of the page and questions to other machines fail the test."""
    pages, faults = list[Page](), list[str]()

    def go(place: str, width: int = 1280, height: int = 720, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        page = windows.open(server.url, {"width": width, "height": height}, scheme, "no-preference")
        pages.append(page)
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.extend(outside(request.url)))
        page.goto(f"{server.url}/lessons?lesson={place}")
        page.wait_for_selector("h1")
        return page

    yield go
    for page in pages:
        windows.close(page)
    assert not faults


def settled(page: Page) -> None:
    """The server rests."""
    page.wait_for_timeout(300)
    page.wait_for_selector(RESTS)


def test_all_lessons_are_walked_and_every_question_answered(open_at: Any) -> None:
    """By the Next button: choosing whatever stands first, and not knowing what a slider asks for.

    Then the experiment stands beside the text in the first screen, with its picture and its control.
    """
    page = open_at("1")
    answered = 0
    for rung in RUNGS:
        expect(page.get_by_role("heading", level=1, name=f"{rung.number} · {rung.title}")).to_be_visible()
        for question in catalogue.of(rung.number):
            settled(page)
            if question.choices:
                page.locator(f".st-key-guess-{question.name}").get_by_text(question.choices[0], exact=True).click()
                settled(page)
                page.locator(f".st-key-reveal-{question.name} button").click()
                answered += 1
            else:
                page.locator(f".st-key-unknown-{question.name} button").click()
            expect(page.locator(f".st-key-reveal-{question.name}")).to_have_count(0, timeout=20_000)
            if answered:
                expect(page.get_by_text(f" of {answered} guessed right")).to_be_visible()
        settled(page)
        expect(page.get_by_text("Look for:")).to_be_visible()
        picture = page.locator(".st-key-look section.card")
        expect(picture).to_be_visible()
        for part in (picture, page.locator(f".st-key-lesson-turn-{rung.number}"), page.locator(".st-key-lesson-text")):
            box = part.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= 720, f"lesson {rung.number}: out of sight"
        page.get_by_role("button", name="Next").click()
        settled(page)
    assert answered == sum(bool(question.choices) for question in catalogue.QUESTIONS)
    expect(page.get_by_role("heading", level=1, name="All rungs, one prompt")).to_be_visible()
    page.wait_for_function("location.search.includes('lesson=all') && location.search.includes('said=')")


def test_a_link_brings_back_guesses_text_and_what_is_turned(open_at: Any) -> None:
    """Reload, and a fresh visitor with the same address, see the same."""
    page = open_at("4")
    settled(page)  # a click while the lesson is still being drawn can hit what is moved away under it
    page.locator(".st-key-unknown-variance button").click()
    expect(page.locator(".st-key-reveal-variance")).to_have_count(0, timeout=20_000)
    settled(page)
    page.locator(".st-key-guess-slip").get_by_text("almost all on one token", exact=True).click()
    settled(page)
    page.locator(".st-key-reveal-slip button").click()
    expect(page.get_by_text("1 of 1 guessed right")).to_be_visible()
    page.locator(".st-key-lesson-text input").fill("KING:\\nMy lord")
    page.locator(".st-key-lesson-text input").press("Enter")
    settled(page)
    page.locator(".st-key-lesson-turn-4 input").press("ArrowRight")
    settled(page)
    page.wait_for_function("location.search.includes('turn=1.25')")
    page.reload()
    page.wait_for_selector("h1")
    other = open_at(page.evaluate("location.search").removeprefix("?lesson="))
    for one in (page, other):
        expect(one.get_by_text("1 of 1 guessed right")).to_be_visible()
        expect(one.get_by_text("you said “almost all on one token”")).to_be_visible()
        expect(one.locator(".st-key-lesson-text input")).to_have_value("KING:\\nMy lord")
        expect(one.locator(".st-key-lesson-turn-4 input")).to_have_value("1.25")


def test_a_lesson_leads_to_its_model(open_at: Any) -> None:
    """On the Timeline, with its kept steps and the visitor's text."""
    page = open_at("5&open=1&text=KING%3A%0AMy+lord")
    page.locator(".st-key-see-the-Timeline button").click()
    page.wait_for_function("location.pathname === '/timeline' && location.search.includes('model=lesson-5')")
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("^Lesson 5 · Many heads"))
    assert "prompt=KING" in page.evaluate("location.search")


@pytest.mark.parametrize("place", ["2", "9", "13", "14", "all", "glossary"])
def test_axe(open_at: Any, server: Server, place: str) -> None:
    """With everything shown, on a projector in the light and on a phone in the dark."""
    page = Driver(open_at(f"{place}&open=1"), server)
    for width, height, dark in ((1280, 720, False), (390, 844, True)):
        page.dress(width, height, dark)
        if place.isdigit():
            expect(page.page.get_by_text("Look for:")).to_be_visible()
        assert serious(page) == [], (width, height, dark)
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height, dark)
