"""The lecture's bigram: a shape that cross-entropy refuses, the fresh table, what it writes, and a hundred steps."""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.figures.chart import Axis, Level
from gpt.figures.lessons import lines
from gpt.lessons import facts
from gpt.lessons.experiments import bigram, numbers
from gpt.lessons.experiments.numbers import ALPHABET, SEED
from gpt.lessons.ladder import BIGRAM
from gpt.lessons.tutorials import stages
from gpt.lessons.tutorials.lecture_printed import FRESH_TEXT, TRAINED_TEXT
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.plain_adamw import PlainAdamW
from gpt.lessons.tutorials.writing import beside, number
from gpt.model import GPT
from gpt.train import batches

V = BIGRAM.vocab_size

# ---- the shape that cross-entropy wants

FLAT, BARE, MOVED = "(B·T, V) and (B·T,)", "(B, T, V) and (B, T)", "(B, V, T) and (B, T)"


def loss_in_shape(logits: Tensor, targets: Tensor, shape: str) -> Tensor:
    """Nats a character (), of logits (B, T, V) and targets (B, T) given to torch in one of three shapes.

    torch wants the classes in the second dimension, and raises RuntimeError where it finds the tokens there.
    """
    if shape == BARE:
        return F.cross_entropy(logits, targets)  # ()
    if shape == MOVED:
        return F.cross_entropy(logits.transpose(1, 2), targets)  # ()
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())  # ()


def shapes(turned: Turned) -> Outcome:
    """Torch's own sentence, and the loss once the shape is right."""
    batch = numbers.lecture_batch()
    logits = bigram.fresh_table(bigram.lecture_dice())(batch.inputs)  # (B, T, V)
    try:
        refused = str(loss_in_shape(logits, batch.targets, BARE))
    except RuntimeError as error:
        refused = str(error)
    try:
        found = number(loss_in_shape(logits, batch.targets, turned["shape"]))
    except RuntimeError as error:
        found = f"no loss: {error}"
    other = "another version of torch says it in other words"
    rows = (
        beside("what torch says of logits (4, 8, 65) and targets (4, 8)", "Expected target size [4, 65], got [4, 8]",
               refused, other),
        beside("shape of the logits once they are flat", "torch.Size([32, 65])", logits.flatten(0, 1).shape),
        beside("the loss", "4.8786", found),
    )  # fmt: skip
    said = (
        f"torch takes the second dimension for the classes. Of {tuple(logits.shape)} that is {logits.shape[1]} tokens, "
        f"so it would like targets ({logits.shape[0]}, {logits.shape[2]}), and refuses ({logits.shape[0]}, "
        f"{logits.shape[1]}).",
        f"Given as {turned['shape']}: {found}.",
    )
    return Outcome(printed=rows, said=said)


# ---- the fresh table


def fresh(turned: Turned) -> Outcome:
    """The first loss, and a hundred characters."""
    seed = int(turned["seed"])
    model, generator = table(seed)
    batch = numbers.lecture_batch()
    loss = loss_in_shape(model(batch.inputs), batch.targets, FLAT)  # ()
    written = write(model, 100, generator)
    rows = (
        beside("the loss on the first batch", "4.8786", number(loss)),
        beside("a hundred characters after a new line", FRESH_TEXT, written),
    )
    worse = loss.item() - math.log(V)
    return Outcome(
        printed=rows,
        said=(
            f"A guess that holds all {V} characters for equally likely costs ln {V} = {math.log(V):.4f}. The fresh "
            f"table costs {abs(worse):.4f} {'more' if worse > 0 else 'less'}: its numbers are drawn from normal(0, 1), "
            "and it is sure of things that it cannot know.",
        ),
    )


def table(seed: int) -> tuple[GPT, Generator]:
    """A fresh table of numbers from normal(0, 1), and the dice that drew it, which go on from there."""
    generator = Generator().manual_seed(seed)
    return GPT(BIGRAM, generator, std=1.0), generator


