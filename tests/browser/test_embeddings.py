"""The page Embeddings in a browser: its numbers under the pointer, its choices in the link, every length of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driver import LOOKS, Driver, numbers
from tests.browser.test_access import STICKING_OUT, serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo"


def card(page: Driver, name: str) -> Locator:
    """A panel by its title."""
    return page.page.locator(f"section[aria-label='{name}']")


def test_numbers_under_the_pointer_and_choices_in_the_link(visit: Visit) -> None:
    page = visit(f"prompt={quote(TEXT)}", page="embeddings")
    model, ids = shipped.loaded().model, shipped.ids_of(TEXT)
    token, places = model.token_embedding.weight, model.positions(128)
    assert places is not None
    strips = card(page, "What goes in: token + position = input")
    canvas = strips.locator("canvas[data-part='= input']")
    room = canvas.bounding_box()
    assert room is not None
    for x, y in ((0.3, 0.2), (0.6, 0.5), (0.9, 0.8)):
        canvas.hover(position={"x": room["width"] * x, "y": room["height"] * y})
        said = strips.locator("p.readout").inner_text()
        place, number = (int(found) for found in re.findall(r"\((\d+)\), number (\d+):", said)[0])
        own, there, both = numbers(said)[-3:]
        assert own == pytest.approx(float(token[ids[place - 1], number - 1]), abs=6e-5)
        assert there == pytest.approx(float(places[place - 1, number - 1]), abs=6e-5)
        assert both == pytest.approx(float(token[ids[place - 1], number - 1] + places[place - 1, number - 1]), abs=6e-5)
    canvas.click(position={"x": room["width"] * 0.5, "y": room["height"] * 0.5})
    link = page.wait_link({"layer": "3"})
    page.settled()
    assert re.fullmatch(r"input\.\d+\.\d+", page.link()["emb-sum"]), link

    tables = card(page, "Embedding tables")
    alike = tables.locator("canvas.alike")
    alike.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.page.keyboard.press(key)
    first, second = (token[i].double() for i in (1, 2))
    wanted = float(first @ second / first.norm() / second.norm())
    assert numbers(tables.locator("p.readout").inner_text())[-2] == pytest.approx(wanted, abs=6e-4)
    page.page.keyboard.press("Enter")
    page.wait_link({"emb-sum": "tokens.1.2"})
    expect(card(page, "The sum behind one number").locator(".formula")).to_contain_text("cosine")
    page.button("Position table").click()
    page.wait_link({"table": "positions"})
    expect(tables.locator("p.note")).to_contain_text("128 positions × 192")

    space = card(page, "Map of the vectors")
    space.get_by_label("Axis 3").select_option("2")
    page.wait_link({"axes": "1.2.3"})
    picture = "(canvas) => canvas.toDataURL().length + canvas.toDataURL().slice(-400)"
    before = space.locator("canvas[tabindex='0']").evaluate(picture)
    space.locator("canvas[tabindex='0']").focus()
    page.page.keyboard.press("ArrowRight")
    page.settled()
    assert space.locator("canvas[tabindex='0']").evaluate(picture) != before
    page.button("Index added").click()
    page.wait_link({"places": "index"})
    expect(card(page, "Break it: other positions")).to_contain_text("795 times as long")
    page.button("Shuffle").click()
    page.wait_link({"shuffle": "1"})
    expect(card(page, "Shuffle the prompt").locator("tbody tr")).to_have_count(6)
    assert not page.page_errors


def test_every_length_of_text_for_everybody(visit: Visit) -> None:
    page = visit("prompt=", page="embeddings")
    for look in (LOOKS[1], LOOKS[3]):
        page.dress(*look)
        for count in (0, 1, 64, 128):
            page.type(("ROMEO: but soft " * 9)[:count])
            page.rows(count)
            assert page.page.evaluate(STICKING_OUT) == [], (look, count)
            assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (look, count)
            if count in (0, 64):
                assert serious(page) == [], (look, count)
    assert not page.page_errors
