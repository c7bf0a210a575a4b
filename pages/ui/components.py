"""One typed Python function for each file in assets/components: what it shows, what it tells back.

The code is passed inline (there is no static folder), with common.js and common.css in front of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets" / "components"


@cache
def mount(name: str) -> Callable[..., Any]:
    """Register a component once a process; its text always holds newlines, so it is never taken for a path."""
    code, style = (
        "\n".join((FOLDER / f"{part}.{kind}").read_text("utf-8") for part in ("common", name)) for kind in ("js", "css")
    )
    return st.components.v2.component(f"nanoscope_{name}", js=code, css=style)


def prompt(data: Mapping[str, Any], changed: Callable[[], None]) -> None:
    """The editor. data: text, rev, ack, note, warn, examples, limit. Tells {"text", "n", "at"} as `typed`."""
    mount("prompt")(key="prompt", data=dict(data), height="stretch", on_typed_change=changed)


def write(data: Mapping[str, Any], asked: Callable[[], None]) -> None:
    """The writing panel. data: n, run, room, ready, reading, written. Tells {"n", "what", "to"} as `ask`."""
    mount("write")(key="write", data=dict(data), height="stretch", on_ask_change=asked)


def tokens(data: bytes, changed: Callable[[], None]) -> None:
    """The strip. Tells {"layer", "head", "mode", "pin"} as `view`: where one looks."""
    mount("tokens")(key="tokens", data=data, on_view_change=changed)


def heads(data: bytes) -> None:
    """All causal maps; shares the weights with the strip and the large map, tells Python nothing."""
    mount("heads")(key="heads", data=data, height="stretch")


def head(data: Mapping[str, Any]) -> None:
    """The chosen head, large; data: tokens."""
    mount("head")(key="head", data=dict(data), height="stretch")


def next_token(data: bytes, changed: Callable[[], None]) -> None:
    """Bars and knobs. Tells the settings, let go of, as `knobs`."""
    mount("next")(key="next", data=data, height="stretch", on_knobs_change=changed)


def vectors(data: bytes) -> None:
    """Token + position = input."""
    mount("vectors")(key="vectors", data=data, height="stretch")


def norms(data: bytes) -> None:
    """Mean, spread and gain of the chosen block's layer norms."""
    mount("norms")(key="norms", data=data, height="stretch")


def token_map(data: bytes) -> None:
    """The token table in two dimensions."""
    mount("map")(key="map", data=data, height="stretch")


def scrub(data: Mapping[str, Any], changed: Callable[[], None]) -> None:
    """The training step's slider. data: steps, losses, step, rev. Tells the step as `step`."""
    mount("scrub")(key="scrub", data=dict(data), on_step_change=changed)


def timeline(data: Mapping[str, Any], changed: Callable[[], None]) -> None:
    """Losses, marks and the slider. data: steps, losses, step, events, rev. Tells the step as `step`."""
    mount("timeline")(key="timeline", data=dict(data), on_step_change=changed)


def sample(data: Mapping[str, Any]) -> None:
    """What the model writes at a step; data: step, text."""
    mount("sample")(key="sample", data=dict(data), height="stretch")


def owner(data: Mapping[str, Any], told: Callable[[], None]) -> None:
    """Shows nothing; tells this browser's `token`. data: the token that Python knows."""
    mount("owner")(key="owner-word", data=dict(data), on_token_change=told)


def diagram(data: Mapping[str, Any]) -> None:
    """The model to be built. data: config, parts, total, sentence."""
    mount("diagram")(key="diagram", data=dict(data))


def curves(data: Mapping[str, Any]) -> None:
    """Loss curves. data: title, note, runs (name, steps, train, val), marks (name, loss)."""
    mount("curves")(key="curves", data=dict(data))


def batch(data: Mapping[str, Any]) -> None:
    """What the trainer reads. data: step, text, loss."""
    mount("batch")(key="batch", data=dict(data), height="stretch")


def link(data: Mapping[str, Any]) -> None:
    """Keeps the address bar in step with data["link"]; buttons for copying it and for the projector."""
    mount("link")(key="link", data=dict(data))
