"""What must be trained to be seen, measured with three seeds. No torch.

`python -m gpt.lessons.slips.train` trains all of it in a few minutes and writes the file that is read here.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from gpt.config import GPTConfig
from gpt.lessons.rung import TEXTS
from gpt.lessons.seeds import SEEDS

FILE = TEXTS / "slips.json"
TINY = GPTConfig(
    vocab_size=65, block_size=16, n_layer=1, n_head=2, n_embd=32, activation="relu", head="untied",
)  # fmt: skip
RATE, BATCH = 3e-3, 32  # of AdamW, and windows a step
STEPS = (0, 10, 30, 100, 300, 1_000)  # at which the tiny ones are measured
BIGRAM_RATE, BIGRAM_STEPS = 1e-3, (0, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)  # of the lecture's table
PRINTED_STEPS = 100  # of its loop, as the code is printed
RIGHT = "right"

Entry = dict[str, Any]  # "losses": one a step, and what else was measured


@cache
def recorded() -> dict[str, list[Entry]]:
    """By slip, and under RIGHT of the model without one: one entry a seed, in the order of SEEDS."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def means(slip: str, what: str) -> tuple[float, float]:
    """A measurement of the tiny models, with the slip and without, the mean over the seeds."""
    broken, mended = ([entry[what] for entry in recorded()[key]] for key in (slip, RIGHT))
    return sum(broken) / len(broken), sum(mended) / len(mended)


__all__ = ["BATCH", "BIGRAM_RATE", "BIGRAM_STEPS", "FILE", "RATE", "RIGHT", "SEEDS", "STEPS", "TINY", "means"]
