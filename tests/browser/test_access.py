"""Everyone can use it: axe finds nothing serious, in light or dark, on a projector or a phone; nothing sticks out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.driver import ROOTS, Driver
from tests.support import shipped

Visit = Callable[..., Driver]
PROMPT = quote("ROMEO:\nBut soft, what light through yonder € ")
# Streamlit's own menu of pages puts section headings between the items of its list on a phone; not ours to mend.
NOT_OURS = {"exclude": [["[data-testid=stSidebarNav]"]]}
RUN_AXE = "(context) => axe.run(context, { resultTypes: ['violations'] }).then(({ violations }) => violations)"
STICKING_OUT = f"""
() => [document, ...{ROOTS}].flatMap((root) => [...root.querySelectorAll("*")])
  .filter((el) => el.getBoundingClientRect().right > innerWidth + 1 && el.checkVisibility())
  .map((el) => el.tagName + "." + el.className).slice(0, 8)
"""


def serious(page: Driver) -> list[str]:
    """What axe calls serious or critical, one line each; a page reads its code once."""
    if not page.page.evaluate("'axe' in window"):
        page.page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.page.evaluate(RUN_AXE, NOT_OURS)
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: "
        + "; ".join(str(n["target"]) for n in fault["nodes"][:4])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def fits(page: Driver, where: str) -> None:
    """Nothing scrolls sideways, nothing sticks out."""
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), where
    assert page.page.evaluate(STICKING_OUT) == [], where


def test_axe_and_no_sideways_scroll(visit: Visit) -> None:
    """With text, with a pinned token, with removed bars and written tokens; with 500 letters in one word; and empty."""
    page = visit(f"prompt={PROMPT}&k=3&token=4")
    fits(page, "as opened")
    page.button("Next token").click()
    page.page.wait_for_selector('[data-written="1"]')
    page.settled()
    for where in page.looks():
        assert serious(page) == [], where
        fits(page, where)
    for text in (500 * "w", ""):
        page.box.fill(text)
        page.rows(min(len(text), shipped.loaded().config.block_size))
        page.settled()
        for where in page.looks():
            assert text or serious(page) == [], where
            fits(page, f"{where}, {len(text)} letters")


def test_axe_with_the_step_slider(visit: Visit) -> None:
    """The slider of the training steps is named, and so is its value."""
    page = visit("model=mini&step=0&layer=99")
    assert serious(page) == []


def test_axe_with_everything_unfolded(visit: Visit) -> None:
    """The tables and records below the pictures, too; opened on a phone."""
    page = visit(f"prompt={PROMPT}", width=390, height=844)
    fits(page, "as opened")
    for title in page.page.locator("summary").all():
        title.click()
        page.settled()
    page.page.wait_for_timeout(1_500)
    page.settled()
    for width, height in ((390, 844), (1280, 720)):
        page.dress(width, height, dark=False)
        assert serious(page) == [], width
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_by_keyboard(visit: Visit) -> None:
    """Titles and a language; Tab comes by editor, tokens, heads, large map and every knob, and never gets stuck."""
    page = visit(f"prompt={PROMPT}")
    assert "Nanoscope" in page.page.title()
    assert page.page.evaluate("document.documentElement.lang")
    names = page.page.locator("section[aria-label]").evaluate_all(
        "(all) => all.map((el) => el.getAttribute('aria-label'))"
    )
    assert len(names) == len(set(names)) >= 7, names
    focused = """
    () => { let el = document.activeElement; while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
            return [el.tagName, el.dataset.knob ?? "", el.dataset.i ?? "", el.dataset.head ?? ""].join("|"); }
    """
    stops = []
    for _ in range(60):
        page.page.keyboard.press("Tab")
        stops.append(page.page.evaluate(focused))
    wanted = [
        "TEXTAREA|",
        "CANVAS|",
        *(f"INPUT|{name}|" for name in ("temperature", "top_k", "top_p", "greedy", "seed")),
    ]
    missing = [want for want in wanted if not any(stop.startswith(want) for stop in stops)]
    assert not missing, f"Tab never came to {missing}: {stops}"
    tokens = [stop for stop in stops if stop.startswith("BUTTON||") and stop.split("|")[2]]
    heads = [stop for stop in stops if stop.startswith("BUTTON||") and stop.split("|")[3]]
    assert len(set(heads)) == 1, "the heads are one stop; arrow keys move among them"
    assert tokens

    # Arrow keys move a slider, Space the check box, and the bars follow.
    before = page.all_bars()
    page.knob("temperature").focus()
    page.page.keyboard.press("ArrowRight")
    after = page.all_bars()
    assert after != before
    page.knob("greedy").focus()
    page.page.keyboard.press("Space")
    expect(page.knob("greedy")).to_be_checked()
    assert sorted(share for share, _ in page.all_bars().values())[-2:] == [0, 1]
    page.wait_link({"greedy": "1"})


def test_no_jump_while_typing(visit: Visit) -> None:
    """The panels below keep their place while keys come in."""
    page = visit("prompt=ROMEO")
    places = "(all) => all.map((el) => Math.round(el.getBoundingClientRect().top))"
    cards = page.page.locator("section[aria-label]")
    before = cards.evaluate_all(places)
    page.box.click()
    page.page.keyboard.press("Control+End")
    for i, key in enumerate(": O my lo", 6):
        page.page.keyboard.press(key)
        page.rows(i)
        page.settled()
        assert cards.evaluate_all(places) == before, f"something moved at key {i - 5}"
