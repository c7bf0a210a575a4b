"""The panels' code comes once a visit; what a key brings is data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gpt.bench.app_server import Server

CODE = b"class StageFigure"  # stands in the code, and in no data
PROMPT = "JULIET: O Romeo, Romeo! wherefore art thou Romeo? Deny thy fathe"


class Line:
    """What the server sends over the page's connection."""

    def __init__(self, page: Page) -> None:
        self.frames: list[bytes] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self.heard))

    def heard(self, frame: bytes | str) -> None:
        self.frames.append(frame if isinstance(frame, bytes) else frame.encode())

    def codes(self) -> int:
        """How often the code came since the last time one asked."""
        frames, self.frames = self.frames, []
        return sum(CODE in frame for frame in frames)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new visitor's page, before it is opened."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


def test_the_code_comes_once_a_visit(server: Server, page: Page) -> None:
    line = Line(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}/?prompt={PROMPT}")
    page.wait_for_selector(f'[data-rows="{len(PROMPT)}"]', state="attached", timeout=60_000)
    assert line.codes() == 1
    box = page.get_by_role("textbox", name="Prompt")
    box.fill(PROMPT[:-1] + "?")
    page.wait_for_selector(f'[data-text="{PROMPT[:-1]}?"]', state="attached")
    board = max(line.frames, key=len)
    assert PROMPT[:-1].encode() + b"?" in board
    assert board.count(b"export default") == 1  # the stub, which asks for the code
    assert line.codes() == 0
    page.get_by_role("combobox", name="Model").click()  # the whole page is drawn again
    page.get_by_role("option").filter(has_text="mini").click()
    page.wait_for_selector("[data-testid=stSlider], [aria-label='Training step'] >> visible=true")
    assert line.codes() == 0
    page.reload()
    expect(box).to_be_visible(timeout=60_000)
    page.wait_for_selector(f'[data-rows="{len(PROMPT)}"]', state="attached", timeout=60_000)
    assert line.codes() == 1
    assert not errors
