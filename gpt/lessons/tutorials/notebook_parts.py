"""Notebook road, the parts by hand: a sum and its norm, a feed-forward, ReLU and GELU with their slopes, dropout."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis import dropout as dropping
from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.matrix import Cells, Matrix, extent
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.model import ACTIVATION

ROAD = "notebook"
TOKENS = ("token 1", "token 2", "token 3")


def numbers(values: Tensor, digits: int = 4) -> str:
    """A row of numbers as a tutorial prints it: whole ones without a point."""
    return "[" + ", ".join(f"{x:.{digits}f}".rstrip("0").rstrip(".") for x in (values + 0.0).tolist()) + "]"


def table(title: str, values: Tensor, down: tuple[str, ...]) -> Cells:
    """A small matrix with its numbers in the cells."""
    text = [[f"{x:.2f}" for x in row] for row in values.tolist()]
    return Cells(values.numpy(), [str(i + 1) for i in range(values.shape[1])], down, title, text)


def picture(name: str, cells: list[Cells], alt: str, down: str, columns: int = 2) -> Picture:
    """Small matrices under one scale."""
    kind, most = extent(np.concatenate([one.values.ravel() for one in cells]))
    rows = math.ceil(len(cells) / columns)
    height = rows * (70 + 34 * max(len(one.down) for one in cells))
    return Picture(name, Matrix(cells, "number", down, "", kind, most, ".4f", columns, height, key=False), alt)


# ---- a sum, by hand

X = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [2.0, 1.0, 0.0]])  # (T, C) small enough to follow by hand
POST, PRE, ALONE = "norm(x + attention(x))", "x + attention(norm(x))", "attention(x), nothing added"


def attention(x: Tensor) -> Tensor:
    """A head whose query, key and value are the vector itself: (T, C) -> (T, C)."""
    scores = x @ x.T / x.shape[-1] ** 0.5  # (T, T)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)  # (T, T)
    return F.softmax(scores.masked_fill(future, -math.inf), dim=-1) @ x  # (T, C)


def join(x: Tensor, order: str) -> Tensor:
    """What the stream (T, C) is after attention has written to it, in one of three orders."""
    width = (x.shape[-1],)
    if order == POST:
        return F.layer_norm(x + attention(x), width)  # (T, C)
    return x + attention(F.layer_norm(x, width)) if order == PRE else attention(x)  # (T, C)


def residual(turned: Turned) -> Outcome:
    """Three tokens of three numbers: what attention gives, the sum, and the sum levelled."""
    order = turned["order"]
    found, out = attention(X), join(X, order)
    cells = [table("x", X, TOKENS), table("attention(x)", found, TOKENS)]
    cells += [table("x + attention(x)", X + found, TOKENS), table(order, out, TOKENS)]
    last = f"{X[2, 0]:.4f} + {found[2, 0]:.4f} = {X[2, 0] + found[2, 0]:.4f}"
    spread = out.std(dim=-1, unbiased=False)
    said = [
        f"Token 1 sees only itself, so attention gives it back: {numbers(found[0])}. Token 3 takes from all three: "
        f"{numbers(found[2])}.",
        f"The sum, number by number: token 3's first is {last}.",
        f"With {order} the three tokens come out as {', '.join(numbers(row) for row in out)}; their spreads are "
        f"{', '.join(f'{x:.4f}' for x in spread.tolist())}.",
    ]
    way = ", then ".join(numbers(torch.from_numpy(one.values[2])) for one in cells)
    alt = f"Four tables of three tokens with three numbers each. Token 3 through all of them: {way}."
    return Outcome(said=tuple(said), pictures=(picture("notebook-residual", cells, alt, "token"),))


# ---- feed-forward on [1, -2, 3]

INPUTS = ("[1, -2, 3]", "[-1, 2, -3]", "[2, -4, 6]")
EXPAND = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])  # (N, C): three look at one number, one at all
PROJECT = torch.tensor([[1.0, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, -1]])  # (C, N)


def feed_forward(x: Tensor, bend: str) -> tuple[Tensor, Tensor, Tensor]:
    """Before the bend (N,), after it (N,), and what is written (C,), for one token x (C,)."""
    before = EXPAND @ x  # (N,)
    after = ACTIVATION[bend](before)  # (N,)
    return before, after, PROJECT @ after  # (N,), (N,), (C,)


def feeding(turned: Turned) -> Outcome:
    """One token of three numbers through four neurons with whole weights, so that a pencil is enough."""
    word, bend = turned["x"], turned["bend"]
    x = torch.tensor([float(part) for part in word.strip("[]").split(",")])  # (C,)
    before, after, out = feed_forward(x, bend)
    printed = (beside("ReLU of [1, -2, 3]", "[1, 0, 3]", numbers(F.relu(x))),)
    twice = numbers(2 * out)
    mirrored, doubled = feed_forward(-x, bend)[2], feed_forward(2 * x, bend)[2]
    chart = Chart(
        Axis("neuron", ticks=[(i, str(i + 1)) for i in range(4)]),
        Axis("number"),
        [
            Series("before", [*range(4)], before.tolist(), "bars"),
            Series("after", [*range(4)], after.tolist(), "bars", 1, 1),
        ],
        height=240,
    )
    alt = f"Four neurons before the bend: {numbers(before)}; after it: {numbers(after)}."
    steps = f"{word} → neurons {numbers(before)} → {bend} {numbers(after)} → written {numbers(out)}"
    return Outcome(
        printed if word == INPUTS[0] and bend == "relu" else (),
        (
            f"{steps}; added to x it is {numbers(x + out)}.",
            f"Without a bend it would write {numbers(PROJECT @ before)}: two matrices in a row are one matrix.",
            f"For -x it writes {numbers(mirrored)}, which is not {numbers(-out)}; for 2x {numbers(doubled)}"
            + (
                ", exactly twice as much: ReLU bends only at 0." if torch.equal(doubled, 2 * out) else f", not {twice}."
            ),
        ),
        (Picture("notebook-feed-forward", chart, alt),),
    )


# ---- ReLU and GELU with their derivatives

BENDS = {"GELU": "gelu", "GELU by tanh": "gelu_tanh", "ReLU alone": "relu"}
GRID = torch.linspace(-4, 4, 161)  # (161,)


def slope(bend: str, x: Tensor) -> Tensor:
    """The derivative at every x, by PyTorch's own backward pass: (N,) -> (N,)."""
    x = x.clone().requires_grad_(True)
    (found,) = torch.autograd.grad(ACTIVATION[bend](x).sum(), x)
    return found  # (N,)


