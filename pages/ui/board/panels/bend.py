"""The activations as curves, and where the neurons of this token stand on the model's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from gpt.analysis.mlp import activation_curves
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

TITLES = {"relu": "ReLU", "gelu": "GELU (erf)", "gelu_tanh": "GELU (tanh)", "solu": "SoLU"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Bend(Panel):
    """Curves of P points, and two numbers of each of N neurons."""

    name = "bend"
    P: int
    K: int
    N: int
    own: int  # which curve is the model's
    neuron: int  # the chosen one
    names: Sequence[str] = sized("K")
    sentence: str
    x: np.ndarray = array("float32", "P")
    y: np.ndarray = array("float32", "K", "P")
    before: np.ndarray = array("float32", "N")
    after: np.ndarray = array("float32", "N")


@cache
def curves() -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Names (K,), x (P,) and y (K, P)."""
    found = activation_curves(points=81)
    return tuple(one.name for one in found), found[0].x.numpy(), np.stack([one.y.numpy() for one in found])


def panel(seen: Reading, shown: Look | None) -> Bend:
    """The curves are always there; the neurons with the first token."""
    names, x, y = curves()
    own, none = seen.config.activation, np.zeros(0, np.float32)
    before, after, sentence = none, none, waiting(seen, "Each neuron of a token will be a dot on this model's curve.")
    if shown is not None:
        at = (shown.layer, shown.position)
        before, after = shown.trace.mlp_pre[at].numpy(), shown.trace.mlp_post[at].numpy()
        on = "SoLU looks at all neurons at once, so they do not lie on its curve" if own == "solu" else "on the curve"
        sentence = (
            f"What goes in, what comes out: this token's {len(before):,} neurons, {on}; the ring is the chosen one."
        )
    return Bend(
        P=len(x),
        K=len(names),
        N=len(before),
        own=names.index(own),
        neuron=shown.neuron if shown else 0,
        names=[TITLES[name] for name in names],
        sentence=sentence,
        x=x,
        y=y,
        before=before,
        after=after,
    )
