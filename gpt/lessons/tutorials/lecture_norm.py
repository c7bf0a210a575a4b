"""The lecture's norm: a batch norm in one dimension, by hand, that becomes a layer norm by one digit."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.figures.chart import Axis, Chart, Series
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside, number

EPS = 1e-5
ROUNDED = "a mean of levelled numbers is nothing but what rounding leaves, and another processor rounds otherwise"


def vectors(seed: int = SEED) -> Tensor:
    """A batch of 32 vectors of 100 numbers, (B, C)."""
    return torch.randn(32, 100, generator=Generator().manual_seed(seed))  # (B, C)


def level(x: Tensor, dim: int) -> Tensor:
    """Mean 0 and variance 1 along a dimension of x (B, C): 0 is a batch norm in training, 1 a layer norm, without gain.

    The variance divides by one less than it adds up, as torch's `var` does; the norms themselves divide by all
    (Ioffe and Szegedy 2015, algorithm 1; Ba et al. 2016, section 3.1).
    """
    mean, variance = x.mean(dim, keepdim=True), x.var(dim, keepdim=True)  # (1, C) or (B, 1)
    return (x - mean) / torch.sqrt(variance + EPS)  # (B, C)


def told(x: Tensor) -> str:
    """Mean and spread of a few numbers, as the lecture asks for them."""
    return f"{number(x.mean())}, {number(x.std())}"


def picture(name: str, y: Tensor) -> Picture:
    """The spread of every column and every row."""
    columns, rows = y.std(dim=0), y.std(dim=1)  # (C,), (B,)
    series = [
        Series("of a column (one number of all 32)", list(range(1, 101)), columns.tolist(), "points", 0, 0),
        Series("of a row (all numbers of one)", list(range(1, 33)), rows.tolist(), "points", 1, 1),
    ]
    figure = Chart(Axis("which", form=",d"), Axis("standard deviation", form=".3f"), series, (), 300)
    alt = (
        f"Columns spread from {columns.min():.3f} to {columns.max():.3f}, rows from {rows.min():.3f} to "
        f"{rows.max():.3f}."
    )
    return Picture(name, figure, alt)


def batch_norm(turned: Turned) -> Outcome:
    """Down the columns."""
    y = level(vectors(int(turned["seed"])), dim=0)
    said = (
        f"The first column has mean and spread {told(y[:, 0])}; the first row {told(y[0])}: no vector of its own is "
        "levelled.",
        "Change one vector of the batch, and all others change: what a token is would hang on its neighbours by "
        "chance.",
    )
    moved = vectors(int(turned["seed"]))
    moved[-1] += 10
    other = level(moved, dim=0)
    said += (
        f"Ten more in every number of the last vector moves the first one by {(other[0] - y[0]).abs().max():.3f}.",
    )
    reference = F.batch_norm(vectors(int(turned["seed"])), None, None, training=True, eps=EPS)
    said += (
        f"torch's own batch norm divides by 32 in the place of 31, and lies {(reference - y).abs().max():.4f} away at "
        "most.",
    )
    return Outcome((), said, (picture("lecture-batchnorm", y),))


def layer_norm(turned: Turned) -> Outcome:
    """Along the rows."""
    x = vectors(int(turned["seed"]))
    y = level(x, dim=1)
    rows = (
        beside("shape", "torch.Size([32, 100])", y.shape),
        beside("mean and spread of the first column", "0.1469, 0.8803", told(y[:, 0])),
        beside("mean and spread of the first row", "-9.5367e-09, 1.0000", told(y[0]), ROUNDED),
        beside("mean and spread of the first row, in a rerun", "-3.5763e-09, 1.0000", told(y[0]), ROUNDED),
    )
    moved = x.clone()
    moved[-1] += 10
    other = level(moved, dim=1)
    reference = F.layer_norm(x, (100,), eps=EPS)
    said = (
        f"Ten more in every number of the last vector moves the first one by {(other[0] - y[0]).abs().max():.3f}: each "
        "looks at itself alone, in training and afterwards, so nothing has to be remembered.",
        f"torch's own layer norm divides by 100 in the place of 99, and lies {(reference - y).abs().max():.4f} away at "
        "most.",
    )
    return Outcome(rows, said, (picture("lecture-layernorm", y),))


SEEDS = Turn("seed", "Seed", (str(SEED), "1", "42"))

LISTINGS = (
    Listing(
        "lecture-batchnorm", "lecture", "A batch norm in one dimension, by hand",
        "32 vectors of 100 numbers. Each **column** is brought to mean 0 and spread 1: one number of all vectors. (The "
        "notebook keeps only what this becomes, the next listing.)",
        batch_norm, (vectors, level), (SEEDS,), ("lessons?lesson=8&open=1", "Lesson 8: layer norm"),
    ),
    Listing(
        "lecture-layernorm", "lecture", "The same with a 1: a layer norm",
        "One digit is changed, the dimension: now each **row** has mean 0 and spread 1, and the columns have not.",
        layer_norm, (vectors, level), (SEEDS,), ("layernorm", "Layer norms of a trained model, live"),
    ),
)  # fmt: skip
