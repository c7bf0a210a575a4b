"""Where the norms stand: before each part, after it, or nowhere, in deep small models trained alike. No torch.

`python -m gpt.lessons --norms` trains them and writes the file that is read here; see `train_placements.py`.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cache

from gpt.config import GPTConfig, TrainConfig
from gpt.lessons.rung import TEXTS
from gpt.lessons.seeds import SEEDS

FILE = TEXTS / "norms.json"
DEEP = GPTConfig(
    vocab_size=65, block_size=32, n_layer=8, n_head=4, n_embd=32, activation="relu", head="untied",
)  # fmt: skip
TRAIN = TrainConfig(
    steps=700, batch_size=16, lr=3e-3, init_std=0.1, zero_projections=False, precision="fp32", eval_every=700,
    eval_batches=1,
)  # fmt: skip
KINDS = ("pre", "post", "none")
# At which they are measured: fresh, after so few that a test trains them again, and at the end.
STEPS = (0, 30, TRAIN.steps)


@dataclass(frozen=True)
class Measured:
    """One model at one step, on held-out windows. Boundary 0 lies before the first block, L behind the last."""

    kind: str
    seed: int
    step: int
    loss: float  # nats a character
    length: tuple[float, ...]  # (L + 1,) of a token's stream vector, the mean over all tokens
    gradient: tuple[float, ...]  # (L + 1,) of the loss with respect to the stream there, over all tokens


def config_of(kind: str) -> GPTConfig:
    """The same model with its norms elsewhere."""
    return dataclasses.replace(DEEP, norm=kind)


@cache
def measured() -> tuple[Measured, ...]:
    """All rows, by kind, seed and step; nothing before they were ever measured."""
    if not FILE.is_file():
        return ()
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Measured(**{**row, "length": tuple(row["length"]), "gradient": tuple(row["gradient"])}) for row in rows
    )


def rows(kind: str, step: int) -> tuple[Measured, ...]:
    """One kind at one step, a row a seed."""
    return tuple(row for row in measured() if row.kind == kind and row.step == step)


__all__ = ["DEEP", "FILE", "KINDS", "SEEDS", "STEPS", "TRAIN", "Measured", "config_of", "measured", "rows"]