def bends(turned: Turned) -> Outcome:
    """Two bends and how steep they are, place by place."""
    name = turned["beside"]
    shown = {"ReLU": "relu"} | ({name: BENDS[name]} if BENDS[name] != "relu" else {})
    x = GRID.tolist()
    series = list[Series]()
    for i, (word, kind) in enumerate(shown.items()):
        series.append(Series(word, x, ACTIVATION[kind](GRID).tolist(), colour=i, dash=i))
        series.append(Series(f"slope of {word}", x, slope(kind, GRID).tolist(), colour=i, dash=i + 2))
    chart = Chart(Axis("what a neuron sums up to"), Axis("what it gives, and the slope"), series)
    at = torch.tensor([-1.0, 1.0])  # (2,)
    said = [
        "ReLU's slope is 0 on the left and 1 on the right: a neuron whose sums are all below 0 gets no gradient at all."
    ]
    if len(shown) > 1:
        fine = torch.linspace(-4, 4, 80_001)  # (80001,) in steps of 0.0001
        y, steep = ACTIVATION[BENDS[name]](fine), slope(BENDS[name], fine)  # (80001,) each
        low, high = int(y.argmin()), int(steep.argmax())
        values, slopes = ACTIVATION[BENDS[name]](at).tolist(), slope(BENDS[name], at).tolist()
        said += [
            f"{name} gives {values[0]:.4f} at -1 and {values[1]:.4f} at 1, with slopes {slopes[0]:.4f} and "
            f"{slopes[1]:.4f}.",
            f"It is lowest at {fine[low]:.3f}, where it gives {y[low]:.4f}: to the left it rises again, and its slope "
            f"is negative. It is steepest at {fine[high]:.3f}, with a slope of {steep[high]:.4f}.",
        ]
    ends = "; ".join(f"{one.name} from {one.y[0]:.4f} to {one.y[-1]:.4f}" for one in series)
    alt = f"From -4 to 4 on the axis: {ends}."
    return Outcome(said=tuple(said), pictures=(Picture("notebook-bends", chart, alt),))


