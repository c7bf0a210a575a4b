"""Three slips between scores and weights: scores thrown away, a mask of zeros, a softmax down the columns."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.lessons import seeds
from gpt.lessons.slips import measured, subjects
from gpt.lessons.slips.pictures import weights
from gpt.lessons.slips.slip import Effect, Number, Slip, Turned
from gpt.model import GPT

# ---- scores set to zeros after q @ k


def thrown_away(q: Tensor, k: Tensor) -> Tensor:
    """Scores of q and k (B, H, T, D), and then zeros in their place: (B, H, T, T)."""
    scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5  # (B, H, T, T)
    scores = torch.zeros_like(scores)  # (B, H, T, T)
    return scores


def kept(q: Tensor, k: Tensor) -> Tensor:
    """Scores of q and k (B, H, T, D): (B, H, T, T)."""
    scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5  # (B, H, T, T)
    return scores


def asked_of_q(model: GPT, line: subjects.Line) -> float:
    """The length of the loss's gradient on what the first layer's tokens ask for; 0 where nobody hears the question."""
    found: list[Tensor] = []
    lines = subjects.attending(scores=line)

    def tap(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "q" and layer == 0:
            x = x.detach().requires_grad_()  # (W, H, T, D)
            found.append(x)
        return lines(site, layer, x)

    with torch.enable_grad():
        cost = subjects.loss(model, subjects.read_by(model), tap)
        gradient = torch.autograd.grad(cost, found[0], allow_unused=True)[0] if cost.requires_grad else None
    return 0.0 if gradient is None else float(gradient.norm())


def run_zeros(turned: Turned) -> Effect:
    """Whether a question is heard, and what the two cost."""
    model = subjects.loaded(turned["model"]).model
    heard = asked_of_q(model, thrown_away), asked_of_q(model, kept)
    lost = [subjects.loss_of(model, subjects.attending(scores=line)) for line in (thrown_away, kept)]
    trained = [sum(seeds.losses(name)) / len(seeds.SEEDS) for name in ("mean", "head")]
    shown = [subjects.seen(model, "pattern", subjects.attending(scores=line))[0, 0] for line in (thrown_away, kept)]
    numbers = (
        Number("gradient that reaches q, what tokens ask for", heard, ".2g"),
        Number("loss of this trained model (nats a character)", lost),
        Number("loss of lesson 4's head trained so, mean of 3 seeds", trained),
    )
    said = (
        f"With zeros for scores no gradient reaches q and k: {heard[0]:g} against {heard[1]:.2g}. Every row is the "
        f"plain mean of the past; trained so, a head ends at {trained[0]:.2f} nats instead of {trained[1]:.2f}."
    )
    return Effect(numbers, (heard[0] > 0, heard[1] > 0), said, (weights("zeros", shown, said),))


ZEROS = Slip(
    "zeros",
    "From q and k to scores",
    "Each token asks (q) and offers (k); their products are the scores, by which it chooses whom it listens to.",
    "Scores set to zeros after they were worked out",
    "The averaging toy before it began with `torch.zeros((T, T))`. Left in, below the product of queries and keys, "
    "that line throws the scores away, and each token takes the plain mean of its past.",
    "A gradient must reach what tokens ask for (q): it is 0 only where nobody hears the question.",
    "Printed in one of the five tutorials; the lecture's notebook has the line, but as a comment.",
    (thrown_away, kept),
    run_zeros,
    ("attention", "Attention: scores, mask, softmax, step by step"),
    (subjects.MODEL,),
)

# ---- a mask of zeros


def masked_by_zero(scores: Tensor) -> Tensor:
    """Scores (B, H, T, T), the future's set to 0, as weights (B, H, T, T)."""
    T = scores.shape[-1]
    future = torch.ones(T, T).triu(1).bool()  # (T, T)
    return F.softmax(scores.masked_fill(future, 0.0), dim=-1)  # (B, H, T, T)


def masked_by_infinity(scores: Tensor) -> Tensor:
    """Scores (B, H, T, T), the future's set to -inf, as weights (B, H, T, T)."""
    T = scores.shape[-1]
    future = torch.ones(T, T).triu(1).bool()  # (T, T)
    return F.softmax(scores.masked_fill(future, -math.inf), dim=-1)  # (B, H, T, T)


def run_zeros_mask(turned: Turned) -> Effect:
    """How much of each row falls on the future, and what comes of a training with such a mask."""
    model = subjects.loaded(turned["model"]).model
    lines = masked_by_zero, masked_by_infinity
    shown = [subjects.seen(model, "pattern", subjects.attending(pattern=line)) for line in lines]  # (W, H, T, T) each
    ahead = [float(one.triu(1).sum(dim=-1).mean()) for one in shown]
    lost = [subjects.loss_of(model, subjects.attending(pattern=line)) for line in lines]
    own, honest = (measured.means("zeros-mask", what) for what in ("own", "honest"))
    numbers = (
        Number("weight on tokens that come later", ahead, ".1%"),
        Number("loss of this trained model (nats a character)", lost),
        Number("a tiny model trained and judged with this line, mean of 3 seeds", own),
        Number("and the loss when the future is really hidden", honest),
    )
    said = (
        f"exp(0) is 1, not 0: {ahead[0]:.1%} of the weight falls on tokens that come later. A tiny model trained so "
        f"costs {own[0]:.2f} nats while it can peep, but {honest[0]:.2f} where the future is hidden, as it is "
        f"when it writes; the mended one costs {honest[1]:.2f} in both."
    )
    two = [one[0, 0] for one in shown]
    return Effect(numbers, (ahead[0] == 0, ahead[1] == 0), said, (weights("zeros-mask", two, said),))


