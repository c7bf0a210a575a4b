"""The notebook's model trained as its recipe says, and what its losses were on the way. No torch.

`train_notebook.py` trains both kinds and writes the file; a test trains the first steps again.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache

from gpt.config import ConfigError, GPTConfig
from gpt.lessons.rung import TEXTS

FILE = TEXTS / "notebook.json"
SEED, STEPS, BATCH, RATE, EVERY = 1337, 5_000, 16, 1e-3, 500
# The class itself: post-norm and a final norm, ReLU, biases (none for q, k and v), an output table of its own.
EXACT = GPTConfig(
    block_size=32, n_layer=4, n_head=4, n_embd=64, d_ff=256, norm="post", final_norm=True, activation="relu",
    bias=True, qkv_bias=False, head="untied",
)  # fmt: skip
KINDS = {
    "post-norm": EXACT,
    "pre-norm": dataclasses.replace(EXACT, norm="pre", final_norm=False),
}


@cache
def recorded() -> dict[str, dict[str, list[float]]]:
    """By kind: `first`, the losses of the first batches; `step` and `loss`, on the last tenth of the text."""
    found: dict[str, dict[str, list[float]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def measured(kind: str, what: str) -> list[float]:
    """One measurement of a kind. Raises ConfigError for one that was not made."""
    if what not in recorded().get(kind, {}):
        raise ConfigError(f"{what} of the notebook's model {kind!r} was not measured.")
    return recorded()[kind][what]
