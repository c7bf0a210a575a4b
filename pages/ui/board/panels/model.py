"""The whole model on one screen: every token's stream, every block, what each boundary would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpt import sampling
from gpt.analysis.lens import how_read, lens
from gpt.analysis.whole import norm_spreads, strongest_neurons, whole
from gpt.config import GPTConfig
from gpt.trace import Trace
from pages.ui.board import digits, stream
from pages.ui.board.panel import Panel, array, sized
from pages.ui.board.panels.heads import roles_of
from pages.ui.derived import residual
from pages.ui.state.reading import Reading

NEURONS = 6  # that are named for each token
LARGE = 2**25  # of products, L x T x V: a larger vocabulary is read for the last tokens alone
FEW = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Model(Panel):
    """Lengths of everything, the inside of the open block, and the guesses. It tells a `scene` as `choice`."""

    name = "model"
    T: int
    L: int
    H: int
    D: int
    C: int
    V: int
    M: int  # neurons a block
    N: int  # norms a block
    K: int  # neurons that are named for each token
    U: int  # tokens, the last ones, whose boundaries are read
    B: int  # boundaries
    F: int  # 2 where a norm stands before the output table, else 0
    P: int  # tokens with a position vector
    states: int
    sides: int = 2
    open: int
    causal: bool
    residual: bool
    mlp: bool
    norm: str
    final: bool
    reading: str
    tokens: Sequence[str] = sized("T")
    ids: Sequence[int] = sized("T")
    names: Sequence[str] = sized("N")
    roles: Sequence[str]  # (H,) of the open block; empty without attention
    texts: Sequence[str]  # of the guesses
    u: float
    written: int  # tokens that the model wrote itself
    scene: int
    token_length: np.ndarray = array("float32", "T")
    position_length: np.ndarray = array("float32", "P")
    stream: np.ndarray = array("float32", "states", "T")
    attn_length: np.ndarray = array("float32", "L", "T")
    mlp_length: np.ndarray | None = array("float32", "L", "T")
    arc_weight: np.ndarray = array("float32", "L", "T")
    arc_key: np.ndarray = array("uint16", "L", "T")
    pattern: np.ndarray | None = array("uint16", "H", "pairs")
    spread: np.ndarray = array("float32", "N", "sides", "T")
    neuron: np.ndarray = array("uint16", "T", "K")
    strongest: np.ndarray = array("float32", "T", "K")
    final_spread: np.ndarray = array("float32", "F", "T")
    guess: np.ndarray = array("uint16", "B", "U")
    share: np.ndarray = array("float32", "B", "U")
    truth: np.ndarray = array("float32", "B", "U")
    right: np.ndarray = array("uint16", "B", "U")

    @property
    def pairs(self) -> int:
        """How many weights a head has."""
        return self.T * (self.T + 1) // 2 if self.causal else self.T**2


def panel(seen: Reading) -> Model:
    """The reading as one picture; the chosen layer is the block that is open."""
    chosen, config = seen.inputs, seen.config
    drawn = len(chosen.written)
    common = {
        "L": config.n_layer,
        "H": config.n_head,
        "D": config.head_size,
        "C": config.n_embd,
        "V": config.vocab_size,
        "M": config.neurons,
        "B": config.n_layer + 1,
        "states": 2 * config.n_layer + 1,
        "open": chosen.layer,
        "causal": config.causal,
        "residual": config.residual,
        "mlp": config.feed_forward and config.n_layer > 0,
        "norm": config.norm if config.n_layer else "none",
        "final": config.has_final_norm,
        "reading": how_read(config),
        "u": sampling.draw(chosen.knobs.seed, drawn),
        "written": drawn,
        "scene": chosen.whole.scene,
        "tokens": seen.tokens,
        "ids": seen.ids,
        "T": len(seen.ids),
    }
    return Model(**common, **(waiting(config) if seen.trace is None else measured(seen, seen.trace)))


def waiting(config: GPTConfig) -> dict[str, Any]:
    """The fields that come from a pass, before there is a token."""
    L, none = config.n_layer, np.zeros((0,), np.float32)
    row, two = np.zeros((L, 0), np.float32), np.zeros((0, 0), np.float32)
    read = np.zeros((L + 1, 0), np.float32)
    return {
        **{"N": 0, "K": 0, "U": 0, "P": 0, "F": 0, "names": (), "roles": (), "texts": ()},
        **{"token_length": none, "position_length": none, "stream": np.zeros((2 * L + 1, 0), np.float32)},
        **{"attn_length": row, "mlp_length": row, "arc_weight": row, "arc_key": row.astype(np.uint16)},
        **{"pattern": np.zeros((config.n_head, 0), np.uint16), "spread": np.zeros((0, 2, 0), np.float32)},
        **{"neuron": two.astype(np.uint16), "strongest": two, "final_spread": two},
        **{"guess": read.astype(np.uint16), "share": read, "truth": read, "right": read.astype(np.uint16)},
    }


def measured(seen: Reading, trace: Trace) -> dict[str, Any]:
    """The fields that come from the pass."""
    config, layer, T = seen.config, seen.inputs.layer, len(seen.ids)
    found = whole(seen.model, trace, seen.ids)
    names, spread = norm_spreads(seen.model, trace, layer)
    which, strongest = strongest_neurons(seen.model, trace, layer, NEURONS)  # (T, K), (T, K)
    return {
        "N": len(names),
        "K": which.shape[-1],
        "P": len(found.position),
        "F": len(found.final),
        "names": names,
        "roles": [role.phrase for role in roles_of(seen) if role.layer == layer],
        "token_length": found.token.numpy(),
        "position_length": found.position.numpy(),
        "stream": found.stream.numpy(),
        "attn_length": found.attn.numpy(),
        "mlp_length": found.mlp.numpy() if len(found.mlp) else None,
        "arc_weight": found.weight.numpy(),
        "arc_key": found.key.numpy().astype(np.uint16),
        "pattern": opened(trace, layer, config.causal) if config.n_layer else None,
        "spread": np.ascontiguousarray(spread.numpy()),
        "neuron": which.numpy().astype(np.uint16),
        "strongest": strongest.numpy(),
        "final_spread": found.final.numpy(),
        **guesses(seen, trace, T),
    }


def opened(trace: Trace, layer: int, causal: bool) -> np.ndarray:
    """The weights of the open block, (H, pairs), in 65,535ths."""
    pattern = trace.pattern[layer : layer + 1].numpy()  # (1, H, T, T)
    T = pattern.shape[-1]
    flat = pattern[..., *np.tril_indices(T)] if causal else pattern.reshape(*pattern.shape[:2], T * T)  # (1, H, pairs)
    return digits.shares(flat)[0]  # (H, pairs)


def guesses(seen: Reading, trace: Trace, T: int) -> dict[str, Any]:
    """What every boundary would say, and how likely it held the token that comes next."""
    config = seen.config
    large = (config.n_layer + 1) * T * config.vocab_size > LARGE
    if large or trace is not seen.trained:  # a switch is turned: nobody else asks for it
        found = lens(seen.model, trace, seen.ids, best=1, start=max(0, T - FEW) if large else 0)
    else:
        found = residual.lens_of(seen.inputs.model, seen.inputs.step, seen.ids, False, stream.BEST)
    best = found.best[..., 0].numpy()  # (B, U)
    known, place = np.unique(best, return_inverse=True)
    asked = found.wanted.numpy()  # (U,)
    truth = np.where(asked >= 0, found.share.numpy(), -1.0).astype(np.float32)  # (B, U)
    return {
        "U": best.shape[1],
        "texts": [seen.vocabulary[int(i)] for i in known],
        "guess": place.reshape(best.shape).astype(np.uint16),
        "share": found.shares[..., 0].float().numpy(),
        "truth": truth,
        "right": ((best == asked) & (asked >= 0)).astype(np.uint16),
    }