ZEROS_MASK = Slip(
    "zeros-mask",
    "The number of the mask",
    "No token may see those after it: their scores are overwritten before the softmax, so that they get no weight.",
    "A mask of zeros",
    "What must not be seen gets the score minus infinity, because softmax makes exp(-inf) = 0 of it. A score of 0 is "
    "no mask: exp(0) = 1.",
    "Above the diagonal every weight must be exactly 0.",
    "A slip that learners make: code repositories hold reports of masks filled with a wrong number before the softmax.",
    (masked_by_zero, masked_by_infinity),
    run_zeros_mask,
    ("attention", "Attention: what the mask does"),
    (subjects.MODEL,),
)

# ---- a softmax down the columns


def down_the_columns(scores: Tensor) -> Tensor:
    """Masked scores (B, H, T, T) as weights (B, H, T, T)."""
    T = scores.shape[-1]
    future = torch.ones(T, T).triu(1).bool()  # (T, T)
    return F.softmax(scores.masked_fill(future, -math.inf), dim=-2)  # (B, H, T, T)


def along_the_rows(scores: Tensor) -> Tensor:
    """Masked scores (B, H, T, T) as weights (B, H, T, T)."""
    T = scores.shape[-1]
    future = torch.ones(T, T).triu(1).bool()  # (T, T)
    return F.softmax(scores.masked_fill(future, -math.inf), dim=-1)  # (B, H, T, T)


def run_softmax(turned: Turned) -> Effect:
    """The rows' sums, and whether a place's weights change with a token that comes later."""
    model = subjects.loaded(turned["model"]).model
    lines = down_the_columns, along_the_rows
    shown = [subjects.seen(model, "pattern", subjects.attending(pattern=line)) for line in lines]  # (W, H, T, T) each
    sums = [one.sum(dim=-1) for one in shown]  # (W, H, T) each
    least, most = [float(one.min()) for one in sums], [float(one.max()) for one in sums]
    off = [float((one - 1).abs().max()) for one in sums]
    lost = [subjects.loss_of(model, subjects.attending(pattern=line)) for line in lines]
    scores = subjects.seen(model, "scores")  # (W, H, T, T)
    other = scores.clone()  # (W, H, T, T)
    other[..., -1, :] = other[..., -1, :].flip(-1)  # the last token asks for something else
    rows = [(line(scores) != line(other)).any(dim=-1)[..., :-1] for line in lines]  # (W, H, T - 1) each
    own, honest = (measured.means("softmax-dim", what) for what in ("own", "honest"))
    moved = [int(one.flatten(0, 1).any(dim=0).sum()) for one in rows]
    numbers = (
        Number("how far a row's sum is from 1 at most", off),
        Number(f"earlier rows, of {scores.shape[-1] - 1}, that change with what the last token asks for", moved, "d"),
        Number("loss of this trained model (nats a character)", lost),
        Number("a tiny model trained and judged with this line, mean of 3 seeds", own),
        Number("and the loss when the future is really hidden", honest),
    )
    said = (
        f"Down the columns each *column* sums to 1, and the rows to anything from {least[0]:.3f} to {most[0]:.2f}: "
        f"nobody's weights are shares of one whole any more. And {moved[0]} earlier rows change with what the last "
        f"token asks for, mask or not: a tiny model trained so sees ahead and costs {own[0]:.2f} nats, "
        f"{own[1] - own[0]:.2f} less than the mended one; where the future is really hidden it costs {honest[0]:.2f}."
    )
    two = [one[0, 0] for one in shown]
    return Effect(numbers, (off[0] < 1e-4, off[1] < 1e-4), said, (weights("softmax-dim", two, said),))


SOFTMAX = Slip(
    "softmax-dim",
    "The dimension of the softmax",
    "Masked scores become weights: a row says how one token divides its attention among those that it can see.",
    "Softmax over the wrong dimension",
    "The softmax goes along the row: the last dimension. One dimension earlier, every *seen* token divides itself "
    "among those that look.",
    "Every row of the weights must sum to 1.",
    "Printed in one of the five tutorials; also in a public notebook on vision transformers, as a reader reported.",
    (down_the_columns, along_the_rows),
    run_softmax,
    ("attention", "Attention: rows that sum to 1"),
    (subjects.MODEL,),
)
SLIPS = (ZEROS, ZEROS_MASK, SOFTMAX)
