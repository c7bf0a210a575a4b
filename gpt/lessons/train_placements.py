"""Training the same deep small model with its norms before each part, after it, and without any, and measuring it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from gpt import corpora
from gpt.lessons import placements
from gpt.lessons.placements import KINDS, SEEDS, STEPS, TRAIN, Measured, config_of
from gpt.lessons.rung import CORPUS
from gpt.model import GPT
from gpt.runs import RunError
from gpt.storage.atomic import write_durable
from gpt.tokenizers import CharTokenizer
from gpt.train.trainer import Trainer, own_randomness

WINDOWS = 64  # of the last tenth, spread evenly, that every model is measured on
DIGITS = 6  # that are written


def make(file: Path = placements.FILE) -> None:
    """Train every kind with every seed, and write what was measured. Raises as `measurements` does."""
    pairs = [(kind, seed) for kind in KINDS for seed in SEEDS]
    found = [dataclasses.asdict(row) for pair in tqdm(pairs, disable=None) for row in measurements(*pair)]
    write_durable(file, (json.dumps(found, indent=1) + "\n").encode())


def measurements(kind: str, seed: int, steps: tuple[int, ...] = STEPS) -> Iterator[Measured]:
    """Train one model and measure it at these steps. Raises RunError when its loss is no number any more."""
    corpus = corpora.load(CORPUS)
    tokenizer = CharTokenizer.from_text(corpus.text)
    train = dataclasses.replace(TRAIN, seed=seed)
    with own_randomness(seed, train.threads):
        trainer = Trainer(corpus, tokenizer, config_of(kind), train)
        T = trainer.model.config.block_size
        starts = torch.linspace(0, len(trainer.held_out) - T - 1, WINDOWS).long()  # (W,)
        ids = trainer.held_out[starts[:, None] + torch.arange(T + 1)].long()  # (W, T + 1)
        for step in range(max(steps) + 1):
            if step in steps:
                yield measure(trainer.model, ids, kind, seed, step)
            if step < max(steps):
                trainer.step()
                if trainer.done == step:
                    raise RunError(f"The loss of {kind!r} is not a number after step {step:,}: lower its rate.")


def measure(model: GPT, ids: Tensor, kind: str, seed: int, step: int) -> Measured:
    """Lengths of the stream and of the loss's gradient on it, at every boundary, on windows of ids (W, T + 1)."""
    streams: list[Tensor] = []
    last = model.config.n_layer - 1

    def keep(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "resid_pre" or (site == "resid_post" and layer == last):
            x.retain_grad()
            streams.append(x)  # (W, T, C)
        return x

    logits = model(ids[:, :-1], keep)  # (W, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
    loss.backward()
    lengths = [round(float(x.detach().norm(dim=-1).mean()), DIGITS) for x in streams]
    gradients = [float(f"{float(x.grad.norm()) if x.grad is not None else 0.0:.{DIGITS}g}") for x in streams]
    model.zero_grad(set_to_none=True)
    return Measured(kind, seed, step, round(loss.item(), DIGITS), tuple(lengths), tuple(gradients))
