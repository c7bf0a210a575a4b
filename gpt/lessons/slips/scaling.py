"""Two slips of the scale: the sign of its exponent, and the whole width where a head's size belongs.

Source: Vaswani et al. 2017, section 3.2.1, footnote 4: q·k of D numbers with variance 1 has variance D.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.analysis import entropy
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.slips import subjects
from gpt.lessons.slips.measured import means
from gpt.lessons.slips.pictures import weights
from gpt.lessons.slips.slip import Effect, Number, Slip, Turned

DRAWN = 4_000  # pairs of random q and k
LOOKED_AT = 8  # tokens that a random question is put to: 3 bits when it likes all alike
NEAR = 0.1  # how far the variance of so many draws may be from 1


def times_root(q: Tensor, k: Tensor) -> Tensor:
    """Scores of q and k (B, H, T, D), multiplied by the root: (B, H, T, T)."""
    C = q.shape[1] * q.shape[-1]  # all heads together
    return q @ k.transpose(-2, -1) * C**0.5  # (B, H, T, T)


def by_width(q: Tensor, k: Tensor) -> Tensor:
    """Scores of q and k (B, H, T, D), divided by the root of the model's width: (B, H, T, T)."""
    C = q.shape[1] * q.shape[-1]  # all heads together
    return q @ k.transpose(-2, -1) * C**-0.5  # (B, H, T, T)


def by_head(q: Tensor, k: Tensor) -> Tensor:
    """Scores of q and k (B, H, T, D), divided by the root of the head's size: (B, H, T, T)."""
    D = q.shape[-1]  # one head alone
    return q @ k.transpose(-2, -1) * D**-0.5  # (B, H, T, T)


def on_random(line: subjects.Line, H: int, D: int) -> tuple[float, float, float]:
    """The variance of random scores, and of their weights the mean bits and the mean largest: q, k ~ normal(0, 1)."""
    dice = Generator().manual_seed(SEED)
    q = torch.randn(DRAWN // H, H, 1, D, generator=dice)  # (B, H, 1, D)
    k = torch.randn(DRAWN // H, H, LOOKED_AT, D, generator=dice)  # (B, H, T, D)
    scores = line(q, k)[:, :, 0]  # (B, H, T)
    shares = F.softmax(scores, dim=-1)  # (B, H, T)
    return float(scores.var()), float(entropy.bits(shares).mean()), float(shares.amax(dim=-1).mean())


def measured(broken: subjects.Line) -> Callable[[Turned], Effect]:
    """What a wrong scale does to random scores, and to a trained model."""

    def run(turned: Turned) -> Effect:
        model = subjects.loaded(turned["model"]).model
        H, D, lines = model.config.n_head, model.config.head_size, (broken, by_head)
        variance, bits, largest = zip(*(on_random(line, H, D) for line in lines), strict=True)
        key = "sign" if broken is times_root else "width"
        trained = means(key, "own")
        lost = [subjects.loss_of(model, subjects.attending(scores=line)) for line in lines]
        shown = [subjects.seen(model, "pattern", subjects.attending(scores=line))[0, 0] for line in lines]
        numbers = (
            Number("variance of scores of random q and k", variance, ".4g"),
            Number(f"bits left in a choice among {LOOKED_AT}, of 3 at most", bits),
            Number("largest weight among them, on average", largest, ".1%"),
            Number("loss of this trained model (nats a character)", lost),
            Number("loss of a tiny model trained so, mean of 3 seeds", trained),
        )
        said = (
            f"{H} heads of D = {D}, so C = {H * D}: the variance is {variance[0]:.4g} instead of {variance[1]:.2f}, "
            f"and a choice among {LOOKED_AT} keeps {bits[0]:.2f} bits instead of {bits[1]:.2f}. The trained model "
            f"costs {lost[0]:.3f} nats instead of {lost[1]:.3f}; a tiny one that learned with the slip costs "
            f"{trained[0]:.3f} instead of {trained[1]:.3f}: a training hides most of it."
        )
        obeys = abs(variance[0] - 1) < NEAR, abs(variance[1] - 1) < NEAR
        return Effect(numbers, obeys, said, (weights(key, shown, said),))

    return run


LAW = "Scores of random q and k must have variance 1, whatever D is."
LIVE = ("attention", "Attention: scores, and the switch that leaves the scale out")
SLIPS = (
    Slip(
        "sign",
        "The scale of the scores",
        "q·k is a sum of D products, so the larger a head, the larger its scores, and softmax makes hard choices of "
        "large ones. A scale brings their variance back to 1.",
        "C ** 0.5 for C ** -0.5",
        "One missing minus sign turns the division into a multiplication, and the program runs all the same.",
        LAW,
        "Printed in one of the five tutorials; a public copy of the lecture's code has it, too.",
        (times_root, by_head),
        measured(times_root),
        LIVE,
        (subjects.MODEL,),
    ),
    Slip(
        "width",
        "The size in the scale",
        "The scores are divided by a root, so that their variance is 1. Under the root stands a size: of what?",
        "Scaled by the width C, not the head's size D",
        "Each head multiplies only its own D numbers, so √D is what there is to divide by. The width C = H·D makes the "
        "scores √H times too small: every head is blunter than it should be.",
        LAW,
        "The lecture's code as first shown; its repository was put right later (ng-video-lecture, pull request 6).",
        (by_width, by_head),
        measured(by_width),
        LIVE,
        (subjects.MODEL,),
    ),
)
