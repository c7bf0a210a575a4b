"""Training small models that differ in how a token's place is told, on the same windows, and measuring them.

`python -m gpt.lessons.train_position_kinds` does so, in two minutes of one core, and writes the file again.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from gpt.lessons import facts
from gpt.lessons.position_kinds import (
    BEGUN,
    FILE,
    KINDS,
    LONGEST_INDEX,
    MODEL,
    NORMS,
    SEEDS,
    SHORT,
    SHORTEST,
    STEPS,
    Row,
)  # fmt: skip
from gpt.lessons.write_file import write_file
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.train import batches
from gpt.train.trainer import own_randomness

BATCH, RATE, WARMUP = 16, 3e-3, 50
WINDOWS = 500  # of the last tenth, spread evenly
POSITION = {"none": "none", "index": "index", "sinusoids": "sinusoidal", "learned": "learned"}


def make(file: Path = FILE) -> None:
    """Train every kind with every norm and seed, and write what was measured. Raises CorpusUnavailable."""
    each = [(kind, norm, seed) for kind in KINDS for norm in NORMS for seed in SEEDS]
    with own_randomness(SEEDS[0], 1):  # one thread: every draw has a generator of its own
        found = [dataclasses.asdict(row(*one)) for one in tqdm(each, disable=None)]
    write_durable(file, (json.dumps(found, indent=1) + "\n").encode())


def row(kind: str, norm: str, seed: int) -> Row:
    """One model, trained and measured."""
    model, losses = train(kind, norm, seed)
    long, short = (round(judge(model, kind, T), 5) for T in (MODEL.block_size, SHORT))
    return Row(kind, norm, seed, round(losses[BEGUN - 1], 5), long, short)


def fresh(kind: str, norm: str, generator: Generator) -> GPT:
    """A model that tells places that way."""
    position = POSITION.get(kind, "index_scaled")
    return GPT(dataclasses.replace(MODEL, position=position, norm=norm), generator, std=0.1)


def added(kind: str, T: int) -> Tensor:
    """What an index adds to every number of a token, at each place, in a text of T tokens: (context,)."""
    over = {"index": 1.0, "index / 1023": LONGEST_INDEX, "index / T": T}[kind]
    return torch.arange(MODEL.block_size) / over  # (context,)


def tell(model: GPT, kind: str, T: int) -> None:
    """Set what is added at each place of a text of T tokens, where an index is divided by something."""
    if kind in ("index / 1023", "index / T"):
        model.computed = added(kind, T)[:, None].expand(-1, MODEL.n_embd)  # (context, C)


def train(kind: str, norm: str, seed: int, steps: int = STEPS) -> tuple[GPT, list[float]]:
    """The model after so many steps, and each one's loss; all kinds read the same windows, of many lengths."""
    ids, dice, losses = facts.ids_of(0), Generator().manual_seed(seed), list[float]()
    model = fresh(kind, norm, Generator().manual_seed(seed))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=0.1)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = RATE * min((step + 1) / WARMUP, 2 * (1 - step / STEPS), 1.0)
        T = int(torch.randint(SHORTEST, MODEL.block_size + 1, (), generator=dice))
        x, y = batches.batch(ids, T, BATCH, dice)  # (B, T), (B, T)
        tell(model, kind, T)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())  # ()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return model.eval().requires_grad_(False), losses


@torch.no_grad()
def judge(model: GPT, kind: str, T: int) -> float:
    """Nats a character in held-out windows of T characters."""
    ids = facts.ids_of(1)  # (M,)
    starts = torch.linspace(0, len(ids) - T - 1, WINDOWS).long()  # (W,)
    found: Tensor = ids[starts[:, None] + torch.arange(T + 1)]  # (W, T + 1)
    tell(model, kind, T)
    return F.cross_entropy(model(found[:, :-1]).flatten(0, 1), found[:, 1:].flatten()).item()


def main(arguments: list[str] | None = None) -> int:
    """Train all and write the file; 2 with a sentence when the text is not here."""
    return write_file("train_position_kinds", make, FILE, arguments)


if __name__ == "__main__":
    sys.exit(main())
