"""The lecture's trick: a mean of the past by loops, by one matrix, and by a softmax; and why two of them differ."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from gpt.figures.lessons import heat
from gpt.lessons.experiments import mean
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside, rows

ONES, PAST, MEANS = "ones", "ones up to itself", "each row divided by its sum"

# ---- the toy


def toy(kind: str, seed: int = 42) -> tuple[Tensor, Tensor, Tensor]:
    """A (3, 3) @ b (3, 2) = c (3, 2): each row of c adds up rows of b, those that the row of a names."""
    b = torch.randint(0, 10, (3, 2), generator=Generator().manual_seed(seed)).float()  # (3, 2)
    a = torch.ones(3, 3)  # (3, 3)
    if kind != ONES:
        a = a.tril()  # (3, 3)
    if kind == MEANS:
        a = a / a.sum(dim=1, keepdim=True)  # (3, 3)
    return a, b, a @ b  # (3, 3), (3, 2), (3, 2)


def toys(turned: Turned) -> Outcome:
    """The product three times: sums of all, sums of the past, means of the past."""
    seed = int(turned["seed"])
    kinds = {kind: toy(kind, seed) for kind in (ONES, PAST, MEANS)}
    a, b, c = kinds[MEANS]
    printed = (
        *rows("b", "2., 7.\n6., 4.\n6., 5.", b),
        *rows("a @ b with ones", "14., 16.\n14., 16.\n14., 16.", kinds[ONES][2]),
        *rows("a @ b with ones up to itself", "2.,  7.\n 8., 11.\n14., 16.", kinds[PAST][2]),
        *rows("a whose rows sum to 1", "1.0000, 0.0000, 0.0000\n0.5000, 0.5000, 0.0000\n0.3333, 0.3333, 0.3333", a),
        *rows("a @ b then", "2.0000, 7.0000\n4.0000, 5.5000\n4.6667, 5.3333", c),
    )
    names = ["1", "2", "3"]
    figure = heat(a.numpy(), names, names, "row of b", "row of c", "weight", height=260)
    terms = " + ".join(f"{b[i, 0]:g}" for i in range(3))
    said = f"The last row of c: ({terms}) / 3 = {c[2, 0]:.4f}. That is the mean of the first column of b."
    return Outcome(printed, (said,), (Picture("lecture-toy", figure, "The matrix a: row t holds 1/t, t times."),))


# ---- the mean of the past

X0 = """0.1808, -0.0700
-0.3596, -0.9152
0.6258,  0.0255
0.9545,  0.0643
0.3612,  1.1679
-1.3499, -0.5102
0.2360, -0.2398
-0.9211,  1.5433"""
MEAN0 = """0.1808, -0.0700
-0.0894, -0.4926
0.1490, -0.3199
0.3504, -0.2238
0.3525,  0.0545
0.0688, -0.0396
0.0927, -0.0682
-0.0341,  0.1332"""


def numbers_of(seed: int) -> Tensor:
    """Four texts of eight tokens, two numbers each, (B, T, C)."""
    return torch.randn(4, 8, 2, generator=Generator().manual_seed(seed))  # (B, T, C)


def past(turned: Turned) -> Outcome:
    """All eight rows of the first text, and their means."""
    x = numbers_of(int(turned["seed"]))
    found = mean.by_loops(x)
    printed = (
        beside("shape of x", "torch.Size([4, 8, 2])", x.shape),
        *rows("x[0]", X0, x[0]),
        *rows("mean of the past", MEAN0, found[0]),
    )
    said = (
        f"The first row is x itself, {found[0, 0, 0]:.4f}, since there is nothing before it; the last, "
        f"{found[0, 7, 0]:.4f}, is the mean of all eight."
    )
    return Outcome(printed=printed, said=(said,))


# ---- why two ways to the same numbers are not close


def apart(first: Tensor, second: Tensor, rtol: float = 1e-5, atol: float = 1e-8) -> tuple[bool, Tensor, Tensor]:
    """Whether all of two tensors are close, how far each pair is apart, and how far it may be.

    torch.allclose asks |first - second| <= atol + rtol * |second| of every pair.
    """
    distance, allowed = (first - second).abs(), atol + rtol * second.abs()
    return bool((distance <= allowed).all()), distance, allowed


def close(turned: Turned) -> Outcome:
    """Loops against one matrix: the verdict, and the pair that decides it."""
    x = numbers_of(SEED)
    loops, matrix = mean.by_loops(x), mean.by_matrix(x)
    rtol, atol = (float(word) for word in turned["tolerance"].removeprefix("rtol ").split(", atol "))
    verdict, distance, allowed = apart(loops, matrix, rtol, atol)
    asked = torch.allclose(loops, matrix, rtol, atol)
    ratio = torch.where(allowed > 0, distance / allowed.clamp_min(1e-30), distance)  # (B, T, C)
    at = int(ratio.argmax())
    b, t, c = (int(place) for place in torch.unravel_index(torch.tensor(at), ratio.shape))
    exact = x.double().cumsum(dim=1) / torch.arange(1, 9)[:, None]  # (B, T, C)
    order = "the first printed run and the later ones had other versions of torch, which add up in another order"
    printed = (
        beside("allclose, in the notebook that comes with the lecture", "True", asked, order),
        beside("allclose, in later runs of the same lines", "False", asked, order),
        *rows("the matrix gives", MEAN0, matrix[0]),
    )
    said = (
        f"With rtol {rtol:g} and atol {atol:g} the answer is {verdict}. The pair that decides it stands in text "
        f"{b + 1}, token {t + 1}, number {c + 1}: {loops[b, t, c]:.10f} and {matrix[b, t, c]:.10f} lie "
        f"{distance[b, t, c]:.3g} apart, and {allowed[b, t, c]:.3g} is allowed.",
        f"No two numbers are further apart than {distance.max():.3g}. Nothing is wrong: both add up the same numbers "
        "in another order, and round after each sum. From the sum in 64 bits the loops are "
        f"{(loops - exact).abs().max():.3g} away at most, the matrix {(matrix - exact).abs().max():.3g}.",
        "Near zero the relative tolerance leaves nearly no room, so that is where the answer turns.",
    )
    return Outcome(printed=printed, said=said)


# ---- the same by a softmax


def softmax(turned: Turned) -> Outcome:
    """Masked scores, softmaxed: all alike they give the mean."""
    x = numbers_of(SEED)
    by = float(turned["diagonal"])
    T = x.shape[1]
    scores = by * torch.eye(T)  # (T, T)
    weights = masked_softmax(scores)  # (T, T)
    printed = rows("softmax of masked zeros, times x", MEAN0, (weights @ x)[0])
    places = [str(t + 1) for t in range(T)]
    figure = heat(weights.numpy(), places, places, "looked at", "token", "weight", height=340)
    alt = f"Token {T} gives itself {weights[-1, -1]:.4f} and each of the others {weights[-1, 0]:.4f}."
    furthest = (weights - mean.weights(T)).abs().max()
    said = f"From the matrix that was divided by hand these weights differ by {furthest:.3g} at most."
    return Outcome(printed, (said,), (Picture("lecture-softmax", figure, alt),))


def masked_softmax(scores: Tensor) -> Tensor:
    """Scores (T, T) -> weights (T, T): the future gets minus infinity, so that softmax gives it nothing."""
    future = torch.ones_like(scores).triu(1).bool()  # (T, T)
    return scores.masked_fill(future, -torch.inf).softmax(dim=-1)  # (T, T)


SEEDS = Turn("seed", "Seed", (str(SEED), "1", "42"))
LESSON = ("lessons?lesson=3&open=1", "Lesson 3: the mean of the past")

LISTINGS = (
    Listing(
        "lecture-toy", "lecture", "A matrix that takes means",
        "A row of `a` says which rows of `b` are added. With ones it is the sum of all, with ones up to itself the sum "
        "of the past; **divide each row by its sum, and it is the mean of the past**.",
        toys, (toy,), (Turn("seed", "Seed", ("42", "1", "1337")),), LESSON,
    ),
    Listing(
        "lecture-past", "lecture", "The mean of the past, by two loops",
        "The weakest way in which a token can learn of those before it: **the mean of all that was so far**. Which "
        "came first is lost.",
        past, (numbers_of, mean.by_loops), (SEEDS,), LESSON,
    ),
    Listing(
        "lecture-allclose", "lecture", "One matrix; and why allclose said False",
        "The two loops become one product with a matrix. torch was asked whether both give the same, and **said "
        "False**, for a difference that no printed digit shows.",
        close, (mean.weights, mean.by_matrix, apart),
        (Turn("tolerance", "Tolerance", ("rtol 1e-05, atol 1e-08", "rtol 1e-05, atol 1e-07", "rtol 0, atol 0")),),
        LESSON,
    ),
    Listing(
        "lecture-softmax", "lecture", "The same by a softmax",
        "Zeros, the future set to minus infinity, a softmax along each row: the same means. **Put scores in place of "
        "the zeros, and it is attention.**",
        softmax, (masked_softmax, mean.by_softmax),
        (Turn("diagonal", "In place of the zero for oneself", ("0", "1", "3")),), LESSON,
    ),
)  # fmt: skip
