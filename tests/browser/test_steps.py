"""Slider, picture and marks of a training share one axis, pointer and keyboard reach them all, and nothing jumps."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driver import ROOTS, Driver
from tests.support import shipped

Visit = Callable[..., Driver]
MINI = shipped.shelved("mini").steps
THUMB = 0.32  # of the slider's height: over its line, through its thumb
SIZES = ((390, 844), (1280, 720))
# Where on the screen the middle of what has the colour of the theme is, in one line of a picture. A screenshot is the
# only way to see a slider's thumb.
MIDDLE = """
async ([url, colour, line, left]) => {
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const wanted = [...pen.getImageData(0, 0, 1, 1).data];
  pen.drawImage(image, 0, 0);
  const row = pen.getImageData(0, Math.round(line * image.height), image.width, 1).data;
  const found = [];
  for (let x = 0; x < image.width; x++) {
    if (wanted.every((value, i) => Math.abs(row[4 * x + i] - value) < 40)) found.push(x);
  }
  return left + (found[0] + found[found.length - 1] + 1) / 2;
}
"""
# Where every panel stands on the page, however far it is scrolled, and the rows of the page itself.
PLACES = f"""
() => {{
  const down = document.querySelector("[data-testid=stMain]").scrollTop;
  const rooms = {ROOTS}.flatMap((root) => [...root.querySelectorAll(".room, .slide, .list, .track")]);
  return [...rooms, ...document.querySelectorAll("[data-testid=stColumn]")].map((room) => {{
    const {{ left, top, width, height }} = room.getBoundingClientRect();
    return [room.className, left, top + down, width, height];
  }});
}}
"""


def slider(page: Driver) -> Locator:
    """The slider over the steps."""
    return page.page.get_by_role("slider", name="Training step")


def stops(page: Driver) -> Locator:
    """The buttons over the picture, one a kept step."""
    return page.page.locator("button.stop")


def told(page: Driver) -> Locator:
    """The line that tells the step."""
    return page.page.locator(".told span")


def middle(page: Driver, of: Locator, line: float) -> float:
    """Where the theme's colour is in one line of an element, from 0 at its top to 1."""
    box = of.bounding_box()
    assert box
    colour = of.evaluate("(e) => e.blur() || getComputedStyle(e).getPropertyValue('--st-primary-color')")
    shot = of.screenshot(scale="css")
    url = "data:image/png;base64," + b64encode(shot).decode()
    return page.page.evaluate(MIDDLE, [url, colour, line, box["x"]])


def sizes(page: Driver) -> Iterator[str]:
    """The page on a phone, on a projector, and there with everything large."""
    for width, height in SIZES:
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_timeout(300)
        yield f"{width} x {height}"
    page.page.get_by_role("button", name="Projector").click()
    page.settled()
    page.page.wait_for_timeout(300)
    yield "everything large"


def test_the_timeline_holds_still_and_shares_its_axis(visit: Visit) -> None:
    """Thumb, picture and button of a step stand at one place; sliding, hovering, playing move no panel by a pixel."""
    page, last = visit("model=mini", page="timeline"), len(MINI) - 1
    chart = page.page.locator(".chart canvas")
    for size in sizes(page):
        begins = page.page.evaluate(PLACES)
        assert len(begins) > 10
        for i in (22, 0, 13):
            slider(page).fill(str(i))
            page.settled()
            assert page.page.evaluate(PLACES) == begins, f"{size}: slid to step {MINI[i]}"
            stops(page).nth(last - i).hover()
            assert page.page.evaluate(PLACES) == begins, f"{size}: hovering over step {MINI[last - i]}"
            page.page.mouse.move(5, 5)
            thumb = middle(page, slider(page), THUMB)
            assert middle(page, chart, 0.06) == pytest.approx(thumb, abs=1), f"{size}: step {MINI[i]}"
            box = stops(page).nth(i).bounding_box()
            assert box and (i == 0 or box["x"] + box["width"] / 2 == pytest.approx(thumb, abs=1))
            assert box["x"] <= thumb <= box["x"] + box["width"]
        page.page.locator("button.mark").first.hover()
        assert page.page.evaluate(PLACES) == begins, f"{size}: hovering over a mark"
        page.button("Play").click()
        for _ in range(7):
            page.page.wait_for_timeout(100)
            assert page.page.evaluate(PLACES) == begins, f"{size}: while it plays"
        page.button("Pause").click()


