"""Training what the lecture trains while it is being built, stage by stage, with three seeds: five minutes of one core.

`python -m gpt.lessons.tutorials.train_stages` writes the file that `stages.py` reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional as F
from tqdm import tqdm

from gpt.lessons import facts
from gpt.lessons.experiments.bigram import counted_loss
from gpt.lessons.tutorials import lecture_bigram, lecture_loss, lecture_program, stages
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.train import batches
from gpt.train.evaluate import mean_loss
from gpt.train.initial import as_torch

RATE = 1e-3  # the lecture's
EVALUATED = 60  # batches of 32 windows, spread evenly over each part of the text


def fresh(stage: stages.Stage, seed: int) -> tuple[GPT, Generator]:
    """A stage's model as torch begins its layers, and the dice of its batches."""
    model, generator = GPT(stage.model, Generator()), Generator().manual_seed(seed)
    as_torch(model, generator)
    return model, generator


def losses(stage: stages.Stage, seed: int, steps: int = stages.STEPS) -> Iterator[float]:
    """Train; the loss of every batch, and at the end of the last tenth of the text."""
    ids = facts.ids_of(0)  # (N,)
    model, generator = fresh(stage, seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, fused=True)
    for _ in range(steps):
        inputs, targets = batches.batch(ids, stage.model.block_size, stages.BATCH, generator)  # (B, T), (B, T)
        loss = loss_of(model, inputs, targets)  # ()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        yield loss.item()
    yield mean_loss(model, facts.ids_of(1), EVALUATED)


def loss_of(model: GPT, inputs: Tensor, targets: Tensor) -> Tensor:
    """Nats a character, ()."""
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()


def bigram(steps: int = 10_000) -> dict[str, float]:
    """The lecture's table after ten thousand steps, on dice that have written 400 characters before; and counting."""
    model, generator = lecture_bigram.table(stages.SEEDS[0])
    lecture_bigram.write(model, 400, generator)
    last = lecture_bigram.train(model, generator, steps)[-1]
    loss = mean_loss(model, facts.ids_of(1), EVALUATED)
    return {"last": last, "loss": loss, "counted": counted_loss(facts.ids_of(0), facts.ids_of(1), lecture_bigram.V)}


def make() -> None:
    """Train every stage with every seed, and write what was measured."""
    torch.set_num_threads(1)
    found: dict[str, list[dict[str, float]]] = {"bigram": [bigram()]}
    for rate in lecture_loss.RATES:
        lines = lecture_loss.script(float(rate), len(lecture_loss.LINES))
        found[f"script {rate}"] = [{"train": train, "val": val} for train, val in lines]
    found["program"] = [{"train": train, "val": val} for train, val in lecture_program.run(lecture_program.RUN)]
    for stage in tqdm(stages.STAGES, unit="stage", disable=None):
        for seed in stages.SEEDS:
            each = list(losses(stage, seed))
            found.setdefault(stage.name, []).append({"first": round(each[0], 5), "loss": round(each[-1], 5)})
    write_durable(stages.FILE, (json.dumps(found, indent=1) + "\n").encode())


def main(arguments: list[str] | None = None) -> int:
    """Train all of it and write the file."""
    parser = argparse.ArgumentParser(prog="python -m gpt.lessons.tutorials.train_stages", description=__doc__)
    parser.parse_args(arguments)
    try:
        make()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command line talks)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
