"""The table of runs in a browser: what is chosen and deleted, what follows a training, and that nothing jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from gpt import runs
from gpt.runs import control
from tests.browser.driver import PATIENCE, ROOTS, Driver
from tests.browser.own_server import OwnServer, another, own_server, until
from tests.browser.windows import Windows
from tests.support import shipped
from tests.support.puppet import Puppet, puppet

# Where everything stands, ten times a second, as long as one likes: what has moved is kept in window.moved.
WATCH = f"""() => {{
  const places = new Map();
  window.moved = [];
  window.looks = 0;
  const look = () => {{
    const roots = [document, ...{ROOTS}];
    const top = document.querySelector("[data-testid=stMain]").scrollTop;
    const of = ".card, button, summary, canvas, dt, tr, li";
    for (const el of roots.flatMap((root) => [...root.querySelectorAll(of)])) {{
      const {{ x, y, width, height }} = el.getBoundingClientRect();
      const at = [x, y + top, width, height].map(Math.round).join(" ");
      const before = places.get(el);
      if (before && before !== at) window.moved.push(`${{el.textContent.slice(0, 40)}}: ${{before}} -> ${{at}}`);
      places.set(el, at);
    }}
    window.looks += 1;
    setTimeout(look, 100);
  }};
  look();
}}"""
LINES = ["ROMEO:", "Is the day so young, and longer than a line of any panel that there is?", "Ay me!", "", "x"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server with runs of its own, which the tests make in the same folder."""
    with own_server(tmp_path_factory.mktemp("runs")) as own, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NANOSCOPE_RUNS", str(own.runs))
        yield own


def uploaded(name: str, owner: str) -> str:
    """A finished run."""
    return control.import_model(shipped.shelved("mini").last.read_bytes(), name, owner)


def row(page: Driver, run: str) -> Locator:
    """A run's row in the table."""
    return page.page.locator(f"tr[data-run='{run}']")


def is_about(page: Driver, name: str) -> None:
    """What is shown below the table."""
    said = page.page.locator("p").filter(has_text=re.compile(f"^{name} is "))
    expect(said).to_be_visible(timeout=3 * PATIENCE)  # the first visitor of a server waits for PyTorch
    expect(page.page.locator("tr.shown .name")).to_have_text(name)


def test_choosing_and_deleting(own: OwnServer, windows: Windows) -> None:
    """By a row, a name, the arrow keys; a run added in between moves the rows, not the choice."""
    first = uploaded("first", "nobody")
    with another(windows, own.server) as page:
        page.page.goto(f"{own.server.url}/studio")
        is_about(page, "first")
        me = page.page.evaluate("localStorage.getItem('nanoscope-owner')")
        kept, doomed = uploaded("kept", me), uploaded("doomed", me)
        expect(row(page, doomed)).to_be_visible()
        is_about(page, "first")
        row(page, kept).locator(".validation").click()
        is_about(page, "kept")
        row(page, doomed).get_by_role("button", name="doomed").click()
        is_about(page, "doomed")
        page.page.keyboard.press("ArrowDown")
        is_about(page, "kept")
        expect(row(page, kept).get_by_role("button")).to_be_focused()
        page.page.keyboard.press("ArrowUp")
        is_about(page, "doomed")

        row(page, first).get_by_role("checkbox").check()
        legend = page.page.locator("section:has(canvas) li")
        expect(legend).to_have_text(["doomed", "first"])
        uploaded("in between", "nobody")
        expect(page.page.locator("tr[data-run]")).to_have_count(4)
        is_about(page, "doomed")
        expect(row(page, first).get_by_role("checkbox")).to_be_checked()

        page.button("Delete…").click()
        dialog = page.page.get_by_role("dialog", name=re.compile("doomed"))
        expect(dialog).to_contain_text(doomed)
        uploaded("while it asks", "nobody")
        expect(page.page.locator("tr[data-run]")).to_have_count(5)
        dialog.get_by_role("button", name="Delete it for good").click()
        expect(page.page.get_by_text("Deleted “doomed”: ")).to_be_visible()
        expect(row(page, doomed)).to_have_count(0)
        assert {status.name for status in runs.listing()} == {"first", "kept", "in between", "while it asks"}

        row(page, kept).click()
        is_about(page, "kept")
        expect(page.button("Delete…")).to_have_count(1)  # the other run's has left the page
        page.button("Delete…").click()
        expect(page.page.get_by_role("dialog")).to_contain_text("kept")
        page.page.keyboard.press("Escape")
        expect(page.page.get_by_role("dialog")).to_have_count(0)
        assert runs.status_of(kept)

        way = page.page.get_by_role("link", name="To the trainings so far")
        expect(way).to_have_count(0)  # they stand beside the form
        page.page.set_viewport_size({"width": 390, "height": 844})
        expect(page.page.locator("tr.shown")).not_to_be_in_viewport()
        way.click()
        expect(page.page.locator("tr.shown")).to_be_in_viewport()


def test_nothing_moves_while_it_trains_and_the_top_row_follows(own: OwnServer, windows: Windows) -> None:
    """From its first step until its loss has passed all published ones; then on the Playground, at the newest step."""
    with puppet("a puppet") as trained, another(windows, own.server) as page:
        trained.reach(0, 4.2, LINES[0])
        page.page.goto(f"{own.server.url}/studio")
        is_about(page, "a puppet")
        page.settled()
        page.page.wait_for_timeout(1_000)
        for width in (1280, 390):
            page.page.set_viewport_size({"width": width, "height": 800})
            page.page.wait_for_timeout(1_000)
            page.page.evaluate(WATCH)
            train(page, trained, start=1 if width == 1280 else 100)
            assert page.page.evaluate("window.looks") > 20
            assert page.page.evaluate("window.moved") == [], width
        page.page.set_viewport_size({"width": 1280, "height": 800})

        page.button("Timeline").click()
        expect(page.page.locator("[data-testid=stApp]")).to_be_visible()
        label = page.page.get_by_text(re.compile(r"^step [\d,]+ of [\d,]+"))
        expect(label.first).to_be_visible()
        page.page.goto(f"{own.server.url}/?model={trained.id}&step=0")
        page.ready()
        page.page.get_by_text("Follow the newest step").click()
        expect(page.page.get_by_label("Follow the newest step")).to_be_checked()
        page.settled()
        trained.reach(621, 1.9)
        expect(page.page.get_by_text(re.compile(r"^step 621 of 621"))).to_be_visible(timeout=15_000)
        until(lambda: page.query().get("step") in (None, "621"), "the link does not follow")
        trained.reach(832, 1.8)
        expect(page.page.get_by_text(re.compile(r"^step 832 of 832"))).to_be_visible(timeout=15_000)


def train(page: Driver, trained: Puppet, start: int) -> None:
    """Tell of steps until the page has shown them all: losses from the first to below all published ones."""
    for i, loss in enumerate((4.1, 2.45, 2.3, 2.2, 1.6, 1.4)):
        text = "\n".join(LINES * i)[:200] or "abc"
        trained.reach(start + i, loss, text, speed=10**i)
        page.page.wait_for_timeout(700)
    last = f"step {start + 5:,} of 2,000"
    expect(page.page.locator("p").filter(has_text=last)).to_be_visible()
