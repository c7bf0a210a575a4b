"""One token's way through one norm, number by number; an input that is edited moves all outputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpt.analysis.layer_norms import blind, module
from gpt.numerals import short
from pages.ui.board.norms_seen.view import View, waiting
from pages.ui.board.panel import Panel, array
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class NormSteps(Panel):
    """What flows in, gain and bias: the browser computes all steps. It tells a clicked number as `choice`."""

    name = "normsteps"
    C: int
    title: str
    sentence: str
    eps: float
    step: str  # of the number that is worked out
    dimension: int  # from 0
    lost: list[str]  # what a norm can never pass on, in sentences
    x: np.ndarray = array("float32", "C")
    gain: np.ndarray = array("float32", "C")
    bias: np.ndarray | None = array("float32", "C")  # None: a model without biases


def panel(seen: Reading, view: View | None) -> NormSteps:
    """The pinned token, else the last, at the chosen norm."""
    if view is None:
        nothing = np.zeros(0, np.float32)
        return NormSteps(
            C=0, title="One token, step by step", sentence=waiting(seen), eps=0.0, step="", dimension=0, lost=[],
            x=nothing, gain=nothing, bias=None,
        )  # fmt: skip
    every, token = view.every, seen.query
    x = every.before[view.index, token]  # (C,)
    norm = module(seen.model, view.place)
    return NormSteps(
        C=len(x),
        title=f"One token, step by step: {quoted(seen.tokens[token])} ({token + 1}), {view.name}",
        sentence="Take the mean away, divide by the spread, multiply by the gain. Type another number into a field: "
        "everything behind it moves. Click a result: the sum behind it.",
        eps=norm.eps,
        step=view.number[0],
        dimension=view.number[1],
        lost=[
            f"{one.what.capitalize()}: the stream moves by up to {short(one.moved)}, what comes out by up to "
            f"{short(one.seen)}."
            for one in blind(norm, x)
        ],
        x=x.numpy(),
        gain=every.gain[view.index].numpy(),
        bias=None if every.bias is None else every.bias[view.index].numpy(),
    )
