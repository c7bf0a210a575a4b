"""One typed Python function for each component: what it shows, what it tells back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gpt.config import GPTConfig
from gpt.diagram import diagram
from pages.ui.board import payload
from pages.ui.board.browser_code import mount


def board(panels: Sequence[tuple[str, int, bytes | Mapping[str, Any]]], **told: Callable[[], None]) -> None:
    """Several panels at once: (name, how many of 60 columns, its data); `told` are callbacks, `on_<state>_change`.

    Panels and what they tell: prompt `typed` {"text", "n", "at"}; write `ask` {"n", "what", "to"}; tokens `view`
    {"layer", "head", "mode", "pin"}; next `knobs`; timeline `slid`, a step;
    stages `cell` {"stage", "row", "column"}; switches `switches` {"on"}. The others tell nothing.
    """
    mount("board")(key="board", data=payload.pack_board(panels), **told)


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
