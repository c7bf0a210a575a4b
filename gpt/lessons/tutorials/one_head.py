"""The lecture's first training with attention: one head between two tables, and the log that it prints."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from functools import cache

import torch
from torch import Generator, nn
from torch.nn import functional as F

from gpt.analysis.stages import block_of
from gpt.config import ConfigError
from gpt.figures.chart import Axis, Level
from gpt.figures.lessons import lines
from gpt.lessons import facts
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.rung import TEXTS
from gpt.lessons.tutorials import stages
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Printed, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.model import GPT
from gpt.train import batches
from gpt.train.initial import as_torch

FILE = TEXTS / "one_head.json"
STEPS, RATE, BATCH, EVALUATED = 5_000, 1e-3, 32, 200  # the lecture's; EVALUATED batches of each split a line
ONE_HEAD = dataclasses.replace(stages.HEAD, output_bias=True)
EVERY = (300, 500)  # steps from line to line: what is drawn for a line moves the dice, so the two runs differ
# What others' runs of the very script print, as far as it is known: step -> (training loss, validation loss).
PRINTED: dict[int, dict[int, tuple[str, str]]] = {
    300: {
        0: ("4.2000", "4.2047"),
        300: ("", "2.9574"),
        1500: ("", "2.4808"),
        3000: ("", "2.4241"),
        4800: ("2.3838", "2.4043"),
    },
    500: {
        0: ("4.2000", "4.2047"),
        500: ("2.6911", "2.7087"),
        1000: ("2.5196", "2.5303"),
        1500: ("2.4775", "2.4829"),
        2000: ("2.4408", "2.4523"),
        2500: ("2.4272", "2.4435"),
        3000: ("2.4130", "2.4327"),
        3500: ("2.3956", "2.4212"),
        4000: ("2.4041", "2.3992"),
        4500: ("2.3980", "2.4084"),
    },
}
UNLIKE = "thousands of steps round otherwise on another processor, and what was a last digit grows"

Line = tuple[int, float, float]  # step, training loss, validation loss


def one_head(dice: Generator) -> GPT:
    """Tables, one head and a layer of logits, drawn as torch draws them, in the order in which the lecture makes them.

    Its head hands on what it has mixed as it is: without another table behind it.
    """
    model = GPT(ONE_HEAD, Generator())
    attn = block_of(model, 0).attn
    attn.project = nn.Identity()  # type: ignore[assignment] # it stands where a table would
    for part in (
        model.token_embedding, model.position_embedding, attn.key, attn.query, attn.value, model.unembed,
    ):  # fmt: skip
        as_torch(part, dice)
    return model


@torch.no_grad()
def estimate_loss(model: GPT, dice: Generator) -> tuple[float, float]:
    """The mean of 200 batches of each split, in nats a character: far less noise than one batch has."""
    found, T = list[float](), ONE_HEAD.block_size
    model.eval()
    for part in (0, 1):
        inputs, targets = batches.batch(facts.ids_of(part), T, EVALUATED * BATCH, dice)  # (200 B, T), (200 B, T)
        found.append(F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).item())
    model.train()
    return found[0], found[1]


def train(every: int, steps: int = STEPS, seed: int = SEED) -> Iterator[Line]:
    """The lecture's training, a line every so many steps; one generator draws weights and all batches in turn."""
    dice = Generator().manual_seed(seed)
    model = one_head(dice)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for step in range(steps):
        if step % every == 0:
            yield step, *estimate_loss(model, dice)
        inputs, targets = batches.batch(facts.ids_of(0), ONE_HEAD.block_size, BATCH, dice)  # (B, T), (B, T)
        loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


@cache
def recorded(every: int) -> tuple[Line, ...]:
    """The lines that `train_one_head.py` has measured. Raises ConfigError for an interval that it did not train."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    if str(every) not in found:
        raise ConfigError(f"The head was not trained with a line every {every} steps; it was every {list(found)}.")
    return tuple((int(step), float(train), float(val)) for step, train, val in found[str(every)])


def written(line: Line) -> str:
    """A line of the log, as the lecture's script writes it."""
    step, train, val = line
    return f"step {step}: train loss {train:.4f}, val loss {val:.4f}"


def rows(every: int) -> tuple[Printed, ...]:
    """Each known printed loss beside ours."""
    found = list[Printed]()
    for step, train, val in recorded(every):
        known = PRINTED[every].get(step, ("", ""))
        for which, printed, ours in zip(("training", "validation"), known, (train, val), strict=True):
            if printed:
                found.append(beside(f"{which} loss, step {step:,}", printed, f"{ours:.4f}", UNLIKE))
    return tuple(found)


def log(turned: Turned) -> Outcome:
    """The log, line by line, with those lines beside it of which it is known what was printed."""
    every = int(turned["every"])
    measured, known = recorded(every), PRINTED[every]
    shown = rows(every)
    unlike = max(abs(float(row.printed) - float(row.ours)) for row in shown)
    steps, training, validation = ([line[i] for line in measured] for i in range(3))
    figure = lines(
        {"training": (steps, training), "validation": (steps, validation)},
        Axis("step", form=",d"), Axis("loss (nats a character)", form=".4f"),
        [Level("the bigram, by counting", stages.recorded()["bigram"][0]["counted"])],
    )  # fmt: skip
    first, last = measured[0], measured[-1]
    left = len(measured) - len(known)
    rest = f"The other {left} stand below as they came out here." if left else "None is missing."
    told = (
        f"{len(measured)} lines, one every {every} steps, each the mean of {EVALUATED} batches of either split. What "
        f"runs of the script print is known of {len(known)} of them ({len(shown)} losses: the rows above); the largest "
        f"difference from ours is {unlike:.4f}. {rest}",
        f"Weights, training batches and those of the lines come out of one generator in turn, seed {SEED}: a line more "
        "often, and all that follows is drawn otherwise.",
    )
    alt = f"Validation loss from {first[2]:.4f} at step {first[0]:,} to {last[2]:.4f} at step {last[0]:,}."
    return Outcome(shown, told, (Picture("lecture-one-head", figure, alt),), "\n".join(map(written, measured)))


LISTINGS = (
    Listing(
        "lecture-one-head-log", "lecture", "One head, and its log of 17 lines",
        "One layer, **one head of 32**, context 8, 32 windows a step, AdamW at 1e-3, weights as torch draws them; no "
        "residual, no norm, no table behind the head. Every 300 steps, from 0 to 4,800, it prints what 200 batches of "
        "each split cost in the mean. The log below was trained here, **once, with the same dice**.",
        log, (one_head, estimate_loss, train), (Turn("every", "A line every … steps", tuple(map(str, EVERY))),),
        ("attention?model=lesson-4", "A trained head, live"),
    ),
)  # fmt: skip
