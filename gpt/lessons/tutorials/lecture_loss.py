"""The lecture's estimate of the loss: one batch is noise, the mean of many is not; and dropout must be off."""

from __future__ import annotations

import itertools
from functools import cache

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.figures.chart import Axis, Chart, Level, Series
from gpt.lessons import facts, trained
from gpt.lessons.experiments.dropout import drop_parts
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.tutorials import lecture_bigram, stages
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.plain_adamw import PlainAdamW
from gpt.lessons.tutorials.writing import beside
from gpt.model import GPT
from gpt.tap import Recorder
from gpt.train import batches

EVALUATED = 200  # batches that the lecture takes the mean of
T = 8
P = 0.2  # the share that is dropped while learning, as in the lecture's last recipe


# ---- the first script: its ten lines

LINES = (
    (4.7305, 4.7241), (2.8110, 2.8249), (2.5434, 2.5682), (2.4932, 2.5088), (2.4863, 2.5035),
    (2.4665, 2.4921), (2.4683, 2.4936), (2.4696, 2.4846), (2.4638, 2.4879), (2.4738, 2.4911),
)  # fmt: skip
EVERY = 300  # steps between two lines
LIVE = 3  # lines that are computed while somebody looks
RATES = ("0.01", "0.001")


@torch.no_grad()
def estimate_loss(model: GPT, generator: Generator, B: int = 32) -> tuple[float, float]:
    """The mean loss of 200 random batches of the training part, and of 200 of the last tenth, in nats a character."""
    means = list[float]()
    for ids in (facts.ids_of(0), facts.ids_of(1)):  # (N,), (M,)
        losses = torch.zeros(EVALUATED)  # (200,)
        for k in range(EVALUATED):
            inputs, targets = batches.batch(ids, T, B, generator)  # (B, T), (B, T)
            losses[k] = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()
        means.append(losses.mean().item())
    return means[0], means[1]


@cache
def script(lr: float, lines: int) -> tuple[tuple[float, float], ...]:
    """The lecture's first script: a bigram learns, and every 300 steps there is an estimate, on the same dice."""
    model, generator = lecture_bigram.table(SEED)
    optimizer = PlainAdamW(model.parameters(), lr=lr)
    ids, found = facts.ids_of(0), [estimate_loss(model, generator)]
    while len(found) < lines:
        for _ in range(EVERY):
            inputs, targets = batches.batch(ids, T, 32, generator)  # (B, T), (B, T)
            loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()
            loss.backward()
            optimizer.step()
        found.append(estimate_loss(model, generator))
    return tuple(found)


def log_of(turned: Turned) -> Outcome:
    """The ten lines beside the printed ones."""
    recorded = stages.recorded()[f"script {turned['rate']}"]
    found = [*script(float(turned["rate"]), LIVE), *((one["train"], one["val"]) for one in recorded[LIVE:])]
    rows = tuple(
        beside(f"step {i * EVERY:,}: train loss, val loss", f"{a:.4f}, {b:.4f}", f"{train:.4f}, {val:.4f}")
        for i, ((a, b), (train, val)) in enumerate(zip(LINES, found, strict=True))
    )
    steps = [float(i * EVERY) for i in range(len(found))]
    series = [
        Series("training", steps, [train for train, _ in found], "dots", 0, 0),
        Series("validation", steps, [val for _, val in found], "dots", 1, 1),
    ]
    figure = Chart(Axis("step", form=",d"), Axis("loss (nats a character)", form=".4f"), series, (), 300)
    alt = f"Validation falls from {found[0][1]:.4f} to {found[-1][1]:.4f} with a rate of {turned['rate']}."
    worse = sum(later[0] > earlier[0] for earlier, later in itertools.pairwise(found))
    said = (
        f"{worse} of {len(found) - 1} times the training loss is higher than in the line before: 200 batches are still "
        f"a sample. The first {LIVE} lines are computed while you look; all {len(found)} take a second of a processor, "
        "and were written down."
    )
    return Outcome(rows, (said,), (Picture("lecture-script", figure, alt),))


# ---- one batch, and many


@torch.no_grad()
def batch_losses(model: GPT, ids: Tensor, B: int, n: int = EVALUATED, seed: int = SEED) -> Tensor:
    """The losses of n random batches of B windows of ids (N,), (n,) in nats a character."""
    generator = Generator().manual_seed(seed)
    inputs, targets = batches.batch(ids, T, n * B, generator)  # (n B, T), (n B, T)
    logits = model(inputs)  # (n B, T, V)
    each = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")  # (n B T,)
    return each.view(n, B * T).mean(dim=1)  # (n,)


@cache
def noise(name: str, B: int) -> dict[str, Tensor]:
    """The losses of many batches of both parts of the text, (n,) each."""
    model = trained.load(name).model
    return {part: batch_losses(model, facts.ids_of(i), B) for i, part in enumerate(("training", "validation"))}


