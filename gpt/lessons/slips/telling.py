"""Two numbers that were printed and are not so: a count of parameters, and a loss of another session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import torch
from torch import Generator, Tensor, nn

from gpt.figures.chart import Axis, Chart, Level, Series, look
from gpt.figures.lessons import plain
from gpt.lessons.ladder import BIGRAM
from gpt.lessons.slips import measured, subjects
from gpt.lessons.slips.learning import learn
from gpt.lessons.slips.pictures import bars
from gpt.lessons.slips.slip import Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture, Turn
from gpt.model import GPT
from gpt.published import PUBLISHED

# ---- 300 thousand parameters

PRINTED = 300_000
# The lecture's way, with a bias in all but q, k and v: layers, width, context; all with 65 characters.
RECIPES = {"4 layers, width 64, context 32": (4, 64, 32), "3 layers, width 32, context 8": (3, 32, 8),
           "6 layers, width 384, context 256": (6, 384, 256)}  # fmt: skip
V = 65


def as_printed(model: nn.Module) -> str:
    """What is said of a model."""
    return "300 thousand parameters"


def counted(model: nn.Module) -> str:
    """What is said of a model."""
    return f"{sum(weight.numel() for weight in model.parameters()):,} parameters"


def parts(L: int, C: int, T: int) -> nn.ModuleDict:
    """The lecture's last class, part by part, its tensors without numbers: L layers, width C, context T."""
    shapes = {
        "tables": [(V, C), (T, C)],
        "attention": L * [(C, C), (C, C), (C, C), (C, C), (C,)],  # q, k, v; and what joins the heads, with its bias
        "MLP": L * [(4 * C, C), (4 * C,), (C, 4 * C), (C,)],
        "norms": (2 * L + 1) * [(C,), (C,)],
        "output": [(V, C), (V,)],
    }
    tensors = {name: [nn.Parameter(torch.empty(*shape)) for shape in some] for name, some in shapes.items()}
    return nn.ModuleDict({name: nn.ParameterList(some) for name, some in tensors.items()})


def run_parameters(turned: Turned) -> Effect:
    """The sum over all parts, and how far the printed number is from it."""
    found = parts(*RECIPES[turned["recipe"]])
    by_part = {name: sum(weight.numel() for weight in part.parameters()) for name, part in found.items()}
    total = sum(by_part.values())
    said_of = as_printed(found), counted(found)
    numbers = (
        Number("parameters", PRINTED, total, ",d"),
        Number("less the sum over all parts", PRINTED - total, 0, "+,d"),
    )
    pieces = ", ".join(f"{name} {count:,}" for name, count in by_part.items())
    said = f"{turned['recipe']}: {pieces}; together {total:,}. The printed number is {PRINTED / total:.2f} times that."
    picture = bars("parameters", {name: (0.0, float(n)) for name, n in by_part.items()}, "parameters", said)
    return Effect(numbers, (total == PRINTED, True), said, (only_mended(picture),), said_of)


def only_mended(picture: Picture) -> Picture:
    """The same bars without those of the printed number, which says nothing of parts."""
    chart = picture.figure
    if not isinstance(chart, Chart):
        return picture
    return Picture(picture.name, Chart(chart.x, chart.y, chart.series[1:], chart.levels, chart.height), picture.alt)


PARAMETERS = Slip(
    "parameters",
    "“300 thousand parameters”",
    "A count of parameters is a fact of the recipe: layers, width, context, vocabulary. Take over somebody's number, "
    "or change the recipe under it, and it is a rumour.",
    "The number must be the sum over all parts of the model.",
    "Printed in one of the five tutorials, above a recipe with another count.",
    (as_printed, counted),
    run_parameters,
    ("model", "The model: every part with its count"),
    (Turn("recipe", "Recipe", tuple(RECIPES)),),
)

# ---- a printed loss of another session

STEPS, RATE = 100, measured.BIGRAM_RATE  # as the code says
BOUND = STEPS * RATE  # further no number moves: AdamW's step is about its rate


def another_session(losses: Mapping[int, float]) -> float:
    """The loss that stands below `for step in range(100)`."""
    return losses[10_000]


def this_session(losses: Mapping[int, float]) -> float:
    """The loss that stands below `for step in range(100)`."""
    return losses[100]


@cache
def rerun(seed: int) -> tuple[float, float, float]:
    """The code as printed: the loss on held-out text before and after, and how far a number moved at most."""
    dice = Generator().manual_seed(seed)
    model = GPT(BIGRAM, dice, std=1.0)
    before = model.token_embedding.weight.detach().clone()  # (V, V)
    losses = [subjects.loss_of(model)]
    for _ in learn(model, 8, RATE, (STEPS - 1,), dice):
        pass
    losses.append(subjects.loss_of(model))
    moved: Tensor = (model.token_embedding.weight.detach() - before).abs().max()  # ()
    return losses[0], losses[1], float(moved)


def run_loss(turned: Turned) -> Effect:
    """What the code gives when it is run from its first line, and when such a loss comes."""
    seed = int(turned["seed"])
    every = measured.recorded()["printed-loss"]["mended"]
    curve = dict(zip(measured.BIGRAM_STEPS, every[measured.SEEDS.index(seed)]["losses"], strict=True))
    start, end, moved = rerun(seed)
    told = another_session(curve), this_session(curve)
    lowest = start - 2 * BOUND
    numbers = (
        Number("loss below a loop of 100 steps (nats a character)", *told),
        Number("steps that it takes from a fresh table", 10_000, 100, ",d"),
        Number("furthest that a number of the table moves", told_move(start, told[0]), moved),
    )
    said = (
        f"AdamW at {RATE:g} moves no number further than about {BOUND:g} in {STEPS} steps ({moved:.3f} here), so "
        f"the loss can fall by {2 * BOUND:g} at most: from {start:.2f} on held-out text to {end:.2f}. "
        f"{told[0]:.2f} comes after 10,000 steps, as when the cell has been run again and again."
    )
    drawn = [
        Series(f"seed {one}", list(map(float, measured.BIGRAM_STEPS)), plain(every[i]["losses"]), "line", *look(i))
        for i, one in enumerate(measured.SEEDS)
    ]
    published = PUBLISHED["bigram"].loss
    figure = Chart(
        Axis("steps that the table has really learned", "log1", form=",d"), Axis("loss (nats a character)", form=".2f"),
        drawn, [Level("100 steps, as the code says", 100.0, "x"), Level(f"published {published}", published)], 280,
    )  # fmt: skip
    picture = Picture("slip-printed-loss", figure, said)
    return Effect(numbers, (told[0] > lowest - NOISE, told[1] > lowest - NOISE), said, (picture,))


NOISE = 0.3  # a batch of 256 characters is another text: so far its loss may be off


def told_move(start: float, loss: float) -> float:
    """How far numbers must move at least for a loss to fall so far: half of it (log-softmax moves twice as far)."""
    return (start - loss) / 2


LOSS = Slip(
    "printed-loss",
    "A loss that was printed in another session",
    "A notebook keeps its variables: run the training cell again, and it goes on from where it was. The number below a "
    "cell belongs to everything that was run before, not to the code above it.",
    "After 100 steps at rate 0.001 no number has moved further than 0.1, so the loss can have fallen by 0.2 at most.",
    "Printed in one of the five tutorials; any notebook whose cells were run more than once.",
    (another_session, this_session),
    run_loss,
    ("lessons?lesson=2", "Lesson 2: the bigram and its curve"),
    (Turn("seed", "Seed", tuple(map(str, measured.SEEDS))),),
)
SLIPS = (PARAMETERS, LOSS)
