"""Notebook road, the end: its training as a recipe, what that costs, and the losses on the way."""

from __future__ import annotations

from gpt.figures.chart import Axis, Chart, Level, Series
from gpt.lessons import facts
from gpt.lessons.tutorials import notebook_runs as runs
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.train_notebook import losses
from gpt.lessons.tutorials.writing import beside
from gpt.size import count

ROAD = "notebook"


# What a learner's run of the whole program printed, which has the norm before each part: step, validation loss.
PRINTED = (
    (0, 4.4022), (500, 2.3127), (1_000, 2.1291), (1_500, 2.0315), (2_000, 1.9938), (2_500, 1.9439), (3_000, 1.9239),
    (3_500, 1.8928), (4_000, 1.8605), (4_500, 1.8512), (4_999, 1.8221),
)  # fmt: skip


UNTIL = ("5,000", "2,500", "1,000")  # steps


def training(turned: Turned) -> Outcome:
    """The recipe's losses on the last tenth, every 500 steps, beside what a run of the program printed."""
    until = int(turned["until"].replace(",", ""))
    ((kind, config),) = runs.KINDS.items()
    read = [
        (int(step), loss) for step, loss in zip(*(runs.measured(kind, what) for what in ("step", "loss")), strict=True)
    ]
    read = [(step, loss) for step, loss in read if step <= until]
    printed = [(step, loss) for step, loss in PRINTED if 0 < step <= until]
    rows = (
        beside("million parameters, as the program prints them", "0.209729", f"{count(config) / 1e6:f}"),
        beside("validation loss after 5,000 steps", "1.82", f"{read[-1][1]:.2f}", OTHERS),
    )
    series = [
        Series(name, [step for step, _ in one], [loss for _, loss in one], "dots", i, i)
        for i, (name, one) in enumerate((("here", read), ("printed by another run", printed)))
    ]
    chart = Chart(Axis("step", form=",d"), Axis("nats a character"), series, [Level("1.82", 1.82)])
    tokens = until * runs.BATCH * config.block_size
    text = len(facts.ids_of(0))
    work = 6 * count(config) * tokens  # Kaplan et al. 2020, section 2.1: forward 2, backward 4
    said = (
        f"The recipe: {config.n_layer} layers of {config.n_head} heads, width {config.n_embd}, context "
        f"{config.block_size}; {until:,} steps of {runs.BATCH} windows with AdamW at {runs.RATE:g}, no warm-up; here "
        f"{kind}, which the studio's recipe has at {runs.EXACT.dropout:g}.",
        f"What it costs: {tokens / 1e6:.2f} million characters are read, {tokens / text:.2f} times the training text; "
        f"with 6 multiplications and additions for each parameter and character, {work / 1e12:.2f} million million.",
        f"The loss is {read[0][1]:.4f} after {read[0][0]:,} steps and {read[-1][1]:.4f} after {read[-1][0]:,}, with "
        f"the seed {runs.SEED}; the other run printed {printed[-1][1]:.4f} after {printed[-1][0]:,}.",
    )
    told = "; ".join(f"{one.name} ends at {one.y[-1]:.3f}" for one in series)
    shown = Picture("notebook-training", chart, f"Losses on the last tenth: {told}.")
    return Outcome(rows if turned["until"] == UNTIL[0] else (), said, (shown,))


OTHERS = (
    "weights and batches are drawn by other dice, and here each norm stands after its part; a learner's run of the "
    "same size with the norms before printed 1.8221"
)

LISTINGS = (
    Listing(
        "notebook-training", ROAD, "The training: 4 layers, 5,000 steps",
        "The notebook's last cell trains the whole class on Shakespeare and prints the loss on text that it has never "
        "seen. Here it was trained once, with the same recipe and no dropout, and the losses on the way were kept.",
        training, (losses,), (Turn("until", "Stop after", UNTIL),),
        ("studio", "Studio: its recipe is there, “notebook”"),
    ),
)  # fmt: skip
