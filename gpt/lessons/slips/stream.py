"""Two slips on the stream: a block without `x +`, and a batch norm that is a layer norm."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.figures.chart import Axis
from gpt.figures.lessons import lines
from gpt.lessons import seeds
from gpt.lessons.experiments import residual
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.slips import subjects
from gpt.lessons.slips.pictures import bars
from gpt.lessons.slips.slip import NAMES, Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture, Turn

# ---- a block without x +


def replaced(x: Tensor, part: Tensor) -> Tensor:
    """The stream (B, T, C) after a part (B, T, C)."""
    x = part  # (B, T, C)
    return x


def added(x: Tensor, part: Tensor) -> Tensor:
    """The stream (B, T, C) after a part (B, T, C)."""
    x = x + part  # (B, T, C)
    return x


def run_residual(turned: Turned) -> Effect:
    """The gradient that arrives at the first layer of a fresh model, and what rungs trained alike cost."""
    L = int(turned["layers"])
    found = [residual.gradients(keeps, n_layer=L) for keeps in (False, True)]
    arrives = [one.arrives for one in found]
    trained = [sum(seeds.losses(name)) / len(seeds.SEEDS) for name in ("mlp", "residual")]
    numbers = (
        Number("gradient at the first layer, times the last layer's", arrives, ".3g"),
        Number("loss of a rung of 2 layers trained so, mean of 3 seeds (nats a character)", trained),
    )
    said = (
        f"Through {L} fresh layers {arrives[0]:.1g} times the last layer's gradient arrives at the first without the "
        f"stream, {arrives[1]:.2g} times with it; already with 2 layers the trained loss is {trained[0]:.2f} instead "
        f"of {trained[1]:.2f}."
    )
    places = [layer + 1 for layer in range(L)]
    figure = lines(
        {name: (places, one.norms) for name, one in zip(NAMES, found, strict=True)},
        Axis("layer", ticks=[(float(place), str(place)) for place in places]),
        Axis("length of the gradient", "log", form=".2e"), height=280,
    )  # fmt: skip
    picture = Picture("slip-no-residual", figure, f"The gradient on the stream before each layer. {said}")
    return Effect(numbers, (arrives[0] > 0.1, arrives[1] > 0.1), said, (picture,))


RESIDUAL = Slip(
    "no-residual",
    "After each part of a block",
    "A block has two parts, attention and MLP. What each of them found goes on in the stream `x`.",
    "The block without x +",
    "Attention and MLP each *add* what they found to the stream. Without `x +` they replace it: whatever a token was "
    "is gone unless the part repeats it, and the gradient has no way around the parts.",
    "In a fresh deep model, at least a tenth of the last layer's gradient must arrive at the first layer.",
    "Printed in one of the five tutorials; the lecture, too, first shows its blocks without it, and says why.",
    (replaced, added),
    run_residual,
    ("residual", "Residual stream: what each part adds"),
    (Turn("layers", "Layers", ("4", "8", "12")),),
)

# ---- a batch norm that is a layer norm


def over_one(x: Tensor) -> Tensor:
    """A batch (B, C) levelled: (B, C)."""
    mean = x.mean(1, keepdim=True)  # "batch mean"
    var = x.var(1, keepdim=True)  # "batch variance"
    return (x - mean) / torch.sqrt(var + 1e-5)  # (B, C)


def over_zero(x: Tensor) -> Tensor:
    """A batch (B, C) levelled: (B, C)."""
    mean = x.mean(0, keepdim=True)  # "batch mean"
    var = x.var(0, keepdim=True)  # "batch variance"
    return (x - mean) / torch.sqrt(var + 1e-5)  # (B, C)


DRAWN = "32 x 100 random numbers"  # the lecture's


def examples(turned: str) -> Tensor:
    """What there is to level, (B, C): random numbers, or what a trained model's first block gets."""
    if turned == DRAWN:
        return torch.randn(32, 100, generator=Generator().manual_seed(SEED))  # (B, C)
    return subjects.seen(subjects.loaded(turned).model, "resid_pre", T=32)[0]  # (T, C)


def run_norm(turned: Turned) -> Effect:
    """What is 0 on average, whom an example depends on, and how far it all is from a layer norm."""
    x, both = examples(turned["x"]), (over_one, over_zero)
    out = [line(x) for line in both]  # (B, C) each
    columns = [float(one.mean(dim=0).abs().max()) for one in out]
    rows = [float(one.mean(dim=1).abs().max()) for one in out]
    other = x.clone()  # (B, C)
    other[1:] = other[1:].flip(0) * 2  # the same first example in another company
    moved = [float((line(other)[0] - one[0]).abs().max()) for line, one in zip(both, out, strict=True)]
    apart = [float((one - F.layer_norm(x, x.shape[1:])).abs().max()) for one in out]
    numbers = (
        Number("largest mean of a column", columns),
        Number("largest mean of a row", rows),
        Number("how much the first example changes in other company", moved),
        Number("how far it is from a layer norm at most", apart),
    )
    said = (
        f"With dimension 1 the rows are level (largest mean {rows[0]:.0e}) and the columns are not ({columns[0]:.2f}): "
        f"it is a layer norm, up to {apart[0]:.2f}, since it divides by one number less. The first example is the same "
        f"in any company; in a batch norm it changes by up to {moved[1]:.2f}."
    )
    found = {"columns' largest mean": (columns[0], columns[1]), "rows' largest mean": (rows[0], rows[1])}
    obeys = columns[0] < 1e-4, columns[1] < 1e-4
    return Effect(numbers, obeys, said, (bars("norm-dim", found, "largest mean, away from 0", said),))


NORM = Slip(
    "norm-dim",
    "A batch norm by hand",
    "A batch norm gives mean 0 and variance 1 to each feature, over all examples of the batch (B, C).",
    "A batch norm that is a layer norm",
    "A batch norm levels each *column*. Turned by one dimension it levels each row: one example over all its features. "
    "For a GPT that is the right thing under the wrong name: a token must not depend on who else is in the batch.",
    "A batch norm's columns must have mean 0.",
    "The lecture's notebook, where the class is turned into a layer norm and its comments still say batch; printed so "
    "in one of the five tutorials.",
    (over_one, over_zero),
    run_norm,
    ("layernorm", "Layer norm: rows against columns"),
    (Turn("x", "Numbers", (DRAWN, "lesson-8", "shakespeare")),),
)
SLIPS = (RESIDUAL, NORM)
