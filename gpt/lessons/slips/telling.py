"""Two numbers that were printed and are not so: a count of parameters, and a loss of another session."""

from __future__ import annotations

import torch
from torch import Generator, nn

from gpt.figures.chart import Axis, Chart, Level, Series, look
from gpt.figures.lessons import plain
from gpt.lessons.ladder import BIGRAM
from gpt.lessons.slips import measured, subjects
from gpt.lessons.slips.learning import learn
from gpt.lessons.slips.pictures import bars
from gpt.lessons.slips.slip import Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture, Turn
from gpt.model import GPT

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
    numbers = (
        Number("parameters", (PRINTED, total), ",d"),
        Number("less the sum over all parts", (PRINTED - total, 0), "+,d"),
    )
    pieces = ", ".join(f"{name} {count:,}" for name, count in by_part.items())
    said = f"{turned['recipe']}: {pieces}; together {total:,}. The printed number is {PRINTED / total:.2f} times that."
    picture = bars("parameters", {name: (0.0, float(n)) for name, n in by_part.items()}, "parameters", said)
    return Effect(numbers, (total == PRINTED, True), said, (only_mended(picture),))


def only_mended(picture: Picture) -> Picture:
    """The same bars without those of the printed number, which says nothing of parts."""
    chart = picture.figure
    if not isinstance(chart, Chart):
        return picture
    return Picture(picture.name, Chart(chart.x, chart.y, chart.series[1:], chart.levels, chart.height), picture.alt)


PARAMETERS = Slip(
    "parameters",
    "How many parameters",
    "What a text says of the size of a model that it has just built: so many numbers are learned.",
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

STEPS, RATE = measured.PRINTED_STEPS, measured.BIGRAM_RATE  # as the code says
BOUND = STEPS * RATE  # further no number moves, or hardly: a step of AdamW is about its rate
TIMES, MOST = ("10", "2", "5", "20"), 2_000  # runs of the cell; and steps, at most


class Cell:
    """A notebook's training cell, `for step in range(100): ...`, with what its notebook keeps from run to run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.restart()

    def restart(self) -> None:
        """The notebook forgets everything: a fresh table, its dice and its optimizer."""
        dice = Generator().manual_seed(self.seed)
        self.model = GPT(BIGRAM, dice, std=1.0)
        self.start = self.model.token_embedding.weight.detach().clone()  # (V, V)
        self.steps = learn(self.model, 8, RATE, range(0, MOST + 1, STEPS), dice)
        next(self.steps)  # it stands before its first step

    def run(self) -> float:
        """A hundred steps more, and the loss that is printed below: nats a character of held-out text."""
        next(self.steps)
        return self.loss

    @property
    def loss(self) -> float:
        """Of the table as it is now."""
        return subjects.loss(self.model, subjects.windows(BIGRAM.block_size, 64)).item()

    @property
    def moved(self) -> float:
        """How far the furthest number of the table is from where it began."""
        return float((self.model.token_embedding.weight.detach() - self.start).abs().max())


def as_it_stood(cell: Cell, times: int) -> float:
    """The loss that stands below the cell."""
    losses = [cell.run() for _ in range(times)]  # for step in range(100): ...
    return losses[-1]


def from_the_start(cell: Cell, times: int) -> float:
    """The loss that stands below the cell."""
    cell.restart()
    loss = cell.run()  # for step in range(100): ...
    return loss


def run_loss(turned: Turned) -> Effect:
    """What the code gives when it is run from its first line, and when its cell has been run before; both are run."""
    times, seed = int(turned["times"]), int(turned["seed"])
    again, once = Cell(seed), Cell(seed)
    fresh = once.loss
    told = as_it_stood(again, times), from_the_start(once, times)
    needed = [(fresh - one) / 2 for one in told]  # log-softmax moves twice as far as its numbers at most
    numbers = (
        Number("how far a number of the table must have moved for this loss, at least", needed),
        Number("how far one has moved", (again.moved, once.moved)),
        Number("loss below the loop of 100 steps (nats a character, held-out text)", told),
        Number("steps that the table has really learned", (times * STEPS, STEPS), ",d"),
    )
    said = (
        f"In {STEPS} steps AdamW at {RATE:g} moved no number of the table further than {once.moved:.3f}, so the loss "
        f"can fall by {2 * once.moved:.2f} at most; it fell from {fresh:.2f} to {told[1]:.2f}. {told[0]:.2f} "
        f"comes after {times * STEPS:,} steps, when the cell has been run {times} times."
    )
    every = measured.recorded()["printed-loss"]
    drawn = [
        Series(f"seed {one_seed}", list(map(float, measured.BIGRAM_STEPS)), plain(one["losses"]), "line", *look(i))
        for i, (one_seed, one) in enumerate(zip(measured.SEEDS, every, strict=True))
    ]
    levels = [Level("run once", float(STEPS), "x"), Level(f"run {times} times", float(times * STEPS), "x")]
    across = Axis("steps that the table has really learned", "log1", high=30_000, form=",d")
    figure = Chart(across, Axis("loss (nats a character)", form=".2f"), drawn, levels, 280)
    picture = Picture("slip-printed-loss", figure, said)
    return Effect(numbers, (needed[0] <= BOUND, needed[1] <= BOUND), said, (picture,))


LOSS = Slip(
    "printed-loss",
    "The loss below a loop",
    "A notebook's cell trains a bigram table, `for step in range(100)` with AdamW at 0.001, and prints its loss. A "
    "fresh table stands ready; a number stands below the cell.",
    "A loss that was printed in another session",
    "A notebook keeps its variables: run the training cell again, and it goes on from where it was. The number below a "
    "cell belongs to everything that was run before, not to the code above it.",
    "100 steps at rate 0.001 move a number by 0.1 at most, or hardly more: a loss for which it must move further is of "
    "another run.",
    "Printed in one of the five tutorials; in any notebook whose cells were run more than once.",
    (as_it_stood, from_the_start),
    run_loss,
    ("lessons?lesson=2", "Lesson 2: the bigram and its curve"),
    (Turn("seed", "Seed", tuple(map(str, measured.SEEDS))), Turn("times", "Times that the cell was run", TIMES)),
)
SLIPS = (PARAMETERS, LOSS)
