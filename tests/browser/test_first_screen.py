"""The first ten seconds: what is in sight, the way to the other pages, everything large, and that nothing jumps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.driver import LINK_PAUSE, LOOKS, ROOTS, Driver
from tests.browser.test_access import serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou "
LINK = f"prompt={quote(TEXT)}"
PANELS = 400  # pixels of the first screen that the three main panels have, at least
HEAD = re.compile(r"^Layer \d, head \d: ")  # the large map
LAST_ROW = 14  # pixels of the smallest letter of a picture, where everything is large

# Where everything stands that has a frame: cards, their pictures and knobs.
BOXES = f"""() => Object.fromEntries({ROOTS}.flatMap((root) =>
  [...root.querySelectorAll("section[aria-label], [data-knob], .bars, .strip")].map((el) => {{
    const {{ x, y, width, height }} = el.getBoundingClientRect();
    const name = el.dataset.knob ?? el.getAttribute("aria-label");
    return [el.tagName + " " + name, [x, y + document.querySelector("[data-testid=stMain]").scrollTop, width, height]];
  }})))"""
WATCH = """() => {
  window.shifts = [];
  const place = ({ x, y, right, bottom }) => [x, y, right, bottom].map(Math.round);
  const both = ({ previousRect, currentRect }) => [previousRect, currentRect].map(place);
  const told = ({ sources, value }) => ({ value, moved: sources.map(both) });
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(told)))
    .observe({ type: "layout-shift", buffered: false });
}"""
# Notes how large every letter is that a picture gets, in pixels of the screen.
LETTERS = """() => {
  window.letters = [];
  const paint = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    const size = parseFloat(/([\\d.]+)px/.exec(this.font)[1]) * this.getTransform().d / devicePixelRatio;
    if (text.trim()) window.letters.push(size);
    return paint.call(this, text, ...place);
  };
}"""


def boxes(page: Driver) -> dict[str, list[float]]:
    """Where everything stands."""
    return page.page.evaluate(BOXES)


def inside(rectangle: list[float], card: list[float]) -> bool:
    """Whether (left, top, right, bottom) lies in a card (x, y, width, height), and is not the card itself."""
    (left, top, right, bottom), (x, y, width, height) = rectangle, card
    return x <= left and y <= top and right <= x + width and bottom <= y + height and right - left < width - 2


def go(page: Driver, title: str) -> None:
    """Follow a link of the bar, or of its list where not all fit."""
    links = page.page.locator(".bar").get_by_role("link", name=title, exact=True)
    if not links.first.is_visible():
        page.page.get_by_role("button", name="Pages", exact=True).click()
    links.locator("visible=true").first.click()
    page.page.wait_for_function("(title) => document.title === title", arg=f"{title} · Nanoscope")
    page.settled()


def test_everything_is_in_the_first_screen(visit: Visit) -> None:
    """Without scrolling: the sentence, the prompt, tokens, all heads, one head, next token with all its knobs."""
    page = visit(LINK)
    expect(page.page.get_by_text("has read Shakespeare letter by letter. Type: it guesses")).to_be_in_viewport(ratio=1)
    found = boxes(page)
    tops = [box[1] for name, box in found.items() if name in ("SECTION All heads", "SECTION One head")]
    assert len(tops) == 2 and all(720 - top >= PANELS for top in tops), tops
    assert all(y + height <= 720 for name, (_, y, _, height) in found.items() if name.startswith("INPUT"))
    expect(page.head(5, 5)).to_be_in_viewport(ratio=1)
    expect(page.large).to_be_in_viewport(ratio=1)
    expect(page.button("Next token")).to_be_in_viewport(ratio=1)
    expect(page.chips.last).to_be_in_viewport(ratio=1)
    named = page.page.get_by_role("list", name="The clearest heads").get_by_role("button")
    expect(named).to_have_count(4)
    for one in (named.last, page.page.locator("section[aria-label='All heads']")):
        expect(one).to_be_in_viewport(ratio=1)
    for look in LOOKS[:2]:
        page.dress(*look)
        assert boxes(page) == found, look
        assert serious(page) == [], look


def test_the_pages_are_links_that_keep_the_session(visit: Visit) -> None:
    """One entry of the history a page, the current one marked, its name in the title; Back goes back."""
    page = visit("prompt=hello%20you")

    for title in ("Attention", "Studio", "Playground"):
        before = page.page.evaluate("history.length")
        go(page, title)
        current = page.page.locator(".bar a[aria-current=page]")  # in the bar's row, and in its list
        expect(current.first).to_have_text(title)
        assert set(current.all_text_contents()) == {title}
        assert page.page.evaluate("history.length") == before + 1
    page.ready()
    expect(page.box).to_have_value("hello you")
    page.page.go_back()
    expect(page.page.locator("a[aria-current=page]").first).to_have_text("Studio")


def test_on_a_phone_one_button_leads_everywhere(visit: Visit) -> None:
    page = visit(LINK, width=390, height=844)
    menu = page.page.get_by_role("button", name="Pages", exact=True)
    menu.click()
    for title in ("Attention", "Studio", "Timeline", "Lessons"):
        expect(page.page.get_by_role("link", name=title, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.page.get_by_role("button", name="Projector")).to_be_in_viewport(ratio=1)
    assert serious(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("link", name="Lessons", exact=True)).to_be_hidden()
    expect(menu).to_be_focused()


def test_nothing_jumps(visit: Visit) -> None:
    """Typing, hovering, writing, going back: every card, bar list and knob keeps its place to the pixel."""
    page = visit("prompt=ROMEO")
    page.page.evaluate(WATCH)
    before = boxes(page)
    moved = []

    def stays(when: str) -> None:
        page.settled()
        now = boxes(page)
        moved.extend(f"{when}: {name} {before[name]} -> {now[name]}" for name in before if before[name] != now[name])

    page.box.click()
    page.page.keyboard.press("Control+End")
    for i, key in enumerate(": O my lové", 6):
        page.page.keyboard.insert_text(key)
        page.page.wait_for_timeout(60)
        stays(f"key {i}")
    page.box.fill(4 * TEXT)  # beyond the context
    stays("long text")
    page.box.fill("")
    stays("no text")
    page.type(TEXT)
    for i in (0, 7, 20, 41):
        page.chips.nth(i).hover()
        stays(f"token {i}")
    page.large.hover(position={"x": 60, "y": 200})
    stays("cell")
    for i in (30, 3):
        page.chips.nth(i).click()
        stays(f"token {i} selected")
    page.page.get_by_role("button", name="Reset").click()
    stays("nothing selected")
    page.button("Run 200").click()
    for count in (3, 30):  # tokens that it has written, however fast it writes
        expect(page.chips.nth(len(TEXT) + count - 1)).to_be_attached()
        stays("writing")
    page.button("Stop").click()
    stays("stopped")
    page.set_knobs(temperature=2, top_k=3)
    stays("knobs")
    assert not moved, "\n".join(moved[:20])
    # What the browser itself calls a shift: at most a word beside one that changed, in its line and its card.
    cards = [box for name, box in before.items() if name.startswith("SECTION")]
    for shift in page.page.evaluate("window.shifts"):
        assert shift["value"] < 0.005, shift
        for old, new in shift["moved"]:
            assert old[1] == new[1], f"moved up or down: {shift}"
            assert any(inside(old, card) and inside(new, card) for card in cards), f"moved outside of a card: {shift}"


def test_a_click_or_enter_on_a_bar_writes_that_token(visit: Visit) -> None:
    page = visit("prompt=ROMEO")
    tokens, text = shipped.loaded().tokenizer.tokens, "ROMEO"
    for place, by_key in ((1, False), (0, True)):
        bar = page.bars.nth(place)
        text += tokens[int(bar.get_attribute("data-id") or -1)]
        button = bar.get_by_role("button")
        if by_key:
            button.focus()
            page.page.keyboard.press("Enter")
        else:
            button.click()
        page.reads(text)
        page.settled()
    assert re.search(r"^\d+\.\d+-\d+\.\d+$", page.link()["written"])


def test_the_track_ends_at_100_percent(visit: Visit) -> None:
    """Heat shortens the top bar; the lens stretches small ones, and says to what."""
    page = visit(LINK)
    share = "(bar) => bar.querySelector('.bar').clientWidth / bar.querySelector('.track').clientWidth"

    def top() -> tuple[float, float]:
        bar = page.bars.first
        return float(bar.get_attribute("data-p") or "nan"), bar.evaluate(share)

    page.set_knobs(temperature=0.3)
    cold = top()
    page.set_knobs(temperature=2)
    hot = top()
    assert cold == pytest.approx((cold[0], cold[0]), abs=0.01)
    assert hot == pytest.approx((hot[0], hot[0]), abs=0.01)
    assert hot[1] < cold[1] / 2
    page.button("Lens").click()
    assert top()[1] > 2 * hot[1]


def letters(page: Driver) -> list[float]:
    """The sizes of all letters that pictures have got since the last call."""
    return page.page.evaluate("window.letters.splice(0)")


def test_everything_large(visit: Visit) -> None:
    """On every page: the large map, its letters, two columns; the link keeps it, and so does the way to other pages."""
    page = visit(LINK)
    page.page.evaluate(LETTERS)
    screens: list[ViewportSize] = [{"width": 1280, "height": 720}, {"width": 1920, "height": 1080}]
    usual = []
    for screen in screens:
        page.page.set_viewport_size(screen)
        page.settled()
        usual.append(page.large.bounding_box())
    page.page.get_by_role("button", name="Projector").click()
    page.wait_link({"present": "1"})
    faults = []

    def look(where: str, drawn: bool) -> None:
        """The letters of what was drawn as the page came, or is drawn again."""
        if not drawn:
            letters(page)
            page.page.evaluate("window.dispatchEvent(new CustomEvent('nanoscope:projector', { detail: {} }))")
        page.settled()
        page.page.wait_for_timeout(LINK_PAUSE)
        all_of_them = letters(page)
        small = [size for size in all_of_them if size < LAST_ROW - 0.01]
        faults.extend([f"{where}: letters of {min(small):.1f} pixels"] if small else [])
        if not all_of_them and where in ("Playground", "Attention"):
            faults.append(f"{where}: no letters")
        if page.query().get("present") != "1":
            faults.append(f"{where}: the link does not say it")
        if not page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            faults.append(f"{where}: scrolls sideways")

    for screen, before in zip(screens, usual, strict=True):
        page.page.set_viewport_size(screen)
        page.settled()
        look("Playground", drawn=False)
        large = page.large.bounding_box()
        assert before and large and large["width"] >= 500 and large["width"] > before["width"]
        next_token: Any = page.bars.first.bounding_box()
        assert next_token["x"] > large["x"] + large["width"], "the next token stands beside the map"
        six = (page.box, page.chips.first, page.chips.last, page.large, page.knob("temperature"), page.bars.nth(5))
        for whole in six:
            expect(whole).to_be_in_viewport(ratio=1)
        page.button("Tour|Take the tour").click()
        expect(page.page.get_by_role("complementary", name="Guided tour")).to_be_in_viewport(ratio=1)
        page.button("End the tour").click()
    for title in ("Attention", "Timeline", "Studio", "Lessons"):
        go(page, title)
        screens.reverse()  # a page is drawn at the size that the one before it ended with
        for screen in screens:
            drawn = page.page.viewport_size == screen
            page.page.set_viewport_size(screen)
            look(title, drawn)
            five = (page.box, page.chips.last, page.page.get_by_label(HEAD), page.head(0, 0), page.head(5, 5))
            for whole in five if title == "Attention" else ():
                expect(whole).to_be_in_viewport(ratio=1)
    assert not faults, "\n".join(faults)
    go(page, "Playground")
    page.ready()
    page.page.get_by_role("button", name="Projector").click()
    page.wait_link({"present": None})
    for screen, before in zip(screens, usual, strict=True):  # turned four times
        page.page.set_viewport_size(screen)
        page.settled()
        assert page.large.bounding_box() == pytest.approx(before)