def estimate(turned: Turned) -> Outcome:
    """Two hundred batches of either part, and their means."""
    B = int(turned["batch"])
    found = noise("bigram", B)
    series, levels, said = list[Series](), list[Level](), list[str]()
    for i, (part, losses) in enumerate(found.items()):
        series.append(Series(f"{part}, one batch each", list(range(1, EVALUATED + 1)), losses.tolist(), "points", i, i))
        levels.append(Level(f"mean of {part}", float(losses.mean())))
        spread = float(losses.std())
        said.append(
            f"On the {part} part single batches go from {losses.min():.3f} to {losses.max():.3f}, with a standard "
            f"deviation of {spread:.3f}; the mean of {EVALUATED} is {losses.mean():.4f}, sure to about "
            f"{spread / EVALUATED**0.5:.4f}."
        )
    gap = float(found["validation"].mean() - found["training"].mean())
    spread = float(found["training"].std())
    said.append(f"The two means are {abs(gap):.4f} apart; one batch alone is off by about {spread:.3f}.")
    figure = Chart(Axis("batch", form=",d"), Axis("loss (nats a character)", form=".3f"), series, levels, 340)
    alt = f"{EVALUATED} batches of {B} windows of {T} characters from each part, as dots, and two lines at their means."
    return Outcome(said=tuple(said), pictures=(Picture("lecture-estimate", figure, alt),))


@torch.no_grad()
def loss_while(model: GPT, ids: Tensor, p: float, seed: int, B: int = 32, context: int = 32) -> float:
    """Nats a character of one batch while a share p of what every part adds is dropped: 0 is eval mode."""
    inputs, targets = batches.batch(ids, context, B, Generator().manual_seed(SEED))  # (B, T), (B, T)
    dropping = drop_parts(model.config.n_layer, p, seed)
    logits = model(inputs, Recorder(dropping))  # (B, T, V)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()


@cache
def modes(p: float) -> tuple[float, tuple[float, ...]]:
    """The same batch in eval mode, and five times in train mode."""
    model, ids = trained.load("norm").model, facts.ids_of(1)
    return loss_while(model, ids, 0.0, SEED), tuple(loss_while(model, ids, p, SEED + 100 * i) for i in range(5))


def modes_of(turned: Turned) -> Outcome:
    """What a model says twice of the same text while dropout is on."""
    p = float(turned["share"])
    calm, shaken = modes(p)
    at = list(range(1, len(shaken) + 1))
    series = [
        Series("train mode", at, list(shaken), "dots", 1, 1),
        Series("eval mode", at, [calm] * len(at), "dots", 0, 0),
    ]
    figure = Chart(Axis("how many times it is asked", form=",d"), Axis("loss (nats a character)", form=".4f"), series)
    told = ", ".join(f"{loss:.4f}" for loss in shaken)
    said = (
        f"In eval mode the batch costs {calm:.4f}, as often as one asks. In train mode, {p:.0%} of what each part adds "
        f"dropped, it costs {told}: another number each time, all of them {'more' if min(shaken) > calm else 'other'}.",
        "(The notebook prints no number of this.) So the lecture turns dropout off before it measures, and on again "
        "afterwards; and it remembers nothing for a gradient meanwhile.",
    )
    alt = f"Eval mode stays at {calm:.4f}; train mode gives {told}."
    return Outcome((), said, (Picture("lecture-modes", figure, alt),))


LISTINGS = (
    Listing(
        "lecture-script", "lecture", "The first script, and its ten lines",
        "The notebook becomes a script: a bigram, a rate of 0.01, and **every 300 steps the mean loss of 200 batches "
        "of each part**. The same dice throw batches to learn from and to measure on, so every digit hangs on all "
        "before.",
        log_of, (estimate_loss, script), (Turn("rate", "Learning rate", RATES),),
        ("lessons?lesson=2&open=1", "Lesson 2: the bigram"),
    ),
    Listing(
        "lecture-estimate", "lecture", "The loss of one batch, and the mean of two hundred",
        "While it trains, the lecture prints the loss of the batch at hand; then it writes a function that takes the "
        "mean of 200 batches of each part. **One batch is luck; the mean of many is a measurement.** (The notebook "
        "prints no number here.)",
        estimate, (batch_losses, noise), (Turn("batch", "Windows in a batch", ("32", "4", "64")),),
        ("timeline?model=lesson-2", "Losses of a training, step by step"),
    ),
    Listing(
        "lecture-modes", "lecture", "Train mode and eval mode",
        "A model with dropout drops something else each time. **Whoever measures without turning it off measures the "
        "dropping.**",
        modes_of, (loss_while, drop_parts), (Turn("share", "Share that is dropped", (str(P), "0.05", "0.5")),),
        ("residual?model=lesson-9", "Dropout of a real vector, live"),
    ),
)  # fmt: skip
