"""Dropout of a real vector: what one draw leaves of it, and what the mean of many comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pages.ui.board.panel import Panel, array
from pages.ui.board.stream import Stream
from pages.ui.state.choices.residual import DRAWS, SHARES
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropout(Panel):
    """One vector, one draw, the mean of n draws. It tells seed, draws and share as `choice`."""

    name = "dropout"
    C: int
    what: str  # whose vector
    sentence: str
    share: float  # that is dropped
    shares: tuple[float, ...]  # that are offered
    seed: int
    draws: int
    offered: tuple[int, ...]  # numbers of draws
    number: str  # that is worked out
    values: np.ndarray = array("float32", "C")
    draw: np.ndarray = array("float32", "C")
    mean: np.ndarray = array("float32", "C")


def panel(seen: Reading, stream: Stream | None) -> Dropout:
    """What the chosen layer's attention writes at the token that one looks from; without blocks, what is embedded."""
    import torch

    from gpt.analysis.dropout import draws

    chosen, C = seen.inputs.residual, seen.config.n_embd
    share = dropped(seen)
    if stream is None:
        values, what, waiting = torch.zeros(C), "", "Type: dropout of a vector of this prompt will stand here."
    else:
        (values, what), waiting = vector(stream), ""
    found = draws(values, share, chosen.seed, chosen.draws)  # (n, C)
    one, mean = found[0], found.mean(dim=0)  # (C,), (C,)
    away = float((mean - values).norm() / values.norm().clamp_min(1e-12))
    kept = int((draws(torch.ones(C), share, chosen.seed, 1)[0] > 0).sum())
    own = seen.checkpoint.config.dropout
    trained = f"This model was trained with dropout {own:g}." if own else "This model was trained without dropout."
    sentence = waiting or (
        f"{what}: the draw with seed {chosen.seed} keeps {kept} of {C} numbers, each × 1 / (1 - {share:g}) = "
        f"{1 / (1 - share):.4f}, so that the expected value stays. The mean of {chosen.draws:,} "
        f"{'draw' if chosen.draws == 1 else 'draws'} is {100 * away:.0f} % of the vector's length away from it. "
        f"{trained}"
    )
    return Dropout(
        C=C,
        what=what,
        sentence=sentence,
        share=share,
        shares=tuple(sorted({*SHARES, share})),
        seed=chosen.seed,
        draws=chosen.draws,
        offered=DRAWS,
        number=chosen.number,
        values=values.float().numpy(),
        draw=one.float().numpy(),
        mean=mean.float().numpy(),
    )


def dropped(seen: Reading) -> float:
    """The share that is dropped: the chosen one, else the model's own, else the first that is offered."""
    own = seen.checkpoint.config.dropout
    return seen.inputs.residual.drop or own or SHARES[0]


def vector(stream: Stream) -> tuple[Tensor, str]:
    """A vector that dropout was, or would have been, applied to while learning; and what it is."""
    position, who = stream.position, f"token {stream.position + 1}"
    if not stream.seen.config.n_layer:
        return stream.streams[0, position], f"The embedding of {who}"
    layer = stream.seen.inputs.layer
    return stream.trace.attn_out[layer, position], f"What layer {layer + 1}'s attention writes at {who}"


def vector_code(stream: Stream) -> str:
    """The same in PyTorch."""
    if not stream.seen.config.n_layer:
        return f"streams(model, seen, ids)[0, {stream.position}]"
    return f"seen.attn_out[{stream.seen.inputs.layer}, {stream.position}]"
