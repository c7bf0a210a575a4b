"""The page on layer norms as a visitor uses it: edits, clicks, the keyboard, long and empty prompts, a phone, axe."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.driver import Driver, numbers
from tests.browser.test_access import serious

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo? Deny thy father"  # 64 tokens
LINK = f"prompt={quote(TEXT[:43])}"


def test_an_input_is_edited_and_a_number_is_worked_out(visit: Visit) -> None:
    page = visit(LINK + "&ln=mlp.2", page="layernorm")
    steps = page.page.locator("section[aria-label^='One token']")
    outputs = steps.locator("td:last-child button")
    before = outputs.all_text_contents()
    steps.get_by_label("Input number 2").fill("9")
    after = outputs.all_text_contents()
    assert all(one != other for one, other in zip(before, after, strict=True))
    expect(steps.get_by_role("status")).to_contain_text("192 of 192 outputs moved, number 2 most")
    steps.get_by_role("button", name="Undo").click()
    assert outputs.all_text_contents() == before
    steps.get_by_role("button", name="All + 1").click()
    expect(steps.get_by_role("status")).to_contain_text("no output moved")
    outputs.nth(3).click()
    page.wait_link({"ln": "mlp.2", "ln-sum": "output.4"})
    worked = page.page.get_by_role("region", name="The sum behind one number")
    expect(worked).to_contain_text("output, number 4")
    shown = numbers((worked.locator(".sum").text_content() or "").partition("Shown")[2])[0]
    assert abs(shown - float(before[3])) < 6e-5
    page.page.locator("section[aria-label='Every layer norm'] canvas").focus()
    page.page.keyboard.press("ArrowDown")
    page.wait_link({"ln": "attn.3"})
    expect(steps).to_have_attribute("aria-label", "One token, step by step: “·” (43), before attention 3")
    page.page.keyboard.press("ArrowLeft")
    page.wait_link({"token": "42"})
    guess = page.page.get_by_role("region", name="Guess first")
    guess.get_by_role("button", name="every number doubled").click()
    expect(guess.get_by_role("status").first).to_contain_text("Not this time: it is “1 added to number 1 alone”.")
    page.page.get_by_label("Which layer norm is left out").select_option("all")
    page.wait_link({"ln-off": "all"})
    expect(page.page.get_by_role("region", name="Leave one out")).to_contain_text("loss on this text")
    table = page.page.get_by_role("region", name="Three by three")
    table.get_by_label("Token 3, number 3").fill("20")
    expect(table).to_contain_text("3 of layer norm's 9 results moved, 3 of batch norm's")
    assert serious(page) == []


def test_any_length_of_a_prompt_follows_the_keys(visit: Visit) -> None:
    page = visit(LINK, page="layernorm")
    main = page.page.locator("[data-norms]")
    assert (main.bounding_box() or {"y": 999})["y"] < 260
    for text, norms in (("", 0), ("R", 13), (TEXT, 13), (TEXT * 3, 13), ("", 0)):
        page.box.fill(text)
        page.reads(text[-128:])
        expect(main).to_have_attribute("data-norms", str(norms))
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_in_the_dark_and_a_model_without_norms(visit: Visit) -> None:
    page = visit(LINK + "&model=lesson-14&ln-off=all", page="layernorm", width=390, height=844, dark=True)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    narrow = "(all) => all.every((box) => box.scrollWidth <= box.clientWidth + 1)"
    assert page.page.locator("section[aria-label^='One token'] input").evaluate_all(narrow)
    assert serious(page) == []
    bare = visit(LINK + "&model=lesson-2", page="layernorm")
    expect(bare.page.get_by_role("region", name="Every layer norm")).to_contain_text("This model has no layer norms")
    expect(bare.page.get_by_role("region", name="Leave one out")).to_have_count(0)
