"""The stages of the chosen head, from queries to what it hands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis import arithmetic, torch_reference
from gpt.analysis.stages import block_of
from pages.ui.board.panel import Panel, array, sized
from pages.ui.board.words import tiny
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Stages(Panel):
    """One head, exactly as the model computed it. It tells the number that one clicks as `cell`."""

    name = "stages"
    T: int
    D: int
    L: int
    layer: int
    head: int
    tokens: Sequence[str] = sized("T")
    C: int
    scale: float  # what the scores are multiplied by
    causal: bool
    cell: tuple[str, int, int] | None  # stage, row, column of the number that is worked out
    note: str
    q: np.ndarray = array("float32", "T", "D")
    k: np.ndarray = array("float32", "T", "D")
    v: np.ndarray = array("float32", "T", "D")
    dot: np.ndarray = array("float32", "T", "T")
    scaled: np.ndarray = array("float32", "T", "T")
    pattern: np.ndarray = array("float32", "T", "T")
    z: np.ndarray = array("float32", "T", "D")


VECTORS, PAIRS = ("q", "k", "v", "z"), ("dot", "scaled", "pattern")


def panel(seen: Reading) -> Stages:
    """The six pictures; empty without tokens or blocks."""
    config, chosen, T = seen.config, seen.inputs, len(seen.ids)
    if seen.trace is None or not config.n_layer:
        numbers = {name: np.zeros((T, config.head_size), np.float32) for name in VECTORS}
        numbers |= {name: np.zeros((T, T), np.float32) for name in PAIRS}
    else:
        found = arithmetic.stages(seen.model, seen.trace, chosen.layer, chosen.head)
        numbers = {name: getattr(found, name).numpy() for name in (*VECTORS, *PAIRS)}
    return Stages(
        T=T,
        D=config.head_size,
        L=config.n_layer,
        layer=chosen.layer,
        head=chosen.head,
        tokens=seen.tokens,
        C=config.n_embd,
        scale=block_of(seen.model, chosen.layer).attn.scale if config.n_layer else 1.0,
        causal=config.causal,
        cell=seen.cell,
        note=reference_sentence(seen),
        **numbers,
    )


def reference_sentence(seen: Reading) -> str:
    """How far PyTorch's own attention is from ours, on this prompt; nothing with switches or edits: it knows none."""
    if seen.trace is None or seen.inputs.switches or seen.edited or not seen.config.n_layer:
        return ""
    found = torch_reference.by_pytorch(seen.model, seen.trace, seen.inputs.layer, seen.inputs.head)
    return (
        "PyTorch's own attention, given the same weights, gives the same numbers: scaled_dot_product_attention to "
        f"{tiny(found.fused_difference)}, nn.MultiheadAttention to {tiny(found.module_difference)}."
    )
