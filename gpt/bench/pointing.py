"""How long it takes until what one points at is lit: a real pointer over the picture of the whole model."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gpt.bench.app_server import BROWSER_ARGS, BenchError, serving
from gpt.bench.keystroke import CONTEXT, PROMPT, browser_or_error

LIT, PAINTED = 16, 60  # milliseconds that are wanted at most: one frame of the screen; what the eye takes for at once
PAUSE = 40  # milliseconds between two movements

# Runs in the page. The browser's own time of a movement starts the clock; the picture says in an attribute which part
# it lights, in the same frame as it draws it; a message is heard after that frame was painted.
CLOCK = """
() => {
  const within = (node) => [...node.querySelectorAll("*")].filter((el) => el.shadowRoot)
    .flatMap((el) => [el.shadowRoot, ...within(el.shadowRoot)]);
  const canvas = within(document).map((root) => root.querySelector("canvas[role=application]")).find(Boolean);
  const clock = (window.pointClock = { at: null, lit: [], painted: [] });
  canvas.addEventListener("pointermove", (event) => { clock.at = event.timeStamp; }, true);
  new MutationObserver(() => {
    const at = clock.at;
    if (at === null) return;
    clock.at = null;
    clock.lit.push(performance.now() - at);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => clock.painted.push(performance.now() - at);
    port2.postMessage(0);
  }).observe(canvas, { attributes: true, attributeFilter: ["data-part"] });
  const { x, y, width, height } = canvas.getBoundingClientRect();
  return [x, y, width, height];
}
"""


@dataclass(frozen=True)
class Pointing:
    """Milliseconds from each movement of the pointer that reached another part."""

    lit: list[float]  # until what feeds the part is drawn
    painted: list[float]  # until the frame with it was painted


def move(page: Any, movements: int, seed: int = 1) -> Pointing:
    """Point at places of the picture that chance finds, on a page that shows it."""
    x, y, width, height = page.evaluate(CLOCK)
    chance = random.Random(seed)
    for _ in range(movements):
        page.mouse.move(x + chance.random() * width, y + chance.random() * height)
        page.wait_for_timeout(PAUSE)
    found = page.evaluate("() => window.pointClock")
    return Pointing(found["lit"], found["painted"])


def measure(movements: int = 200) -> Pointing:
    """Open the whole model with a prompt of 64 tokens and point. Raises BenchError if it cannot be done."""
    path, play = browser_or_error()
    from playwright.sync_api import Error

    with serving() as server, play() as driver:
        browser = driver.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{server.url}/model?prompt={quote(PROMPT[:CONTEXT])}")
            page.wait_for_selector("[data-rows] canvas[role=application]", timeout=60_000)
            page.wait_for_timeout(2_000)
            return move(page, movements)
        except Error as error:
            raise BenchError(f"The page could not be pointed at: {error.message.splitlines()[0]}") from error
        finally:
            browser.close()
