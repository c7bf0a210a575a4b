"""A text as a tree in a browser: write, look, force, rewind, search, rename, by pointer and keys; the link; a phone."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from gpt.analysis import cache_cost
from gpt.config import SamplingConfig
from gpt.sampling import generate
from pages.ui.state.growing import SEARCHED
from tests.browser.driver import PATIENCE, Driver
from tests.browser.test_access import serious
from tests.support import shipped

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO "
NAMES = "(all) => all.map((one) => one.innerText || one.firstChild.value)"  # of branches; a field's is its value
WIDE = """(card) => [...card.querySelectorAll("*")]
  .filter((el) => el.getBoundingClientRect().right > innerWidth + 1).map((el) => el.tagName + "." + el.className)"""


def card(page: Driver, name: str) -> Locator:
    """A panel by its title."""
    return page.page.get_by_role("region", name=name, exact=True)


def holds(tree: Locator, **data: int) -> None:
    """Wait until the panel has heard: how many tokens are written, and how many branches there are."""
    for name, value in data.items():
        expect(tree).to_have_attribute(f"data-{name}", str(value), timeout=3 * PATIENCE)


def test_a_tree_is_written_and_opened_again_on_a_phone(visit: Visit) -> None:
    page = visit(f"prompt={quote(TEXT)}&model=mini", page="next_token")
    tree, model = card(page, "A text as a tree"), shipped.loaded("mini")
    holds(tree, branches=0, depth=0)
    tree.get_by_role("button", name="Next token").click()
    holds(tree, depth=1, branches=1)
    tree.get_by_role("button", name="Run 200").click()
    expect(tree.locator(".text button").nth(20)).to_be_visible(timeout=3 * PATIENCE)
    tree.get_by_role("button", name="Stop").click()
    page.page.wait_for_timeout(500)
    page.settled()
    written = int(tree.get_attribute("data-depth") or 0)
    path = [one.id for one in generate(model.model, shipped.ids_of(TEXT, "mini"), SamplingConfig(0.8), written)]
    expect(page.box).to_have_value(TEXT + model.tokenizer.decode(path))

    tree.locator(".text button").nth(4).click()  # what else could have stood there? another: a branch
    expect(tree.locator(".side")).to_contain_text("At 5 stands")
    best = tree.locator(".best button")
    expect(best).to_have_count(20)
    best.locator("css=:scope[aria-pressed=false]").first.click()
    holds(tree, depth=5, branches=2)
    tree.get_by_role("button", name="Back one").click()
    holds(tree, depth=4)
    tree.get_by_role("button", name=f"Greedy {SEARCHED}").click()
    holds(tree, branches=3, depth=4)
    tree.get_by_label("Width of the beam").select_option("6")
    tree.get_by_role("button", name=f"Beam {SEARCHED}").click()
    expect(tree.get_by_label("Name of this branch")).to_have_value("beam 6")
    expect(tree.locator(".note")).to_contain_text("Likeliest a token")
    tree.get_by_label("Name of this branch").fill("widest")
    tree.get_by_label("Name of this branch").press("Enter")
    expect(tree.get_by_label("Name of this branch")).to_have_value("widest")

    tree.locator(".text button").first.focus()  # keys: along, to another branch, look
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    expect(tree.locator(".side")).to_contain_text("At 2 stands")
    page.page.keyboard.press("ArrowUp")
    expect(tree.get_by_label("Name of this branch")).to_have_value("greedy")
    tree.get_by_label("What colours the tokens").select_option("rank")

    eight, cache = card(page, "Eight ways on, under two settings"), card(page, "The cache, seen")
    eight.get_by_role("button", name="Write eight").click()
    expect(eight.locator("li")).to_have_count(16, timeout=3 * PATIENCE)
    prompt, depth = len(shipped.ids_of(TEXT, "mini")), int(tree.get_attribute("data-depth") or 0)
    one = cache_cost.steps(model.config, prompt, depth)[-1]
    expect(cache).to_have_attribute("data-made", str(one.new))
    expect(cache).to_have_attribute("data-kept", str(one.kept))
    expect(cache).to_contain_text(f"{cache_cost.cost(model.config).of(one):,} multiply-adds")
    cache.get_by_role("button", name="Time it").click()
    expect(cache.locator(".timing")).to_contain_text("Measured on the machine that runs this page")
    expect(card(page, "Every position of the text").locator(".places li")).to_have_count(prompt + depth - 1)
    assert serious(page) == []

    page.wait_link({"shade": "rank", "beam": "6"})
    assert "eight" in page.link()
    names = tree.locator("tbody th").evaluate_all(NAMES)
    phone = visit(page.page.evaluate("location.search").removeprefix("?"), True, 390, 844, page="next_token")
    again = card(phone, "A text as a tree")
    holds(again, depth=depth, branches=4)
    assert names == again.locator("tbody th").evaluate_all(NAMES)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("A text as a tree", "Eight ways on, under two settings", "Running perplexity", "The cache, seen"):
        assert card(phone, name).evaluate(WIDE) == [], name
    assert serious(phone) == []
    again.get_by_role("button", name="Remove widest").click()
    holds(again, branches=3)
