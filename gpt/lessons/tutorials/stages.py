"""The lecture's model while it is being built, part after part, and what each stage costs once it is trained. No torch.

All are 32 wide and see 8 characters, as in the lecture; `train_stages.py` trains them and writes the file.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cache

from gpt.config import ConfigError, GPTConfig
from gpt.lessons.rung import TEXTS

SEEDS = (1337, 1338, 1339)
FILE = TEXTS / "stages.json"
STEPS, BATCH = 5_000, 32  # the lecture's

EMBEDDING = GPTConfig(
    block_size=8, n_layer=0, n_head=1, n_embd=32, position="none", norm="none", residual=False, feed_forward=False,
    activation="relu", head="untied",
)  # fmt: skip
POSITIONS = dataclasses.replace(EMBEDDING, position="learned")
HEAD = dataclasses.replace(POSITIONS, n_layer=1)
HEADS = dataclasses.replace(HEAD, n_head=4)
MLP = dataclasses.replace(HEADS, feed_forward=True, d_ff=32)  # as wide as the stream, as the lecture begins
BLOCKS = dataclasses.replace(MLP, n_layer=3)
RESIDUAL = dataclasses.replace(BLOCKS, residual=True)
WIDE = dataclasses.replace(RESIDUAL, d_ff=4 * 32)
NORM = dataclasses.replace(WIDE, norm="pre")


@dataclass(frozen=True)
class Stage:
    """One stage: its model, and the part that is new in it."""

    name: str
    model: GPTConfig
    new: str


STAGES = (
    Stage("embedding", EMBEDDING, "the bigram through 32 numbers a character"),
    Stage("positions", POSITIONS, "a vector for each place"),
    Stage("head", HEAD, "one head of 32"),
    Stage("heads", HEADS, "four heads of 8"),
    Stage("mlp", MLP, "a feed-forward layer of 32 neurons behind them"),
    Stage("blocks", BLOCKS, "three such blocks, one behind the other"),
    Stage("residual", RESIDUAL, "each part adds to the stream"),
    Stage("wide", WIDE, "4 x 32 neurons in each feed-forward layer"),
    Stage("norm", NORM, "layer norm before each part"),
)


@cache
def recorded() -> dict[str, list[dict[str, float]]]:
    """What was measured, by stage: one entry a seed, in the order of SEEDS; of the long bigram one."""
    found: dict[str, list[dict[str, float]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def measured(name: str, what: str = "loss") -> tuple[float, ...]:
    """One measurement of a stage, a number a seed. Raises ConfigError for one that was not made."""
    entries = recorded().get(name, [])
    if not entries or any(what not in entry for entry in entries):
        raise ConfigError(f"{what} of the lecture's stage {name!r} was not measured.")
    return tuple(entry[what] for entry in entries)
