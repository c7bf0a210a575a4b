"""The page Tokens in a browser: both ways between text and ids, merges by keyboard, ids shuffled, at both sizes."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "ROMEO: my love"
COUNTED = re.compile("most frequent tokens are")
LATEST = 260  # pixels from the top by which the page's own matter has begun


def card(page: Driver, name: str) -> Locator:
    """A panel by its title."""
    return page.page.get_by_role("region", name=name, exact=True)


def test_what_one_does_on_the_page(visit: Visit) -> None:
    """Every panel answers; what was chosen is in the link; a second visitor sees the same."""
    page = visit(f"prompt={quote(TEXT)}", page="tokens")
    ids = card(page, "Text ⇄ ids")
    assert (ids.bounding_box() or {})["y"] <= LATEST
    told = [int(text) for text in ids.locator(".id").all_inner_texts()]
    assert told == shipped.ids_of(TEXT)
    page.page.get_by_label("Ids → text").press_sequentially(" ".join(map(str, told[:4])) + " 99")
    expect(ids).to_contain_text("“ROME”")
    expect(ids.get_by_role("status")).to_contain_text("There is no token 99: this model's ids run from 0 to 64.")
    expect(card(page, "Vocabulary")).to_contain_text(COUNTED, timeout=60_000)
    card(page, "Vocabulary").get_by_role("button", name="count").click()
    expect(card(page, "Vocabulary").locator("tbody tr").first).to_contain_text("169,892")
    merging = card(page, "Byte pairs: merge after merge")
    expect(merging.get_by_role("status")).to_contain_text("500 of 7,936", timeout=60_000)
    few = merging.locator(".piece").count()
    merging.get_by_role("slider").focus()
    page.page.keyboard.press("Home")
    expect(merging.locator(".piece")).to_have_count(len(TEXT))
    assert few < len(TEXT)
    page.page.keyboard.press("End")
    expect(merging.get_by_role("status")).to_contain_text("7,936 of 7,936")
    page.page.get_by_label("Shuffle the ids").click()
    broken = card(page, "What if the ids were others?")
    expect(broken).to_contain_text("worse than guessing blindly among 65")
    cuts = card(page, "How a batch is cut")
    before = cuts.locator(".pairs").inner_text()
    cuts.get_by_role("button", name="next draw").click()
    expect(cuts.locator(".seed")).to_have_text("seed 1338")
    assert cuts.locator(".pairs").inner_text() != before
    card(page, "Guess first").get_by_role("button").first.click()
    expect(card(page, "Guess first").get_by_role("status").first).to_contain_text("of 65")
    page.wait_link({"merges": "7936", "renamed": "1", "draw": "1338", "sort": "count"})
    assert serious(page) == []
    pieces = merging.locator(".piece").all_inner_texts()
    again = visit(page.page.evaluate("location.search").removeprefix("?"), page="tokens")
    expect(card(again, "Byte pairs: merge after merge").locator(".piece")).to_have_text(pieces)
    expect(card(again, "How a batch is cut").locator(".seed")).to_have_text("seed 1338")


def test_a_phone_in_the_dark_and_no_text(visit: Visit) -> None:
    page = visit("renamed=1&ids=20+43", True, 390, 844, page="tokens")
    expect(card(page, "How many entries?")).to_contain_text("318,963", timeout=60_000)
    assert page.page.evaluate(STICKING_OUT) == []
    assert serious(page) == []
    page.box.fill("")
    expect(card(page, "What if the ids were others?")).to_contain_text("Type a character first")
    page.box.fill("a")
    expect(card(page, "What if the ids were others?")).to_contain_text("Nothing predicts a single token")
    page.box.fill("é" * 200)
    expect(card(page, "Text ⇄ ids")).to_contain_text("(U+00E9) has no id among the 65")
    expect(card(page, "Byte pairs: merge after merge")).to_contain_text("as characters 200, as bytes 400")
