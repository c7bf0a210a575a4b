"""The prompt: every key shows, none is lost or moved, and whatever is typed stays text."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from gpt.bench.app_server import Server
from tests.browser.driver import Driver
from tests.support import shipped

Visit = Callable[..., Driver]
QUICK = "The quick brown fox jumps over the lazy dog, again and again!\nAnd then it rests."
MARKUP = "<img src=x onerror=window.__x=1><script>window.__x=1</script>"


def test_romeo(visit: Visit) -> None:
    """Six letters, six rows in every head; with each key every head's picture changes, and so do the bars."""
    page = visit("prompt=")
    before, bars = None, None
    page.type("R")
    page.all_bars()  # unfolds them all
    page.box.fill("")
    page.rows(0)
    page.box.click()
    for i, key in enumerate("ROMEO:", 1):
        page.page.keyboard.press(key)
        page.rows(i)
        page.reads("ROMEO:"[:i])
        page.settled()
        config = shipped.loaded().config
        tiles, now = page.tiles(), page.all_bars()
        assert len(tiles) == config.n_layer * config.n_head
        assert before is None or all(a != b for a, b in zip(before, tiles, strict=True)), (
            f"a head slept through key {i}"
        )
        assert now != bars
        before, bars = tiles, now
    assert len(page.weights()) == config.n_layer * config.n_head * 6 * 6
    expect(page.chips).to_have_count(6)


def test_enter_is_a_newline(visit: Visit) -> None:
    """And the caret stays where it is while answers come in; what the model does not know is marked."""
    page = visit("prompt=")
    page.box.click()
    page.page.keyboard.type("ab")
    page.page.keyboard.press("Enter")
    page.page.keyboard.type("c")
    page.reads("ab\nc")
    expect(page.box).to_have_value("ab\nc")
    expect(page.page.get_by_role("button", name="newline, token 3")).to_be_visible()
    page.type("ac")
    page.box.click()
    page.page.keyboard.press("Home")
    page.page.keyboard.press("ArrowRight")
    for i in range(1, 6):
        page.page.keyboard.press("b")
        page.reads("a" + i * "b" + "c")
    expect(page.box).to_have_value("abbbbbc")
    page.type("")
    page.box.fill("a€b漢c")
    page.reads("abc")
    expect(page.box).to_have_value("a€b漢c")
    expect(page.page.locator(".unknown")).to_have_text(["€", "漢"])
    note = page.page.locator("section:has(textarea)").inner_text()
    assert "€" in note and "漢" in note
    page.box.fill("€漢")
    page.rows(0)
    expect(page.page.locator(".unknown")).to_have_count(2)


@contextmanager
def halting(server: Server) -> Iterator[None]:
    """A server that is far too slow: it stands still nine tenths of the time."""
    over = threading.Event()

    def nap() -> None:
        while not over.is_set():
            os.kill(server.process.pid, signal.SIGSTOP)
            over.wait(0.27)
            os.kill(server.process.pid, signal.SIGCONT)
            over.wait(0.03)

    thread = threading.Thread(target=nap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="only POSIX systems can halt a process")
def test_a_slow_server_loses_nothing(visit: Visit, server: Server) -> None:
    """Typing fast while Python hardly answers: the editor keeps every character, in order, and the page catches up."""
    page = visit("prompt=")
    page.box.click()
    with halting(server):
        page.page.keyboard.type(QUICK[:40], delay=75)  # late answers come between keys
        page.page.keyboard.type(QUICK[40:], delay=20)  # faster than any answer
        assert page.box.input_value() == QUICK
    page.reads(QUICK)
    expect(page.box).to_have_value(QUICK)


def test_pasting_500_characters(visit: Visit) -> None:
    """Only the last ones fit the context; the page says so, and the numbers are those of these last ones."""
    text = (QUICK * 7)[:500]
    size = shipped.loaded().config.block_size
    page = visit("prompt=")
    page.box.click()
    page.page.keyboard.insert_text(text)
    page.rows(size)
    page.reads(text[-size:])
    page.settled()
    expect(page.box).to_have_value(text)
    note = page.page.locator("section:has(textarea)").inner_text()
    assert str(size) in note, f"the note does not name the {size} tokens that are read"
    assert page.weights() == pytest.approx(shipped.inside(text).pattern.flatten().tolist(), abs=1e-4)


def test_an_empty_prompt_says_what_to_do(visit: Visit) -> None:
    """No token: no exception, no empty frame; every panel has a sentence. Then one token, an example, and markup."""
    page = visit()
    page.box.fill("")
    page.rows(0)
    page.settled()
    for card in page.page.locator("section[aria-label]").all():
        assert len(card.inner_text().strip().splitlines()) > 1, f"{card.get_attribute('aria-label')} shows nothing"
    expect(page.button("Next token")).to_be_disabled()
    page.type("x")
    page.rows(1)
    expect(page.button("Next token")).to_be_enabled()
    # Alone, a token looks at itself with everything it has.
    assert page.weights() == pytest.approx([1.0] * len(page.weights()), abs=1e-4)
    expect(page.chips).to_have_count(1)
    # A chip puts its text into the editor, and the page follows.
    chip = page.page.locator("section:has(textarea) button").first
    chip.click()
    expect(page.strip).not_to_have_attribute("data-text", "x")
    assert page.box.input_value().startswith(page.strip.get_attribute("data-text") or "?")
    page.settled()
    # Markup stays text: it is shown, letter by letter, and never run.
    page.box.fill(MARKUP)
    page.rows(len(shipped.ids_of(MARKUP)))
    page.settled()
    expect(page.box).to_have_value(MARKUP)
    shown = page.page.locator(".chip").all_inner_texts()
    assert "".join(shown).replace("·", " ") == MARKUP
    assert page.page.evaluate("window.__x") is None
    assert page.page.locator("img[src=x]").count() == 0
