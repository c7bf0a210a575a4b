"""`python -m gpt.lessons.slips.train`: trains what the slips show of training, with three seeds, and writes it down."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads

import json
from typing import Any

import torch
from torch import Generator
from tqdm import tqdm

from gpt.lessons.experiments.numbers import ALPHABET
from gpt.lessons.ladder import BIGRAM
from gpt.lessons.slips import masking, measured, subjects, targets
from gpt.lessons.slips.learning import Pair, learn
from gpt.lessons.slips.measured import BIGRAM_RATE, BIGRAM_STEPS, RATE, SEEDS, STEPS, TINY
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.tap import Tap, untapped

WRITTEN = 200  # characters that are written greedily


def tiny(seed: int, pair: Pair, tap: Tap, steps: tuple[int, ...] = STEPS) -> tuple[GPT, list[float]]:
    """A tiny model that learned by a slip's way, and its own losses on the way."""
    dice = Generator().manual_seed(seed)
    model = GPT(TINY, dice, std=0.1)
    losses = list(learn(model, TINY.block_size, RATE, steps, dice, pair, tap))
    return model.eval().requires_grad_(False), losses


def unshifted_or_not(seed: int, which: str, steps: tuple[int, ...] = STEPS) -> dict[str, Any]:
    """Targets as they are read, or one character later; both judged by the character that really comes next."""
    pair = targets.unshifted if which == "broken" else targets.shifted
    model, losses = tiny(seed, pair, untapped, steps)
    ids = subjects.windows(TINY.block_size, 64)  # (W, T + 1)
    text = written(model)
    repeats = sum(a == b for a, b in zip(text, text[1:], strict=False)) / (len(text) - 1)
    return {"losses": losses, "next": float(subjects.loss(model, ids)), "repeats": repeats, "text": text[:40]}


def leaking_or_not(seed: int, which: str, steps: tuple[int, ...] = STEPS) -> dict[str, Any]:
    """Masked with 0 or with -inf while it learns; both judged with the right mask."""
    line = masking.masked_by_zero if which == "broken" else masking.masked_by_infinity
    tap = subjects.attending(pattern=line)
    model, losses = tiny(seed, targets.shifted, tap, steps)
    ids = subjects.windows(TINY.block_size, 64)  # (W, T + 1)
    return {"losses": losses, "own": float(subjects.loss(model, ids, tap)), "honest": float(subjects.loss(model, ids))}


def table(seed: int, steps: tuple[int, ...] = BIGRAM_STEPS) -> dict[str, Any]:
    """The lecture's bigram table, trained as it is printed: batches of 32 windows of 8, AdamW at 0.001.

    Its losses on held-out text, and how far the furthest of its numbers has moved by then.
    """
    dice = Generator().manual_seed(seed)
    model, ids = GPT(BIGRAM, dice, std=1.0), subjects.windows(BIGRAM.block_size, 64)  # (W, T + 1)
    start = model.token_embedding.weight.detach().clone()  # (V, V)
    found: dict[str, Any] = {"losses": [], "moved": []}
    for _ in learn(model, 8, BIGRAM_RATE, steps, dice):  # it comes by before each of these steps
        found["losses"].append(subjects.loss(model, ids).item())
        found["moved"].append(float((model.token_embedding.weight.detach() - start).abs().max()))
    return found


def written(model: GPT) -> str:
    """What a model writes after a new line when it always takes the likeliest character."""
    ids = [0]
    with torch.no_grad():
        while len(ids) <= WRITTEN:
            ids.append(int(model(torch.tensor([ids[-TINY.block_size :]]))[0, -1].argmax()))
    return ALPHABET.decode(ids[1:])


def make() -> None:
    """Train everything, and write the file."""
    found: dict[str, Any] = {}
    ways = {"targets": unshifted_or_not, "zeros-mask": leaking_or_not}
    bar = tqdm(total=(2 * len(ways) + 1) * len(SEEDS), disable=None)
    for slip, way in ways.items():
        found[slip] = {}
        for which in ("broken", "mended"):
            found[slip][which] = [way(seed, which) for seed in SEEDS if bar.update() or True]
    found["printed-loss"] = {"mended": [table(seed) for seed in SEEDS if bar.update() or True]}
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
