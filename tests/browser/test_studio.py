"""A training from the page: started once, alive when the server is not, steered by whoever started it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.driver import Driver
from browser.own_server import OwnServer, another, own_server
from browser.test_access import STICKING_OUT, serious

SAID = re.compile(r"is (\w+(?: \w+)?): step ([\d,]+) of ([\d,]+)\.")
KEYS = 40


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


def typing_speed(page: Driver, text: str) -> list[float]:
    """Milliseconds from each key until the maps have one more row."""
    page.type("")
    page.box.click()
    times = []
    for i, key in enumerate(text, 1):
        began = time.perf_counter()
        page.page.keyboard.press(key)
        page.rows(i)
        times.append(1_000 * (time.perf_counter() - began))
        page.page.wait_for_timeout(100)
    return times


def test_a_link_to_the_studio_of_a_fresh_server(own: OwnServer, chromium: Browser) -> None:
    """The very first visit of a server is the studio: no dialog says that there is no such page."""
    with another(chromium, own.server) as page:
        page.page.goto(f"{own.server.url}/studio")
        expect(page.button("Start training")).to_be_enabled(timeout=60_000)
        page.settled()
        page.page.wait_for_timeout(1_500)
        expect(page.page.get_by_role("dialog")).to_have_count(0)
        expect(page.page.get_by_text("Page not found")).to_have_count(0)
        expect(page.page.get_by_text("No run yet")).to_be_visible()


def accessible(page: Driver) -> None:
    """Nothing serious for axe, nothing sticks out."""
    where = page.page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]")
    assert serious(page) == [], where
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), where
    assert page.page.evaluate(STICKING_OUT) == [], where


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_on_the_form(own: OwnServer, chromium: Browser, dark: bool, width: int) -> None:
    """With everything of the form unfolded."""
    scheme = "dark" if dark else "light"
    with another(chromium, own.server, color_scheme=scheme, viewport={"width": width, "height": 844}) as page:
        studio(page)
        for title in page.page.locator("summary").all():
            title.click()
            page.settled()
        page.page.wait_for_timeout(1_000)
        accessible(page)
