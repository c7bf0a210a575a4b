"""The residual stream's page in a browser: point, click, keys and switches; axe; the phone; what goes to the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from tests.browser.driver import LOOKS, Driver
from tests.browser.test_access import STICKING_OUT, serious

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou "


def card(page: Driver, name: str) -> Locator:
    """A panel by its title."""
    return page.page.get_by_role("region", name=name, exact=True)


def test_point_click_and_switch(visit: Visit) -> None:
    """Pointing asks nothing of the server; a click pins and works out; a token is typed; the stream is cut."""
    page = visit(f"prompt={quote(TEXT)}", page="residual")
    lens, worked, writes = (
        card(page, name) for name in ("If it stopped here", "The sum behind one number", "What each part writes")
    )
    grid, readout = lens.locator("canvas[role=img]"), lens.locator("p.readout")
    page.settled()
    before = len(page.sent)
    said = set()
    for y in (30, 70, 110, 140):
        grid.hover(position={"x": 100, "y": y})
        page.page.wait_for_timeout(80)
        said.add(readout.text_content())
    assert len(said) == 4 and all(re.match(r"After “.+” \(\d+\), read at ", one or "") for one in said)
    assert len(page.sent) == before
    grid.click(position={"x": 100, "y": 70})
    expect(worked).to_contain_text("Probability of")
    expect(writes).to_contain_text(re.compile(r"After token \d+, "))
    found = re.search(r"\((\d+)\), read at block (\d+)", readout.text_content() or "")
    assert found
    pinned, block = int(found[1]), found[2]
    page.wait_link({"token": str(pinned), "worked": f"share.{block}.{pinned - 1}"})
    grid.press("ArrowRight")
    grid.press("Enter")
    page.wait_link({"token": str(pinned + 1), "worked": f"share.{block}.{pinned}"})
    writes.get_by_role("button", name="length of layer 2 MLP", exact=False).click()
    expect(worked).to_contain_text("Length of what layer 2 MLP writes")
    writes.get_by_role("button", name="Every head").click()
    writes.get_by_role("button", name="effect of layer 1 head 2", exact=False).click()
    expect(worked).to_contain_text("Effect of layer 1 head 2 on the logit")
    box = writes.get_by_role("textbox")
    box.fill("q")
    box.press("Enter")
    expect(writes).to_contain_text("the logit of “q”")
    loss = card(page, "Residual off")
    loss.get_by_role("button", name="Without x +").click()
    expect(loss).to_contain_text("nats a token instead of")
    expect(writes).to_contain_text("takes the place of all before it")
    page.box.fill("")
    page.rows(0)
    page.settled()
    expect(lens).to_contain_text("stands here")
    page.box.fill("h")
    page.rows(1)
    expect(readout).to_contain_text("After “h” (1)")


def test_axe_and_room(visit: Visit) -> None:
    """Nothing serious, nothing sticks out, with everything shown, a whole context, and the bigram."""
    link = f"prompt={quote(TEXT * 4)}&worked=cosine.3&model=mini&bare=1"
    page = visit(link, page="residual")
    top = card(page, "If it stopped here").bounding_box()
    assert top and top["y"] < 260
    for look in (LOOKS[0], LOOKS[2]):
        page.dress(*look)
        assert serious(page) == [], look
        assert page.page.evaluate("document.documentElement.scrollWidth") <= look[0]
        inside = page.page.evaluate(STICKING_OUT)
        assert all(one.startswith("CANVAS") for one in inside), (look, inside)  # the grid scrolls in its card