# ---- dropout

VECTOR = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])  # (C,)
DRAWS, MANY = 6, 4_000  # that are shown, and of which the mean is taken


def dropped(turned: Turned) -> Outcome:
    """The same vector, dropped out several times: each draw has a generator of its own."""
    p, seed = float(turned["p"]), int(turned["seed"])
    shown, many = dropping.draws(VECTOR, p, seed, DRAWS), dropping.draws(VECTOR, p, seed, MANY)  # (n, C)
    zeros = (shown == 0).sum(dim=-1)  # (n,)
    mean = many.mean(dim=0)  # (C,)
    rows = ("as it was", *(f"draw {i + 1}" for i in range(DRAWS)))
    cells = [table(f"p = {p:g}", torch.cat([VECTOR[None], shown]), rows)]
    kept = 1 / (1 - p)
    counts = ", ".join(map(str, zeros.tolist()))
    said = (
        f"Six draws leave {counts} zeros of {len(VECTOR)}; with p = {p:g} it is {p * len(VECTOR):g} in the mean, at "
        "places that are drawn anew.",
        f"What stays is multiplied by 1 / (1 - {p:g}) = {kept:.4f}: the first number is 0 or {kept:.4f}.",
        f"The mean of {MANY:,} draws is {numbers(mean, 2)}: nearly the vector itself, which is what the model reads "
        "when it does not learn, after model.eval().",
    )
    alt = f"The vector, and six draws of it below. The first draw: {numbers(shown[0], 2)}."
    return Outcome(said=said, pictures=(picture("notebook-dropout", cells, alt, "draw", 1),))


LISTINGS = (
    Listing(
        "notebook-residual", ROAD, "x + attention(x), by hand",
        "Attention writes *onto* the stream: its result is added, number by number. In this notebook the norm stands "
        "behind the sum (post-norm); GPT-2 levels a copy that attention reads, and leaves the stream alone.",
        residual, (attention, join), (Turn("order", "What is computed", (POST, PRE, ALONE)),),
        ("residual?model=mini", "Residual stream: what every part adds"),
    ),
    Listing(
        "notebook-feed-forward", ROAD, "The feed-forward on [1, -2, 3]",
        "Each token alone: a matrix, a bend, a matrix. ReLU sets what is below 0 to 0. The weights here are whole "
        "numbers: three neurons look at one number each, the fourth at the sum.",
        feeding, (feed_forward,),
        (Turn("x", "The token", INPUTS), Turn("bend", "The bend", ("relu", "gelu"))),
        ("mlp?model=lesson-6", "Feed-forward: the neurons of a trained model with ReLU"),
    ),
    Listing(
        "notebook-bends", ROAD, "ReLU and GELU, with their derivatives",
        "What a neuron makes of its sum, and how steep that is: the slope is what the gradient is multiplied by on its "
        "way back.",
        bends, (slope,), (Turn("beside", "Beside ReLU", tuple(BENDS)),),
        ("mlp", "Feed-forward: the bend of a real neuron"),
    ),
    Listing(
        "notebook-dropout", ROAD, "Dropout: zeros drawn anew",
        "While a model learns, a share p of the numbers is set to 0, at other places every time, and the rest is made "
        "larger, so that the mean stays.",
        dropped, (dropping.mask, dropping.draws),
        (Turn("p", "p", ("0.2", "0.5", "0.1")), Turn("seed", "First seed", ("1", "7", "99"))),
        ("residual", "Residual stream: dropout of a real vector"),
    ),
)  # fmt: skip
