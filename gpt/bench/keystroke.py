"""How long a key takes: the real server, a real browser, and a clock inside the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gpt.bench.app_server import BROWSER_ARGS, BROWSERS, BenchError, find_chromium, serving

CONTEXT = 64  # tokens of the prompt, unless another number is named
PROMPT = (
    "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo? Deny thy father and refuse thy name; or if thou wilt not, "
    "be but sworn my love."
)
LETTERS = "the quality of mercy is not strain'd "  # that are typed at the end
BEYOND = 10**6  # characters: no prompt is so long
WARM_KEYS = 5  # not counted: they show which panels a key redraws

# Runs in the page. A key starts the clock when the browser got it; `done` holds the time after the frame in which the
# last of the panels that a key redraws had changed. Panels live in shadow roots, each watched by its own observer.
CLOCK = """
() => {
  const roots = [];
  const find = (node) => node.querySelectorAll("*").forEach((el) => {
    if (el.shadowRoot) { roots.push(el.shadowRoot); find(el.shadowRoot); }
  });
  find(document);
  const clock = (window.keyClock = { wanted: null, seen: new Set(), start: null, done: null });
  const box = roots.map((root) => root.querySelector("textarea")).find(Boolean);
  const strip = roots.map((root) => root.querySelector("[data-text]")).find(Boolean);
  const changed = (i) => {
    if (clock.start === null || clock.done !== null) return;
    clock.seen.add(i);
    if (!clock.wanted || (strip && strip.dataset.text !== box.value)) return;
    if (![...clock.wanted].every((j) => clock.seen.has(j))) return;
    const start = clock.start;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel(); // heard after the frame was painted
      port1.onmessage = () => { clock.done = performance.now() - start; };
      port2.postMessage(0);
    });
  };
  const writer = roots.findIndex((root) => root.contains(box));
  roots.forEach((root, i) => {
    const what = { subtree: true, childList: true, attributes: true, characterData: true };
    if (i !== writer) new MutationObserver(() => changed(i)).observe(root, what);
  });
  clock.pictures = () => [...clock.seen].filter((i) => roots[i].querySelector("canvas, [data-p], [data-text]"));
  clock.has = (part) => [...clock.wanted].some((i) => roots[i].querySelector(part));
  const begin = (event) => Object.assign(clock, { start: event.timeStamp, done: null, seen: new Set() });
  box.addEventListener("keydown", begin);
}
"""
# The next key replaces character i, so that the prompt keeps its length and is new each time; beyond the last one it
# stands at the end.
SELECT = """
(i) => {
  const find = (node) => node.querySelector("textarea") ?? [...node.querySelectorAll("*")].filter((el) => el.shadowRoot)
    .map((el) => find(el.shadowRoot)).find(Boolean);
  const box = find(document);
  box.focus();
  box.setSelectionRange(i, i + 1);
}
"""
# What every key so far has redrawn is wanted of each that follows; true if there is a picture among it, and on the
# first page heads and bars.
WANT = """
(first) => {
  const clock = window.keyClock, seen = clock.pictures();
  clock.wanted = new Set(seen.filter((i) => !clock.wanted || clock.wanted.has(i)));
  return clock.wanted.size > 0 && (!first || (clock.has("[data-rows]") && clock.has("[data-p]")));
}
"""
DONE = "() => window.keyClock.done"


@dataclass(frozen=True)
class Keys:
    """What was measured."""

    milliseconds: list[float]  # one a key: from the key to the painted frame
    server_cpu: float  # milliseconds of the server's CPU time a key
    kilobytes: list[float]  # one a key: what the server sent for it


@dataclass(frozen=True)
class Typing:
    """Where keys are pressed."""

    page: str = "/"
    tokens: int = CONTEXT  # of the prompt
    behind: bool = False  # at its end, which grows; else in the middle of it, at one place after the other


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` per cent of the values do not exceed."""
    return sorted(values)[max(0, round(share / 100 * len(values)) - 1)]


def browser_or_error() -> tuple[str, Callable[[], Any]]:
    """The browser's path and Playwright's starter. Raises BenchError if one of them is not here."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise BenchError(f"Keys need {error.name}: pip install -r requirements-dev.txt brings it.") from error
    path = find_chromium()
    if path is None:
        raise BenchError(f"Keys need a browser on the PATH, one of {', '.join(BROWSERS)}: apt-get install chromium.")
    return path, sync_playwright


def measure(keys: int = 100, gap: float = 0.15, how: Typing | None = None) -> Keys:
    """Press `keys` keys, each `gap` seconds after the last one was painted. Raises BenchError if it cannot be done."""
    how = how or Typing()
    path, play = browser_or_error()
    import psutil
    from playwright.sync_api import Error

    text = PROMPT[: how.tokens - keys // 2 if how.behind else how.tokens]
    with serving() as server, play() as driver:
        browser = driver.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            came: list[int] = []
            page.on("websocket", lambda socket: socket.on("framereceived", lambda data: came.append(len(data))))
            page.goto(f"{server.url}{how.page}?prompt={quote(text)}")
            page.wait_for_selector(f'[data-rows="{len(text)}"], [data-text]', timeout=60_000)
            page.wait_for_timeout(2_000)
            return press(page, psutil.Process(server.process.pid), keys, gap, how, came)
        except Error as error:
            raise BenchError(f"The page did not answer a key: {error.message.splitlines()[0]}") from error
        finally:
            browser.close()


def press(page: Any, server: Any, keys: int, gap: float, how: Typing, came: list[int]) -> Keys:
    """First some keys to see which panels follow, then the counted ones; `came` are the messages' sizes so far."""
    page.evaluate(CLOCK)
    times, sizes, before = list[float](), list[float](), 0.0
    for i in range(-WARM_KEYS, keys):
        if i == 0:
            before = sum(server.cpu_times()[:2])
        came.clear()
        if how.behind:
            page.evaluate(SELECT, BEYOND)
            page.keyboard.press(LETTERS[i % len(LETTERS)])
        else:
            page.evaluate(SELECT, i % how.tokens)
            page.keyboard.press("xz"[i // how.tokens % 2] if i >= 0 else "q")  # none of them is in the prompt
        if i < 0:
            page.wait_for_timeout(600)
            if not page.evaluate(WANT, how.page == "/"):
                raise BenchError("The pictures did not follow a key: the page has changed, and this clock must too.")
        else:
            times.append(page.wait_for_function(DONE, timeout=10_000).json_value())
            page.wait_for_timeout(1_000 * gap)
            sizes.append(sum(came) / 1_000)
    return Keys(times, 1_000 * (sum(server.cpu_times()[:2]) - before) / keys, sizes)
