"""The notebook's model trained as its recipe says, and what its losses were on the way. No torch.

`train_notebook.py` trains it and writes the file; a test trains the first steps again.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache

from gpt.config import ConfigError
from gpt.lessons.rung import TEXTS
from gpt.presets import PRESETS

FILE = TEXTS / "notebook.json"
RECIPE = PRESETS["notebook"]
EXACT = RECIPE.model  # the class itself
SEED, STEPS, BATCH, RATE, EVERY = 1337, RECIPE.train.steps, RECIPE.train.batch_size, RECIPE.train.lr, 500
# What was trained: dropout is left out, for the text is read hardly three times.
KINDS = {"without dropout": dataclasses.replace(EXACT, dropout=0.0, attention_dropout=0.0)}


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
