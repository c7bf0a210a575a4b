"""A stack of edits, in a browser: built by clicks and keys, switched, ordered, scaled, removed; the numbers follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious

TEXT = "gacbdeh|gac"


class Stack:
    """The card of the edits."""

    def __init__(self, page: Driver) -> None:
        self.driver = page
        self.card = page.page.locator("section[aria-label='Edits']")
        self.lines = self.card.locator(".stack li")
        self.said = self.card.locator(".note")

    def choose(self, kind: str, **fields: str) -> None:
        """A kind, and what it needs."""
        self.card.get_by_role("combobox", name="Kind of edit").select_option(kind)
        for name, value in fields.items():
            field = self.card.locator(f"[data-field={name.replace('_', '-')}]")
            if field.evaluate("(box) => box.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def add(self, kind: str, **fields: str) -> None:
        """One line more, which changes what is said of the prediction."""
        count = self.lines.count()
        self.choose(kind, **fields)
        self.card.get_by_role("button", name="Add", exact=True).click()
        expect(self.lines).to_have_count(count + 1)

    def told(self, words: str) -> None:
        """The link holds this stack."""
        self.driver.wait_link({"edits": words or None})
        self.driver.settled()

    def control(self, name: str, line: int) -> None:
        """Press a line's button by the keyboard."""
        button = self.card.locator(f"[data-control={name}][data-line='{line}']")
        button.focus()
        button.press("Enter" if name != "turn" else "Space")


def test_a_stack_of_five_by_clicks_and_keys(visit: Callable[..., Driver]) -> None:
    """Every way to change it, what it does to the numbers, undone again; axe, both sizes, both themes."""
    page = visit(f"model=copy&prompt={quote(TEXT)}", page="edits")
    stack = Stack(page)
    expect(stack.said).to_contain_text("No edit is made")
    stack.choose("weight", query="11", key="4", amount_weight="7")
    expect(stack.card.locator(".fields .problem").last).to_have_text("Give a number from 0 to 1.")
    stack.card.get_by_role("button", name="Add", exact=True).click()
    expect(stack.lines).to_have_count(0)  # refused, and nothing is lost
    stack.add("weight", amount_weight="0.5", layer="2", head="1")
    stack.add("head", layer="1", head="2")
    stack.add("scale", site="attn_out", layer="2", amount_scale="1.5")
    stack.add("cut", layer_or_all="all", head_or_all="all", query="11", key="4")
    stack.choose("patch", site="z", layer="2", head_or_all="1")
    stack.card.get_by_role("textbox").fill("bdfhace|bdf")
    page.wait_link({"other": "bdfhace|bdf"})
    stack.add("patch")
    five = "weight.2.1.11.4.0.5~head.1.2.zero~scale.attn_out.2.all.1.5~cut.all.all.11.4~patch.z.2.1.all"
    stack.told(five)
    assert [re.search(r"no |beyond", text) for text in stack.lines.locator(".problem").all_inner_texts()] == [None] * 5
    expect(stack.said).to_contain_text("KL")
    before = stack.said.inner_text()

    stack.control("turn", 4)  # the other word is not copied any more
    stack.told(five.replace("~patch", "~-patch"))
    expect(stack.said).not_to_have_text(before)
    stack.control("up", 1)
    stack.told("head.1.2.zero~weight.2.1.11.4.0.5~scale.attn_out.2.all.1.5~cut.all.all.11.4~-patch.z.2.1.all")
    expect(stack.card.locator("[data-line='0']:focus")).to_have_count(1)  # the keyboard goes with the line
    between = stack.said.inner_text()
    slider = stack.card.get_by_role("slider", name=re.compile("attention"))
    slider.focus()
    slider.press("Home")
    stack.told("head.1.2.zero~weight.2.1.11.4.0.5~scale.attn_out.2.all.-2.0~cut.all.all.11.4~-patch.z.2.1.all")
    expect(stack.said).not_to_have_text(between)
    stack.control("remove", 1)
    stack.told("head.1.2.zero~scale.attn_out.2.all.-2.0~cut.all.all.11.4~-patch.z.2.1.all")
    stack.card.locator("[data-control=turn][data-line='0']").press("Alt+ArrowDown")
    stack.told("scale.attn_out.2.all.-2.0~head.1.2.zero~cut.all.all.11.4~-patch.z.2.1.all")
    stack.card.get_by_role("button", name="Undo").click()
    stack.told("head.1.2.zero~scale.attn_out.2.all.-2.0~cut.all.all.11.4~-patch.z.2.1.all")
    grip = stack.lines.nth(3).locator(".grip")
    grip.drag_to(stack.lines.nth(0))
    stack.told("-patch.z.2.1.all~head.1.2.zero~scale.attn_out.2.all.-2.0~cut.all.all.11.4")

    maps = page.page.locator("section[aria-label='Heads, before and after']")
    maps.locator("canvas[aria-label^='All heads after']").press("ArrowDown")
    expect(maps).to_have_attribute("data-head", re.compile(r"2\.\d"))
    texts = page.page.locator("section[aria-label='Written with and without']")
    expect(texts).to_have_attribute("data-busy", "", timeout=60_000)
    place = int(texts.get_attribute("data-parts") or "-1")
    assert texts.locator("mark").count() == 2 and place >= 0
    page.box.press("End")
    page.box.press("Backspace")  # token 11 is gone, and with it the edge
    expect(stack.lines.nth(3).locator(".problem")).to_contain_text("There is no token 11")
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.emulate_media(color_scheme="dark")
    page.settled()
    assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == []
