"""All heads at once; on the attention page to be ordered by what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpt.analysis import heads
from gpt.analysis.heads import Given, Role
from pages.ui import cache
from pages.ui.board import digits
from pages.ui.board.panel import Panel, ShapeError, array
from pages.ui.rows import Rows
from pages.ui.state.reading import Reading

CLEAREST = 4  # heads that are named
_codes: Rows[np.ndarray] = Rows()  # (L, H, pairs) of each pass
_given: Rows[Given] = Rows()


@dataclass(frozen=True, kw_only=True, eq=False)
class Heads(Panel):
    """Every weight in 16 bits, with the right printed digits; of a causal model only the allowed half travels."""

    name = "heads"
    L: int
    H: int
    T: int
    causal: bool
    roles: Sequence[str]  # (L * H,) what each head does; empty without a prompt
    clearest: Sequence[tuple[int, int, str]]  # (layer, head, what it looks at) of the clearest
    pattern: np.ndarray = array("uint16", "L", "H", "pairs")

    @property
    def pairs(self) -> int:
        """How many weights a head has."""
        return pairs(self.T) if self.causal else self.T**2


@dataclass(frozen=True, kw_only=True, eq=False)
class OrderedHeads(Heads):
    """With what they can be ordered by."""

    scores: Mapping[str, Sequence[float]]  # (L * H,) each
    words: Mapping[str, str]  # what each score means
    titles: Mapping[str, str]
    clear: float  # the share from which on a head does it clearly
    order: Sequence[int]  # (L * H,) by likeness

    def __post_init__(self) -> None:
        """Every head has a score and a place."""
        super().__post_init__()
        count = self.L * self.H
        if any(len(score) != count for score in self.scores.values()) or len(self.order) != count:
            raise ShapeError(f"heads: scores and order must be of {count} heads.")


def panel(seen: Reading) -> Heads:
    """All maps, with the role of each head."""
    return Heads(**maps(seen))


def ordered(seen: Reading) -> Heads:
    """The same with scores; nothing is ordered as long as there is no map."""
    trace, config = seen.trace, seen.config
    if trace is None or not len(trace.pattern):
        return panel(seen)
    by_role = heads.scores(trace.pattern, seen.tokens)  # (L, H) each
    scores = {name: by_role[name] for name in offered_roles(seen)} | {"diffuse": heads.entropy_share(trace.pattern)}
    titles = {**heads.ROLES, "diffuse": "nothing in particular (diffuse)"}
    return OrderedHeads(
        **maps(seen),
        scores={name: [round(x, 4) for x in score.ravel().tolist()] for name, score in scores.items()},
        words={name: heads.WORDS[name] for name in scores},
        titles={name: titles[name] for name in scores},
        clear=heads.CLEAR,
        order=[layer * config.n_head + head for layer, head in heads.similar(trace.pattern)],
    )


def offered_roles(seen: Reading) -> list[str]:
    """What the heads can be ordered by: what makes sense for this model; of the far diagonals those that it has."""
    usual = cache.usual(seen.inputs.model, seen.inputs.step)
    shares = {} if usual is None else usual.shares
    clear = {name for name, share in shares.items() if float(share.max()) >= heads.CLEAR}
    return [name for name in heads.meaningful(seen.vocabulary) if name not in heads.BACK or name in clear]


def roles_of(seen: Reading) -> list[Role]:
    """What each head does, on this prompt and, in the model as it was trained, as a rule."""
    if seen.trace is None:
        return []
    usual = cache.usual(seen.inputs.model, seen.inputs.step) if seen.trace is seen.trained else None
    pattern, tokens = seen.trace.pattern, seen.tokens
    found = None
    if len(pattern):
        found = _given.of(seen.trace, lambda begin: heads.given(pattern, tokens, begin), heads.given_on)
    return heads.describe(pattern, tokens, usual, heads.meaningful(seen.vocabulary), found)


def maps(seen: Reading) -> dict[str, Any]:
    """The fields of `Heads`."""
    config, T, roles = seen.config, len(seen.ids), roles_of(seen)
    return {
        "L": config.n_layer,
        "H": config.n_head,
        "T": T,
        "causal": config.causal,
        "roles": [role.phrase for role in roles],
        "clearest": [(role.layer, role.head, heads.ROLES[role.name]) for role in heads.clearest(roles, CLEAREST)],
        "pattern": codes(seen),
    }


def codes(seen: Reading) -> np.ndarray:
    """The weights as they travel, (L, H, pairs)."""
    if seen.trace is None:
        return np.zeros((seen.config.n_layer, seen.config.n_head, 0), np.uint16)
    pattern, T = seen.trace.pattern.numpy(), len(seen.ids)  # (L, H, T, T)

    def find(begin: int) -> np.ndarray:
        """Those of the queries from `begin` on."""
        rows = pattern[:, :, begin:].reshape(*pattern.shape[:2], (T - begin) * T)  # (L, H, N * T)
        if not seen.config.causal:
            return digits.shares(rows)
        return digits.shares(rows.take(np.flatnonzero(np.tri(T - begin, T, begin, bool)), axis=2))

    def join(old: np.ndarray, kept: int, new: np.ndarray) -> np.ndarray:
        """Those of the first `kept` queries, and the new ones."""
        return np.concatenate([old[..., : pairs(kept)], new], axis=-1)

    return _codes.of(seen.trace, find, join)


def pairs(T: int) -> int:
    """How many weights the first T tokens have that look back."""
    return T * (T + 1) // 2
