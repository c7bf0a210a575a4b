"""All neurons of one layer at one token: before the activation, after it, and what each does to a logit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpt.analysis import mlp
from gpt.numerals import percent
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panel import Panel, array
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Neurons(Panel):
    """Three numbers a neuron. It tells the neuron that one clicks as `choice`."""

    name = "neurons"
    L: int  # layers; 0: there is nothing to show
    N: int
    layer: int
    neuron: int
    where: str  # the token in a sentence
    token: str  # whose logit is pushed
    sentence: str
    before: np.ndarray = array("float32", "N")
    after: np.ndarray = array("float32", "N")
    effect: np.ndarray = array("float32", "N")


def panel(seen: Reading, shown: Look | None) -> Neurons:
    """The neurons of the chosen layer; none without a token."""
    if shown is None:
        sentence = waiting(seen, "Type a character: each token wakes some of the neurons.")
        none = np.zeros(0, np.float32)
        return Neurons(
            L=0, N=0, layer=0, neuron=0, where="", token="", sentence=sentence, before=none, after=none, effect=none
        )
    at = (shown.layer, shown.position)
    before, after = shown.trace.mlp_pre[at], shown.trace.mlp_post[at]  # (N,)
    N, half = len(before), mlp.carry_half(after)
    resting = after[before <= 0].abs()  # (at rest,)
    rest = f"{float(resting.max()):.2g} at most" if resting.any() else "nothing"
    return Neurons(
        L=seen.config.n_layer,
        N=N,
        layer=shown.layer,
        neuron=shown.neuron,
        where=shown.place,
        token=seen.vocabulary[shown.token],
        sentence=f"At {shown.place}, {percent(mlp.at_rest(before))} of layer {shown.layer + 1}'s {N:,} neurons are at "
        f"rest: a sum of 0 or less, of which {seen.config.activation} passes on {rest}. The strongest {half:,} carry "
        "half of all activity.",
        before=before.numpy(),
        after=after.numpy(),
        effect=shown.effects.neurons[shown.layer].numpy(),
    )
