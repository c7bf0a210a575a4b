"""The address bar restores what one saw, bit for bit; anything else in it ends in a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from gpt.config import SamplingConfig
from tests.browser.conftest import faults_of
from tests.browser.driver import Driver
from tests.support import shipped

Visit = Callable[..., Driver]
PROMPT = "First Citizen:\nSpeak, & speak = 100%? +1 #2"  # what a link must escape
MARKUP = "<img src=x onerror=window.__x=1>"
PICTURE = "![](http://a.bc/x) www.a.bc x@a.bc"  # as Markdown, this would ask another machine
models = pytest.mark.parametrize(
    "model",
    ["shakespeare", "mini"],
)


@models
def test_a_reload_restores_everything(visit: Visit, model: str) -> None:
    """Chosen by hand, read off the address bar, opened by another visitor: the same doubles in every bar."""
    steps, config = shipped.shelved(model).steps, shipped.loaded(model).config
    step = steps[len(steps) // 2]
    page = visit(f"model={model}")
    read = "".join(shipped.loaded(model).tokenizer.tokens[i] for i in shipped.ids_of(PROMPT, model))
    page.box.fill(PROMPT)
    page.reads(read)
    if len(steps) > 1:
        page.page.locator("[data-step] input[type=range]").fill(str(len(steps) // 2))
    page.head(1, config.n_head - 1).click()
    page.page.locator("[data-mode=mean]").click()
    page.chips.nth(3).click()
    page.set_knobs(temperature=1.35, top_k=30, top_p=0.93, seed=77)
    page.wait_link({"t": "1.35", "k": "30", "p": "0.93", "seed": "77", "token": "4", "mode": "mean", "prompt": PROMPT})
    bars, weights, address = page.all_bars(), page.weights(), page.page.evaluate("location.href")

    other = visit(urlsplit(address).query)
    other.reads(read)
    expect(other.box).to_have_value(PROMPT)
    expect(other.page.locator("[data-step]")).to_have_attribute("data-step", str(step))
    expect(other.head(1, config.n_head - 1)).to_have_attribute("aria-pressed", "true")
    expect(other.page.locator("[data-mode=mean]")).to_have_attribute("aria-pressed", "true")
    expect(other.chips.nth(3)).to_have_attribute("aria-pressed", "true")
    assert [other.knob(name).input_value() for name in ("top_k", "seed")] == ["30", "77"]
    assert other.all_bars() == bars
    assert other.weights() == weights
    assert other.link() == page.link()


def test_written_tokens_are_in_the_link(visit: Visit) -> None:
    """What the model wrote is still what it wrote: the same tokens with their shares, and the draw goes on."""
    page = visit("prompt=O%20")
    for i in (1, 2, 3):
        page.button("Next token").click()
        page.rows(2 + i)
    text = page.box.input_value()
    page.page.wait_for_function("new URL(location.href).searchParams.get('written')?.split('-').length === 3")
    assert page.link()["prompt"] == "O "
    other = visit(urlsplit(page.page.evaluate("location.href")).query)
    expect(other.box).to_have_value(text)
    assert other.all_bars() == page.all_bars()
    for one in (page, other):
        assert one.page.locator(".chip.written").count() == 3
        expect(one.page.locator(".drawn")).to_contain_text("Draw 4 of seed")
    shares = [one.page.locator(".written button").evaluate_all("all => all.map(b => b.title)") for one in (page, other)]
    assert shares[0] == shares[1] and len(shares[0]) == 3


BAD = (
    ("layer=99&head=99&step=-5&model=nope", ("99", "-5", "nope")),
    ("t=nan&k=" + 400 * "9" + "&p=2&seed=x", ("temperature", "top_k", "top_p", "seed")),
    ("t=1e400&k=-1&p=nan&seed=-1&step=" + 400 * "9", ("temperature", "top_k", "top_p", "seed", "999")),
    ("layer=-3&head=abc&greedy=maybe&mode=sideways&token=99999", ()),
    ("token=x&unknown=1&prompt=a&prompt=b&layer=1.5&k=2.5", ("top_k",)),
    ("layer=&head=&step=&model=&t=&k=&p=&seed=&token=&mode=&greedy=", ("model",)),
)
STRANGE = ("%ED%A0%80", "%FF%FE", "%00a%00", "%0D%0Aa%0D", "%F0%9F%98%80", "%E2%80%AE%E2%80%8B")


def test_bad_links(visit: Visit) -> None:
    """A default instead of what cannot be, a sentence where someone would miss it, and a page that works."""
    page = visit()
    for query, told in BAD:
        page.open(query if "prompt" in query else f"prompt=O%20my&{query}")
        notices = " ".join(page.page.get_by_test_id("stAlert").all_inner_texts())
        assert [word for word in told if word not in notices] == [], query
        assert len(notices) < 1_500, query
        total = sum(share for share, _ in page.all_bars().values())
        assert total == pytest.approx(1, abs=1e-9), query
        page.type("still here")
        page.rows(len("still here"))
        assert faults_of(page) == [], query


def test_strange_bytes_in_a_prompt(visit: Visit) -> None:
    """Half characters, nulls, emoji, letters that turn the direction of writing: marked as unknown at most."""
    page = visit()
    for prompt in STRANGE:
        page.open(f"prompt={prompt}")
        page.type("fine")
        page.rows(4)
        assert faults_of(page) == [], prompt


def test_a_huge_prompt(visit: Visit) -> None:
    """Longer than a prompt may be: cut, and the page stays quick enough to answer. A bare address stays short."""
    size = shipped.loaded().config.block_size
    page = visit()
    assert set(page.link()) <= {"layer", "head"}  # without a choice of one's own
    page.open("prompt=" + 1_000 * "All%20work%0A")
    page.rows(size)
    assert 0 < len(page.box.input_value()) < 9_000
    page.type("x")
    page.rows(1)


def test_a_link_is_never_markup(visit: Visit) -> None:
    """In any parameter, HTML and Markdown are shown as they are: nothing runs, and nothing is fetched."""
    names = ("prompt", "model", "step", "layer", "head", "token", "mode", "t", "k", "p", "seed", "greedy")
    page = visit("layer=99&prompt=ab")
    page.wait_link({"layer": str(shipped.loaded().config.n_layer)})  # the link that is copied from here is a good one
    for text in (MARKUP, PICTURE):
        page.open("&".join(f"{name}={quote(text)}" for name in names))
        page.page.wait_for_timeout(500)
        assert page.page.evaluate("window.__x") is None
        assert page.page.locator("img[src='x'], img[src*='a.bc'], [data-testid=stAlert] a").count() == 0
        assert not [url for url in page.requests if "a.bc" in url and "127.0.0.1" not in url]
        expect(page.box).to_have_value(text)


def test_knobs_from_a_link_reach_the_writing(visit: Visit) -> None:
    """The first token after a fresh link is the one that these settings draw."""
    page = visit("prompt=O%20&t=1.5&k=20&p=0.8&seed=5")
    settings = SamplingConfig(1.5, top_k=20, top_p=0.8, seed=5)
    page.button("Next token").click()
    page.rows(3)
    expect(page.box).to_have_value("O " + shipped.written("O ", settings, 1))
