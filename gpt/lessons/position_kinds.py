"""Good and bad ways to tell a token's place, in small models trained alike: measured with three seeds. No torch.

`python -m gpt.lessons.train_position_kinds` trains them and writes the file that is read here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from gpt.config import GPTConfig
from gpt.lessons.rung import TEXTS
from gpt.lessons.seeds import SEEDS

FILE = TEXTS / "position-kinds.json"
KINDS = ("none", "index", "index / 1023", "index / T", "sinusoids", "learned")
NORMS = ("none", "pre")
MODEL = GPTConfig(block_size=32, n_layer=2, n_head=2, n_embd=32, activation="relu", head="untied")
STEPS, BEGUN = 800, 30
LONGEST_INDEX = 1023  # of GPT-2's context of 1,024: what a blog divides by
SHORTEST = 4  # tokens of a window in training; the longest are the context's
SHORT = 8  # tokens of the short windows that they are judged on, beside those of the whole context


@dataclass(frozen=True)
class Row:
    """One model: how places were told, where its norms stand, and what it costs on held-out windows."""

    kind: str
    norm: str
    seed: int
    begun: float  # nats a character that step BEGUN found in its batch: what a test measures again
    long: float  # nats a character in windows of the whole context
    short: float  # in windows of SHORT


@cache
def recorded() -> tuple[Row, ...]:
    """All rows. Raises OSError when they are not here."""
    return tuple(Row(**row) for row in json.loads(FILE.read_text(encoding="utf-8")))


def rows(kind: str, norm: str) -> tuple[Row, ...]:
    """One kind with its norms somewhere, a row a seed."""
    return tuple(row for row in recorded() if (row.kind, row.norm) == (kind, norm))


__all__ = ["BEGUN", "FILE", "KINDS", "LONGEST_INDEX", "MODEL", "NORMS", "SEEDS", "SHORT", "SHORTEST", "STEPS", "Row"]
__all__ += ["recorded", "rows"]
