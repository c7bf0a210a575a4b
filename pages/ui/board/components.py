"""One typed Python function for each file in assets/components: what it shows, what it tells back.

The code is passed inline (there is no static folder), with common.js and common.css in front of each.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components import v2

from gpt.config import GPTConfig
from gpt.diagram import diagram
from pages.ui.board import payload

USES_CELLS = {"stages", "flow", "head"}  # the panels that draw with cells.js
FOLDER = Path(__file__).resolve().parents[3] / "assets" / "components"


@cache
def mount(name: str) -> Callable[..., Any]:
    """Register a component once a process; its text always holds newlines, so it is never taken for a path."""
    code, style = ("\n".join(text(part, kind) for part in ("common", name)) for kind in ("js", "css"))
    return v2.component(f"nanoscope_{name}", js=code, css=style)


def text(name: str, kind: str) -> str:
    """The text of a component's file."""
    return next(FOLDER.rglob(f"{name}.{kind}")).read_text("utf-8")


def as_panel(name: str) -> str:
    """A component's code as one entry of PANELS instead of a module of its own."""
    return text(name, "js").replace("export default ", f"PANELS.{name} = ").replace("\nexport function", "\nfunction")


@cache
def mount_board(names: tuple[str, ...]) -> Callable[..., Any]:
    """Register a board of these panels: each file in a block of its own, so that their names do not meet."""
    blocks = ["{" + as_panel(name) + "}" for name in names]
    shared = [text("cells", "js")] if USES_CELLS & set(names) else []
    styles = json.dumps({name: text(name, "css") for name in ("common", *names)})
    head = f"const PANELS = {{}}, STYLES = {styles};"
    code = "\n".join([text("common", "js"), *shared, head, *blocks, text("board", "js")])
    return v2.component("nanoscope_board_" + "_".join(names), js=code, css=text("board", "css"))


def board(panels: Sequence[tuple[str, int, bytes | Mapping[str, Any]]], **told: Callable[[], None]) -> None:
    """Several panels at once: (name, how many of 60 columns, its data); `told` are callbacks, `on_<state>_change`.

    Panels and what they tell: prompt `typed` {"text", "n", "at"}; write `ask` {"n", "what", "to"}; tokens `view`
    {"layer", "head", "mode", "pin"}; next `knobs`; timeline `slid`, a step;
    stages `cell` {"stage", "row", "column"}; switches `switches` {"on"}. The others tell nothing.
    """
    names = tuple(name for name, _, _ in panels)
    mount_board(names)(key="board", data=payload.pack_board(panels), **told)


def scrub(data: Mapping[str, Any], changed: Callable[[], None]) -> None:
    """The training step's slider. data: steps, losses, step, rev. Tells the step as `step`."""
    mount("scrub")(key="scrub", data=dict(data), on_step_change=changed)


def owner(data: Mapping[str, Any], told: Callable[[], None]) -> None:
    """Shows nothing; tells this browser's `token`. data: the token that Python knows."""
    mount("owner")(key="owner-word", data=dict(data), on_token_change=told)


def model(config: GPTConfig, sentence: str = "", key: str = "diagram") -> None:
    """A model as boxes in the order in which a token passes them, its words, and a sentence."""
    drawn = diagram(config)
    told = f"{drawn.total:,} parameters: {drawn.words}. {sentence}".rstrip()
    mount("diagram")(key=key, data={**dataclasses.asdict(drawn), "sentence": told})


def curves(data: Mapping[str, Any]) -> None:
    """Loss curves. data: title, note, runs (name, steps, train, val), marks (name, loss)."""
    mount("curves")(key="curves", data=dict(data))


def batch(data: Mapping[str, Any]) -> None:
    """What the trainer reads. data: step, text, loss."""
    mount("batch")(key="batch", data=dict(data), height="stretch")


def sample(data: Mapping[str, Any]) -> None:
    """What the model writes at a step; data: step, text."""
    mount("sample")(key="sample", data=dict(data), height="stretch")