@torch.no_grad()
def write(model: GPT, length: int, generator: Generator) -> str:
    """What a bigram writes after a new line: each character drawn from the row of the one before."""
    ids = [0]  # the number of the new line
    for _ in range(length):
        shares = F.softmax(model(torch.tensor([ids[-1:]]))[0, -1], dim=-1)  # (V,)
        ids.append(int(torch.multinomial(shares, 1, generator=generator)))
    return ALPHABET.decode(ids)


# ---- a hundred steps


def train(model: GPT, generator: Generator, steps: int, B: int = 32, T: int = 8, lr: float = 1e-3) -> list[float]:
    """AdamW on random batches; the loss of each, in nats a character."""
    ids, losses = facts.ids_of(0), list[float]()  # (N,)
    optimizer = PlainAdamW(model.parameters(), lr=lr)
    for _ in range(steps):
        inputs, targets = batches.batch(ids, T, B, generator)  # (B, T), (B, T)
        loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@cache
def hundred(lr: float) -> tuple[tuple[float, ...], str]:
    """What the lecture trains first: its losses, and what the table writes then. The dice have drawn a text before."""
    model, generator = table(SEED)
    write(model, 100, generator)
    losses = train(model, generator, 100, lr=lr)
    return tuple(losses), write(model, 500, generator)


def trained(turned: Turned) -> Outcome:
    """The loss of the hundredth batch, what the table writes, and how far ten thousand steps get."""
    lr = float(turned["rate"])
    losses, written = hundred(lr)
    long = stages.recorded()["bigram"][0]
    rows = [
        beside("the loss of the 100th batch", "4.65630578994751", losses[-1]),
        beside("500 characters after that", TRAINED_TEXT, written),
    ]
    if lr == 1e-3:
        single = (
            "it is the loss of one batch, and the lecture had drawn others before; the whole last tenth is told below"
        )
        again = "ten thousand steps round otherwise on another processor"
        rows += [
            beside("the last batch of ten thousand steps, in a rerun that had written 400 characters before",
                   "2.3983144760131836", long["last"], again),
            beside("the same in the lecture", "2.57", f"{long['last']:.2f}", single),
        ]  # fmt: skip
    figure = lines(
        {"each batch": (list(range(1, len(losses) + 1)), losses)}, Axis("step", form=",d"),
        Axis("loss (nats a character)", form=".4f"), [Level(f"ln {V}: all alike", math.log(V))],
    )  # fmt: skip
    alt = f"From {losses[0]:.3f} to {losses[-1]:.3f} in {len(losses)} steps, with a rate of {lr:g}."
    told = (
        f"Ten thousand steps were trained once and written down: then the last batch costs {long['last']:.3f}, and the "
        f"last tenth of the text {long['loss']:.3f}. Counting alone, without training, gives {long['counted']:.3f}."
    )
    return Outcome(printed=tuple(rows), said=(told,), pictures=(Picture("lecture-hundred", figure, alt),))


LISTINGS = (
    Listing(
        "lecture-shapes", "lecture", "The shape that cross-entropy refuses",
        "The table gives logits (B, T, V), one row of 65 numbers for each of 4 × 8 characters. torch's cross-entropy "
        "wants the classes in the **second** dimension. Laying all rows one below the other cures it.",
        shapes, (loss_in_shape,), (Turn("shape", "Given to cross-entropy", (FLAT, BARE, MOVED)),),
        ("lessons?lesson=2&open=1", "Lesson 2: the bigram"),
    ),
    Listing(
        "lecture-fresh", "lecture", "A fresh bigram: 4.8786, and noise",
        "Each character looks up its row in a table of 65 × 65, and **that row is the logits of the next one**. "
        "Nothing is learned yet.",
        fresh, (table, write, loss_in_shape), (Turn("seed", "Seed", (str(SEED), "1", "42")),),
        ("playground?model=lesson-2&step=0", "The lessons' bigram at step 0, live"),
    ),
    Listing(
        "lecture-hundred", "lecture", "A hundred steps of AdamW",
        "Each step draws 32 windows, and turns the table a little towards what came next in them. After a hundred it "
        "still writes noise; **the loss has begun to fall**.",
        trained, (train, hundred, PlainAdamW), (Turn("rate", "Learning rate", ("0.001", "0.01", "0.1")),),
        ("timeline?model=lesson-2", "A bigram while it learns"),
    ),
)  # fmt: skip
