"""What a visitor sees and does, found by roles, labels and data attributes, never by looks or wording."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from gpt.bench.app_server import Server

PATIENCE = 20_000  # milliseconds: the machine may be busy
LINK_PAUSE = 900  # after this long without a change the address bar has followed

# What a page shows last; of any other the seed.
LAST = {
    "attention": "[data-stages]",
    "compare": "section[aria-label='Distance of the streams']",
    "edits": "section[aria-label='Written with and without']",
    "embeddings": "section[aria-label='Guess first']",
    "exercises": "[data-puzzle]",
    "knockout": "section[aria-label='Foretold: tokens']",
    "layernorm": "[data-norms]",
    "mlp": "[data-neuron]",
    "model": "section[aria-label='The model']",
    "residual": "section[aria-label='Dropout']",
    "tokens": "[data-switch=renamed]",
    "training_step": "section[aria-label='One training step']",
}

# A projector and a phone, in the light and in the dark: width, height, dark.
LOOKS = ((1280, 720, False), (1280, 720, True), (390, 844, True), (390, 844, False))
# Whether the app has the background of the dark, or of the light.
DRESSED = """(dark) => {
  const colour = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  const [red, green, blue] = colour.match(/\\d+/g).map(Number);
  return dark === red + green + blue < 384;
}"""
STILL = """() => document.getAnimations().every((one) =>
  one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
SLOW_COLOURS = 700  # milliseconds: they fade into each other

# The shadow roots of the page's panels, which may lie in each other.
ROOTS = """((find) => find(find, document))((find, node) => [...node.querySelectorAll("*")]
  .filter((el) => el.shadowRoot).flatMap((el) => [el.shadowRoot, ...find(find, el.shadowRoot)]))"""


class Driver:
    """One visitor's page, with everything that it logged, threw, asked and sent."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.console_errors: list[tuple[str, str]] = []
        self.page_errors: list[str] = []
        self.requests: list[str] = []
        self.sent: list[Any] = []  # frames that went to Python
        page.set_default_timeout(PATIENCE)
        page.on(
            "console", lambda m: self.console_errors.append((m.text, m.location["url"])) if m.type == "error" else None
        )
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", self.listen)

    def listen(self, socket: Any) -> None:
        """Count what travels to the server; the socket's own address must be this machine as well."""
        self.requests.append(socket.url)
        socket.on("framesent", lambda frame: self.sent.append(frame))

    def open(self, query: str = "", page: str = "") -> None:
        """Go to a page of the app, the Playground if none is named, and wait for the picture."""
        self.page.goto(f"{self.server.url}/{page}" + (f"?{query}" if query else ""))
        self.ready(LAST.get(page, "[data-knob=seed]"))

    def ready(self, last: str = "[data-knob=seed]") -> None:
        """Everything is drawn, the last part too, and nothing is under way."""
        first = "[data-rows], [data-neuron], [data-norms], [data-puzzle]"
        self.page.wait_for_selector(first, state="attached", timeout=3 * PATIENCE)  # of a server that nobody has asked
        self.page.wait_for_selector(last)
        self.settled()

    def settled(self) -> None:
        """The server rests."""
        self.page.wait_for_timeout(150)
        self.page.wait_for_selector('[data-testid=stApp][data-test-script-state="notRunning"]')

    def dress(self, width: int, height: int, dark: bool) -> None:
        """Another screen and light for the page that is open."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.wait_for_function(DRESSED, arg=dark)
        self.settled()
        self.page.wait_for_timeout(SLOW_COLOURS)
        self.page.wait_for_function(STILL)

    def looks(self) -> Iterator[str]:
        """One open page on a projector and on a phone, in the light and in the dark; each is told in words."""
        for width, height, dark in LOOKS:
            self.dress(width, height, dark)
            yield f"{width} x {height}, {'dark' if dark else 'light'}"

    def unfold(self, title: str) -> None:
        """Open what is folded under this title, and wait until nothing moves: else a click lands beside its aim."""
        self.page.get_by_text(title, exact=True).click()
        folded = self.page.locator("details").filter(has_text=title).first
        moves = "el.style.height || el.getAnimations({ subtree: true }).some((one) => one.playState === 'running')"
        self.page.wait_for_function(f"(el) => el.open && !({moves})", arg=folded.element_handle())

    @property
    def box(self) -> Locator:
        """The prompt's editor."""
        return self.page.get_by_role("textbox", name=re.compile("^Prompt"))

    @property
    def strip(self) -> Locator:
        """The panel of tokens; data-text is what the model reads."""
        return self.page.locator("[data-text]")

    @property
    def chips(self) -> Locator:
        """The tokens' buttons."""
        return self.page.get_by_role("button", name=re.compile(r", token \d+$"))

    @property
    def bars(self) -> Locator:
        """The next token's candidates."""
        return self.page.locator("[data-p][data-id]")

    @property
    def large(self) -> Locator:
        """The large map of the chosen head: the one picture that takes the keyboard."""
        return self.page.locator("canvas[role=img][tabindex='0']")

    def head(self, layer: int, head: int) -> Locator:
        """One of the small maps, counted from 0."""
        return self.page.locator(f'[data-layer="{layer}"][data-head="{head}"]')

    def knob(self, name: str) -> Locator:
        """A sampling knob."""
        return self.page.locator(f"[data-knob={name}]")

    def button(self, name: str) -> Locator:
        """A button by the beginning of its name."""
        return self.page.get_by_role("button", name=re.compile("^" + name))

    def rows(self, count: int) -> None:
        """Wait until every head has this many rows."""
        self.page.wait_for_selector(f'[data-rows="{count}"]', state="attached")

    def reads(self, text: str) -> None:
        """Wait until the model reads exactly this."""
        expect(self.strip).to_have_attribute("data-text", text, timeout=PATIENCE)

    def type(self, text: str) -> None:
        """Replace the prompt, and wait until the page has followed."""
        self.box.fill(text)
        self.reads(text)
        self.settled()

    def set_knobs(self, **values: Any) -> None:
        """Move knobs to values, as a visitor's last movement would; greedy is True or False."""
        for name, value in values.items():
            knob = self.knob(name)
            if name == "greedy":
                knob.set_checked(bool(value))
                continue
            keeps_all = name == "top_k" and not value  # the far right
            knob.fill(knob.get_attribute("max") or "" if keeps_all else str(value))
            if name == "seed":
                knob.press("Enter")
        self.settled()

    def all_bars(self) -> dict[int, tuple[float, bool]]:
        """Every token's share and whether it was removed, by id; unfolds the list if it is folded."""
        fold = self.page.locator("section:has([data-knob=seed]) button[aria-expanded]")
        if fold.get_attribute("aria-expanded") == "false":
            fold.click()
        read = "(all) => all.map((bar) => [bar.dataset.id, bar.dataset.p, bar.classList.contains('removed')])"
        return {int(i): (float(p), removed) for i, p, removed in self.bars.evaluate_all(read)}

    def tiles(self) -> list[str]:
        """The picture of every small map, in the order of their buttons, as text to compare."""
        return self.page.evaluate(
            f"""() => {{
              const root = {ROOTS}.find((root) => root.querySelector("[data-rows]"));
              const canvas = root.querySelector("[data-head]").closest("section").querySelector("canvas");
              const all = canvas.getBoundingClientRect(), scale = canvas.width / all.width;
              return [...root.querySelectorAll("[data-head]")].map((button) => {{
                const at = button.getBoundingClientRect(), pen = canvas.getContext("2d");
                const place = [at.x - all.x, at.y - all.y, at.width, at.height].map((length) => length * scale);
                const pixels = pen.getImageData(...place);
                let hash = 7;
                for (const value of pixels.data) hash = (hash * 31 + value) | 0;
                return String(hash);
              }});
            }}"""
        )

    def weights(self) -> list[float]:
        """Every weight that the page holds, (L, H, T, T) in order."""
        return json.loads(
            self.page.evaluate(
                """() => {
                  const a = window.nanoscope.attention, all = [];
                  for (let l = 0; l < a.L; l++) for (let h = 0; h < a.H; h++)
                    for (let q = 0; q < a.T; q++) for (let k = 0; k < a.T; k++) all.push(a.weight(l, h, q, k));
                  return JSON.stringify(all);
                }"""
            )
        )

    def shades(self) -> list[str]:
        """The background of every token."""
        return self.chips.evaluate_all("(all) => all.map((chip) => chip.style.background)")

    def link(self) -> dict[str, str]:
        """What the address bar says, once it has followed and rests."""
        self.settled()
        link: dict[str, str] | None = None
        while link != (link := self.query()):
            self.page.wait_for_timeout(LINK_PAUSE)
        return link

    def query(self) -> dict[str, str]:
        """What the address bar says now."""
        query = urlsplit(self.page.evaluate("location.href")).query
        return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}

    def wait_link(self, values: Mapping[str, str | None]) -> dict[str, str]:
        """Wait until the link says this (None: does not say it); returns all of it."""
        link: dict[str, str] = {}
        for _ in range(PATIENCE // 100):
            link = self.query()
            if all(link.get(name) == value for name, value in values.items()):
                break
            self.page.wait_for_timeout(100)
        assert {name: link.get(name) for name in values} == values
        return link


def numbers(text: str | None) -> list[float]:
    """Every number in a sentence."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text or "")]
