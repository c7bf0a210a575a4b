"""Lesson 10, scaled up: how loss falls with size, on the held-out tenth and on a student's own text."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch

from gpt import sampling
from gpt.config import SamplingConfig
from gpt.lessons import trained
from gpt.lessons.ladder import COMPANIONS
from gpt.lessons.lookup import named
from gpt.lessons.passage import read
from gpt.size import count

SIZES = tuple(rung.name for rung in COMPANIONS if rung.name.startswith("size-"))
ALL = (*SIZES, "scaled")
KNOBS = SamplingConfig(temperature=0.8)


@dataclass(frozen=True)
class Size:
    """One of the models trained alike."""

    name: str
    parameters: int
    loss: float  # nats a character over the whole last tenth


@dataclass(frozen=True)
class Line:
    """loss = at_one - per_tenfold * log10(parameters): the straight line through the sizes."""

    at_one: float
    per_tenfold: float  # how much ten times the parameters buy

    def loss(self, parameters: int) -> float:
        """What the line says for a size."""
        return self.at_one - self.per_tenfold * math.log10(parameters)


def size_of(name: str) -> Size:
    """A model with its parameters and its loss."""
    return Size(name, count(named(name).model or trained.load(name).config), trained.loss(name))


def sizes() -> list[Size]:
    """The four sizes that were trained alike, the smallest first."""
    return [size_of(name) for name in SIZES]


def line_through(found: list[Size]) -> Line:
    """Least squares through the points (log10 parameters, loss). Raises ValueError for fewer than two sizes.

    Over some orders of magnitude, loss is close to straight in the log of the size (Kaplan et al. 2020, section 3.1,
    who put the log of the loss on the other axis).
    """
    if len({size.parameters for size in found}) < 2:
        raise ValueError(f"{len(found)} sizes do not make a line: give two different ones or more.")
    x = torch.tensor([math.log10(size.parameters) for size in found], dtype=torch.float64)  # (S,)
    y = torch.tensor([size.loss for size in found], dtype=torch.float64)  # (S,)
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum())
    return Line(float(y.mean()) - slope * float(x.mean()), -slope)


def slopes(found: list[Size]) -> list[float]:
    """From each size to the next: how many nats ten times the parameters would buy at that rate."""
    return [line_through([small, large]).per_tenfold for small, large in itertools.pairwise(found)]


def on_text(text: str) -> dict[str, float | None]:
    """Nats a character of a text, by model; None for a single character.

    All are asked about the same characters: the last that the smaller context holds.
    """
    least = min(trained.load(name).config.block_size for name in ALL)
    known = trained.known_ids(trained.load("scaled"), text)[-least:]
    tail = trained.load("scaled").tokenizer.decode(known)
    return {name: read(name, tail).loss for name in ALL}


def writes(name: str, text: str, length: int = 60) -> str:
    """What a model writes on from a text, always with the same dice. Raises ValueError without a known character."""
    loaded = trained.load(name)
    ids = trained.known_ids(loaded, text)
    drawn = sampling.generate(loaded.model, ids, KNOBS, length)
    return loaded.tokenizer.decode([choice.id for choice in drawn])
