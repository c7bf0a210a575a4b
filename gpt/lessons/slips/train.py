"""`python -m gpt.lessons.slips.train`: trains what the slips show of training, with three seeds, and writes it down."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads

import json
from typing import Any

import torch
from torch import Generator
from torch.nn import functional as F
from tqdm import tqdm

from gpt.lessons.experiments.numbers import ALPHABET
from gpt.lessons.slips import joining, masking, measured, scaling, subjects, targets
from gpt.lessons.slips.learning import Pair, learn, table
from gpt.lessons.slips.measured import RATE, SEEDS, STEPS, TINY
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.tap import Tap, untapped

WRITTEN = 200  # characters that are written greedily


# What a tiny model learns by, slip by slip; "right" is the same model without any slip.
PAIRS: dict[str, Pair] = {"targets": targets.unshifted}
TAPS: dict[str, dict[str, subjects.Line]] = {
    "sign": {"scores": scaling.times_root},
    "width": {"scores": scaling.by_width},
    "zeros-mask": {"pattern": masking.masked_by_zero},
    "softmax-dim": {"pattern": masking.down_the_columns},
    "joining": {"joined": joining.viewed},
}


def way(slip: str) -> tuple[Pair, Tap]:
    """How a tiny model learns with a slip: the targets that it is given, and the line in its attention."""
    return PAIRS.get(slip, targets.shifted), subjects.attending(**TAPS[slip]) if slip in TAPS else untapped


def tiny(slip: str, seed: int, steps: tuple[int, ...] = STEPS) -> tuple[GPT, list[float]]:
    """A tiny model that learned with a slip, and its own losses on the way."""
    dice = Generator().manual_seed(seed)
    model = GPT(TINY, dice, std=0.1)
    losses = list(learn(model, TINY.block_size, RATE, steps, dice, *way(slip)))
    return model.eval().requires_grad_(False), losses


def judged(slip: str, seed: int) -> dict[str, Any]:
    """Its losses on held-out text as it learned, and when nothing is broken any more; what it writes, greedily."""
    model, losses = tiny(slip, seed)
    pair, tap = way(slip)
    ids = subjects.windows(TINY.block_size, 64)  # (W, T + 1)
    inputs, goals = pair(ids)  # (W, T), (W, T)
    own = F.cross_entropy(model(inputs, tap).flatten(0, 1), goals.flatten())  # ()
    text = written(model)
    repeats = sum(a == b for a, b in zip(text, text[1:], strict=False)) / (len(text) - 1)
    honest = float(subjects.loss(model, ids))
    return {"losses": losses, "own": float(own), "honest": honest, "repeats": repeats, "text": text[:40]}


def written(model: GPT) -> str:
    """What a model writes after a new line when it always takes the likeliest character."""
    ids = [0]
    with torch.no_grad():
        while len(ids) <= WRITTEN:
            ids.append(int(model(torch.tensor([ids[-TINY.block_size :]]))[0, -1].argmax()))
    return ALPHABET.decode(ids[1:])


def make() -> None:
    """Train everything, and write the file."""
    ways = (measured.RIGHT, *PAIRS, *TAPS)
    bar = tqdm(total=(len(ways) + 1) * len(SEEDS), disable=None)
    found = {slip: [judged(slip, seed) for seed in SEEDS if bar.update() or True] for slip in ways}
    found["printed-loss"] = [table(seed) for seed in SEEDS if bar.update() or True]
    write_durable(measured.FILE, (json.dumps(rounded(found), indent=1) + "\n").encode())


def rounded(value: Any) -> Any:
    """Numbers as they are written: five digits behind the point."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 5) if isinstance(value, float) else value


if __name__ == "__main__":
    make()
