"""A dozen states in a real browser: what one visitor left is read off the address and opened by another, exactly."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.driver import ROOTS, Driver

Visit = Callable[..., Driver]
Leave = Callable[[Driver], None]
TEXTS = ("ROMEO:\nO my love", "abcabcabc", "\n To be, or not to be", "aaaa")
MODES = ("head", "mean", "max")
# All that panels print. What they draw is compared byte by byte in tests/pages: the letters beside a picture are other
# pixels before the font is there.
READ = f"""() => {ROOTS}
  .filter((root) => root.host.className.startsWith("room ") && !/tour|link/.test(root.host.className))
  .map((root) => [
    root.host.className,
    [...root.querySelectorAll("p, li, span, output, textarea, button")]
      .filter((el) => el.checkVisibility({{visibilityProperty: true}})).map((el) => el.value || el.textContent).join(),
  ])"""


def seen(page: Driver) -> list[tuple[str, str]]:
    """What the page prints, room by room, once it rests and nobody points at anything."""
    page.page.mouse.move(1, 1)
    page.page.evaluate(f"() => {ROOTS}.forEach((root) => root.activeElement?.blur())")
    page.link()  # the address has followed
    return page.page.evaluate(READ)


def act(page: Driver, name: str, chance: Random) -> None:
    """What a visitor does: another text, head, mode and pin, and what only this page has."""
    page.type(chance.choice(TEXTS))
    page.head(chance.randrange(4), chance.randrange(4)).click()
    page.page.locator(f"[data-mode={chance.choice(MODES)}]").click()
    if name == "":
        for n in range(1, chance.randrange(1, 4)):
            page.button("Next token").click()
            expect(page.page.locator("[data-written]")).to_have_attribute("data-written", str(n))
    if name == "attention":
        page.page.locator(f"[data-switch={chance.choice(('mask', 'positions', 'uniform'))}]").click()
        page.page.locator("canvas[data-part=dot]").click(position={"x": chance.randrange(20, 60), "y": 30})
    else:
        page.set_knobs(
            temperature=round(chance.uniform(0.1, 3), 2), top_k=chance.choice((0, 5)), seed=chance.randrange(99)
        )
        page.button("before the MLP").click()
    if name == "timeline":
        page.page.locator("[data-step] input[type=range]").fill(str(chance.randrange(5)))
    page.settled()
    if chance.random() < 0.7:
        page.chips.nth(chance.randrange(3)).click()


@pytest.mark.parametrize("page", ["", "attention", "timeline"])
def test_another_visitor_sees_the_same(visit: Visit, leave: Leave, page: str) -> None:
    chance = Random(f"browser {page}")
    one = visit("model=mini", page=page)
    for _ in range(4):
        act(one, page, chance)
        left, weights = seen(one), one.weights()
        query = urlsplit(one.page.evaluate("location.href")).query
        other = visit(query, page=page)
        opened = seen(other)
        assert [room for room, _ in opened] == [room for room, _ in left]
        assert other.weights() == weights
        for (room, text), (_, told) in zip(opened, left, strict=True):
            assert text == told, (room, query)
        leave(other)
