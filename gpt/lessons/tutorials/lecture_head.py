"""The lecture's head: weights that the tokens choose, why scores are divided, and a softmax that is sharpened."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.config import GPTConfig
from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.lessons import heat
from gpt.lessons.experiments import head
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.tutorials.default_init import linear
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside, lines, number, rows
from gpt.model import CausalSelfAttention
from gpt.tap import Recorder

B, T, C, D = 4, 8, 32, 16

# ---- one head

WEI = """1.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000
0.1574, 0.8426, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000
0.2088, 0.1646, 0.6266, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000
0.5792, 0.1187, 0.1889, 0.1131, 0.0000, 0.0000, 0.0000, 0.0000
0.0294, 0.1052, 0.0469, 0.0276, 0.7909, 0.0000, 0.0000, 0.0000
0.0176, 0.2689, 0.0215, 0.0089, 0.6812, 0.0019, 0.0000, 0.0000
0.1691, 0.4066, 0.0438, 0.0416, 0.1048, 0.2012, 0.0329, 0.0000
0.0210, 0.0843, 0.0555, 0.2297, 0.0573, 0.0709, 0.2423, 0.2391"""
PLAIN, SCALED = "not divided, as printed", "divided by √16"


def one_head(scaled: bool, seed: int = SEED) -> tuple[Tensor, Tensor]:
    """One head of D = 16 numbers on random tokens of width C = 32: its weights (B, T, T), and what it gives (B, T, D).

    Our attention has two heads of 16; the first of them gets the lecture's weights, drawn in the lecture's order.
    """
    generator = Generator().manual_seed(seed)
    x = torch.randn(B, T, C, generator=generator)  # (B, T, C)
    attn = CausalSelfAttention(GPTConfig(n_embd=C, n_head=2, block_size=T, attention_scale=scaled))
    recorder = Recorder()
    with torch.no_grad():
        for layer in (attn.key, attn.query, attn.value):
            layer.weight[:D] = linear(C, D, generator)  # (D, C)
        attn(x, recorder)
    return recorder.seen["pattern"][0][:, 0], recorder.seen["z"][0][:, 0]  # (B, T, T), (B, T, D)


def weights(turned: Turned) -> Outcome:
    """All eight rows of the first text's weights."""
    pattern, out = one_head(turned["scores"] == SCALED)
    wei = pattern[0]  # (T, T)
    printed = (beside("shape of what the head gives", "torch.Size([4, 8, 16])", out.shape), *rows("wei[0]", WEI, wei))
    places = [str(t + 1) for t in range(T)]
    figure = heat(wei.numpy(), places, places, "looked at", "token", "weight", height=360)
    most = int(wei[-1].argmax())
    alt = f"The last token gives token {most + 1} most, {wei[-1, most]:.4f}; every row sums to 1."
    second = F.softmax(torch.zeros(T), dim=-1)[0]
    said = f"A mean would give each of eight tokens {second:.4f}. Here the tokens choose: {lines(wei[-1:])[0]}."
    return Outcome(printed, (said,), (Picture("lecture-wei", figure, alt),))


# ---- why scores are divided

ROOT_D, ROOT_C, NOTHING = "√D = 4", "√C = 5.66", "nothing"
BY = {ROOT_D: math.sqrt(D), NOTHING: 1.0, ROOT_C: math.sqrt(C)}


def scores(divided_by: float, seed: int = SEED) -> tuple[Tensor, Tensor, Tensor]:
    """Random keys and queries (B, T, D), and their scores (B, T, T), on dice that drew the head of before."""
    generator = Generator().manual_seed(seed)
    torch.randn(B, T, C, generator=generator)  # (B, T, C), the tokens
    for _ in ("key", "query", "value"):
        linear(C, D, generator)  # (D, C)
    k = torch.randn(B, T, D, generator=generator)  # (B, T, D)
    q = torch.randn(B, T, D, generator=generator)  # (B, T, D)
    return k, q, q @ k.transpose(-2, -1) / divided_by  # (B, T, D), (B, T, D), (B, T, T)


def variances(turned: Turned) -> Outcome:
    """How far the numbers of keys, queries and scores spread."""
    k, q, found = scores(BY[turned["by"]])
    printed = (
        beside("variance of the keys", "1.0449", number(k.var())),
        beside("variance of the queries", "1.0700", number(q.var())),
        beside("variance of the scores, divided by the root of the head's size", "1.0918", number(found.var())),
    )
    largest = F.softmax(found, dim=-1).amax(dim=-1).mean()
    said = (
        f"A score adds {D} products of numbers with variance 1, so its own is about {D}: undivided it is "
        f"{scores(1.0)[2].var():.2f} here. Divided by {BY[turned['by']]:.3g} it is {found.var():.3f}.",
        f"The largest of eight weights is {largest:.3f} then, in the mean over {B * T} rows without a mask.",
    )
    return Outcome(printed=printed, said=said)


# ---- a softmax, sharpened


def sharpening(turned: Turned) -> Outcome:
    """The same five scores, multiplied."""
    factor = float(turned["factor"])
    plain, sharp, now = head.sharpen(factor=1.0), head.sharpen(factor=8.0), head.sharpen(factor=factor)
    printed = (
        *rows("softmax of 0.1, -0.2, 0.3, -0.2, 0.5", "0.1925, 0.1426, 0.2351, 0.1426, 0.2872", plain),
        *rows("of the same times 8", "0.0326, 0.0030, 0.1615, 0.0030, 0.8000", sharp),
    )
    names = [f"{score:g}" for score in head.LECTURE_SCORES]
    ticks = [(float(i), name) for i, name in enumerate(names)]
    at = list(range(len(names)))
    both = {"as they are": plain, f"times {factor:g}": now}
    bars = [Series(name, at, [float(p) for p in row], "bars", i, i) for i, (name, row) in enumerate(both.items())]
    figure = Chart(Axis("score", ticks=ticks), Axis("weight", form=".4f", low=0.0), bars, (), 300)
    alt = f"The largest score gets {plain[-1]:.4f} as it is, and {now[-1]:.4f} times {factor:g}."
    return Outcome(printed, (f"Times {factor:g}: {lines(now[None])[0]}.",), (Picture("lecture-sharp", figure, alt),))


LESSON = ("lessons?lesson=4&open=1", "Lesson 4: one head")

LISTINGS = (
    Listing(
        "lecture-wei", "lecture", "One head: weights that depend on the tokens",
        "Each token asks (query), offers (key), and hands over (value). **Query times key is the score**; masked and "
        "softmaxed it is how much of each value is taken. At first the scores are not divided.",
        weights, (one_head, CausalSelfAttention.forward), (Turn("scores", "Scores", (PLAIN, SCALED)),),
        ("attention?model=lesson-4", "A trained head's stages, live"),
    ),
    Listing(
        "lecture-variance", "lecture", "Why scores are divided: 1.0449, 1.0700, 1.0918",
        "A sum of 16 products spreads 16 times as far. **Divided by the root of the head's size it spreads as the "
        "numbers did.** By the root of the width, as one tutorial has it, it is less than that.",
        variances, (scores,), (Turn("by", "Divide by", (ROOT_D, NOTHING, ROOT_C)),), LESSON,
    ),
    Listing(
        "lecture-sharp", "lecture", "A softmax, times 8",
        "Large scores make a softmax choose **one** and forget the rest. A head that begins so has nothing to learn "
        "from.",
        sharpening, (head.sharpen,), (Turn("factor", "Times", ("8", "2", "32")),), LESSON,
    ),
)  # fmt: skip
