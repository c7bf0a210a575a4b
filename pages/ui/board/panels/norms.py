"""What the layer norms do to each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis import norms as applied
from pages.ui.board.of_model import OfModel
from pages.ui.board.panel import Panel, array, sized
from pages.ui.rows import Rows
from pages.ui.state.reading import Reading

_norms: Rows[applied.Norms] = Rows()
_learned = OfModel(applied.learned)
_arrays = OfModel(lambda model: [one.numpy() for one in _learned(model)])  # the very same at every key


@dataclass(frozen=True, kw_only=True, eq=False)
class Norms(Panel):
    """Every block's norms: mean and spread (standard deviation) before and after, and what they learned."""

    name = "norms"
    T: int
    L: int
    C: int
    N: int  # norms a block
    kinds: int = 4
    tokens: Sequence[str] = sized("T")
    names: Sequence[str] = sized("N")
    stats: np.ndarray = array("float32", "L", "N", "kinds", "T")
    gain: np.ndarray = array("float32", "L", "N", "C")
    shift: np.ndarray | None = array("float32", "L", "N", "C")  # None: a model without biases


def panel(seen: Reading) -> Norms:
    """All blocks: the browser shows the chosen one."""
    config, T = seen.config, len(seen.ids)
    L, C = config.n_layer, config.n_embd
    if seen.trace is None:  # one that waits
        names, stats, gain, shift = ("",), np.zeros((L, 1, 4, 0), np.float32), np.zeros((L, 1, C), np.float32), None
    else:
        model, trace = seen.model, seen.trace
        found = _norms.of(trace, lambda begin: applied.norms(model, trace, begin, _learned(model)), applied.norms_on)
        names, stats, (gain, shift) = found.names, found.stats.numpy(), _arrays(model)
        shift = shift if config.bias else None
    return Norms(T=T, L=L, C=C, N=len(names), tokens=seen.tokens, names=names, stats=stats, gain=gain, shift=shift)