def test_the_slider_on_top_holds_still(visit: Visit) -> None:
    """The line that tells the step has room for the longest one; the dot of the loss is over the thumb."""
    page = visit("model=mini")
    canvas = page.page.locator(".track canvas")
    for size in sizes(page):
        begins = page.page.evaluate(PLACES)
        assert len(begins) > 8
        for i in (0, 22, 13):
            slider(page).fill(str(i))
            page.settled()
            assert page.page.evaluate(PLACES) == begins, f"{size}: slid to step {MINI[i]}"
        dots = [middle(page, canvas, line / 19) for line in range(5, 16, 2)]
        dots = sorted(dot for dot in dots if dot == dot)  # not a number in lines without the dot
        assert dots[len(dots) // 2] == pytest.approx(middle(page, slider(page), 0.2), abs=1), size


def test_a_click_on_the_picture_goes_to_the_nearest_kept_step(visit: Visit) -> None:
    """Hover tells step and losses and asks the server nothing; a click anywhere on the picture moves the slider."""
    page = visit("model=mini", page="timeline")
    box = page.page.locator(".chart").bounding_box()
    assert box
    sent = len(page.sent)
    losses = {line["step"]: line for line in shipped.loaded("mini").record["losses"]}
    for i in (3, 12, 20):
        stop = stops(page).nth(i).bounding_box()
        assert stop
        page.page.mouse.move(stop["x"] + 0.8 * stop["width"], box["y"] + 30)
        known = losses[MINI[i]]
        expect(told(page)).to_have_text(
            f"step {MINI[i]:,} of {MINI[-1]:,}, validation loss {known['val']:.3f}, training loss {known['train']:.3f}"
        )
    assert len(page.sent) == sent
    page.page.mouse.click(stop["x"] + 0.1 * stop["width"], box["y"] + 70)
    expect(slider(page)).to_have_value("20")
    page.page.mouse.click(box["x"] + box["width"] - 1, box["y"] + 20)  # beside the last stop
    page.page.mouse.move(5, 5)
    expect(slider(page)).to_have_value("20")
    page.page.mouse.click(box["x"] + box["width"] - 6, box["y"] + 20)
    expect(slider(page)).to_have_value(str(len(MINI) - 1))
    page.wait_link({"step": None, "model": "mini"})


def test_the_keyboard_reaches_steps_and_marks(visit: Visit) -> None:
    """One stop of Tab each; arrow keys look, Enter goes there, and the focus stays; Escape lets go."""
    page = visit("model=mini&layer=1&head=1", page="timeline")
    keys = page.page.keyboard
    slider(page).focus()
    for _ in range(3):  # play, the marks, the steps
        keys.press("Shift+Tab")
    expect(stops(page).last).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "Home", "ArrowRight"):
        keys.press(key)
    expect(stops(page).nth(1)).to_be_focused()
    expect(told(page)).to_contain_text(f"step {MINI[1]} of")
    keys.press("Escape")
    expect(told(page)).to_contain_text(f"step {MINI[-1]:,} of")
    keys.press("Enter")
    expect(slider(page)).to_have_value("1")
    page.wait_link({"step": str(MINI[1])})
    page.settled()
    expect(stops(page).nth(1)).to_be_focused()
    keys.press("Tab")
    marks = page.page.locator("button.mark")
    expect(marks.first).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    step = marks.nth(1).get_attribute("data-at")
    expect(slider(page)).to_have_value(str(MINI.index(int(step or -1))))
    said = marks.nth(1).get_attribute("aria-label") or ""
    page.settled()
    assert said.split(" starts")[0].lower() in (page.large.get_attribute("aria-label") or "").lower()


def test_one_kept_step(visit: Visit) -> None:
    """Nothing to slide or to play is offered; the losses are still read with the pointer."""
    page = visit(f"model={shipped.DEFAULT}", page="timeline")
    expect(page.page.locator("section:has(.chart) .note")).to_contain_text("One kept step: nothing to slide.")
    expect(slider(page)).to_have_count(0)
    expect(page.button("Play")).to_have_count(0)
    chart = page.page.locator(".chart canvas")
    chart.hover(position={"x": 46, "y": 40})
    expect(told(page)).to_contain_text("step 0, validation loss")
    page.page.mouse.move(5, 5)
    expect(told(page)).to_contain_text("the only one kept")
    page = visit(f"model={shipped.DEFAULT}")
    expect(slider(page)).to_have_count(0)
    expect(told(page)).to_contain_text("the only one kept")
