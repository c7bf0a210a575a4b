"""Training the notebook's model: 5,000 steps of 16 windows, two minutes of one core.

`python -m gpt.lessons.tutorials.train_notebook` writes the file that `notebook_runs.py` reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import torch
from torch import Generator, nn
from torch.nn import functional as F
from tqdm import tqdm

from gpt.config import GPTConfig
from gpt.lessons import facts
from gpt.lessons.tutorials import notebook_runs as runs
from gpt.lessons.tutorials.default_init import linear
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.train import batches
from gpt.train.evaluate import mean_loss
from gpt.train.trainer import own_randomness

FIRST = 20  # losses of batches that are kept, so that a test can train them again
EVALUATED = 60  # batches of 32 windows, spread evenly over the last tenth


def begin(config: GPTConfig, generator: Generator) -> GPT:
    """The model with fresh weights nearly as torch draws them: tables normal(0, 1), layers uniform, but biases 0."""
    model = GPT(config, generator)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Embedding):
                module.weight.normal_(generator=generator)  # (V, C) or (T, C)
            elif isinstance(module, nn.Linear):
                module.weight.copy_(linear(module.in_features, module.out_features, generator))  # (out, in)
    return model


def losses(config: GPTConfig, steps: int = runs.STEPS) -> Iterator[tuple[int, float, GPT]]:
    """Train: the step, the loss of its batch before the step, and the model after it."""
    ids, generator = facts.ids_of(0), Generator().manual_seed(runs.SEED)  # (N,)
    model = begin(config, generator).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=runs.RATE, fused=True)
    with own_randomness(runs.SEED, 1):  # dropout's dice
        for step in range(steps):
            inputs, targets = batches.batch(ids, config.block_size, runs.BATCH, generator)  # (B, T), (B, T)
            loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            yield step, loss.item(), model


def record(config: GPTConfig) -> dict[str, list[float]]:
    """The whole training of one kind."""
    found: dict[str, list[float]] = {"first": [], "step": [], "loss": []}
    for step, loss, model in losses(config):
        if step < FIRST:
            found["first"].append(round(loss, 5))
        if (step + 1) % runs.EVERY == 0:
            found["step"].append(step + 1)
            found["loss"].append(round(mean_loss(model, facts.ids_of(1), EVALUATED), 5))
    return found


def make() -> None:
    """Train every kind, and write what was measured."""
    torch.set_num_threads(1)
    found = {kind: record(config) for kind, config in tqdm(runs.KINDS.items(), unit="model", disable=None)}
    write_durable(runs.FILE, (json.dumps(found, indent=1) + "\n").encode())


if __name__ == "__main__":
    make()
    sys.exit(0)
