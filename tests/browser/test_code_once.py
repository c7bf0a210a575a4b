"""The panels' code comes as a script, which the browser keeps; what a key brings is data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response

from gpt.bench.app_server import Server

CODE = b"class StageFigure"  # stands in the code, and in no data
PROMPT = "JULIET: O Romeo, Romeo! wherefore art thou Romeo? Deny thy fathe"


class Line:
    """What the server sends over the page's connection."""

    def __init__(self, page: Page) -> None:
        self.frames: list[bytes] = []
        self.scripts: list[str] = []  # of ours
        self.missing: list[str] = []  # what was asked for and is not there
        page.on("websocket", lambda socket: socket.on("framereceived", self.heard))
        page.on("response", self.answered)

    def heard(self, frame: bytes | str) -> None:
        self.frames.append(frame if isinstance(frame, bytes) else frame.encode())

    def answered(self, response: Response) -> None:
        if "/nanoscope." in response.url:
            self.scripts.append(response.url)
        if not response.ok:
            self.missing.append(response.url)

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


def test_the_code_comes_as_one_script_and_never_with_the_data(server: Server, page: Page) -> None:
    line = Line(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}/attention?prompt={PROMPT}")
    page.wait_for_selector("[data-rows]", state="attached", timeout=60_000)
    assert len(line.scripts) == 1
    page.goto(f"{server.url}/?prompt={PROMPT}")
    page.wait_for_selector(f'[data-rows="{len(PROMPT)}"]', state="attached", timeout=60_000)
    assert len(set(line.scripts)) == 1 and line.codes() == 0
    box = page.get_by_role("textbox", name="Prompt")
    box.fill(PROMPT[:-1] + "?")
    page.wait_for_selector(f'[data-text="{PROMPT[:-1]}?"]', state="attached")
    board = max(line.frames, key=len)
    assert PROMPT[:-1].encode() + b"?" in board
    assert board.count(b"export default") == 1  # the stub, which asks for the code
    page.get_by_role("combobox", name="Model").click()  # the whole page is drawn again
    page.get_by_role("option").filter(has_text="mini").click()
    page.wait_for_selector("[data-testid=stSlider], [aria-label='Training step'] >> visible=true")
    assert line.codes() == 0
    assert not errors and not line.missing  # it never looks for the server where it is not
