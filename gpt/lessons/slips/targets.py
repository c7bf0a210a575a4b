"""Targets that are not shifted: the model is asked for the character that it has just read."""

from __future__ import annotations

from torch import Tensor

from gpt.figures.chart import Axis
from gpt.figures.lessons import lines
from gpt.lessons.slips import measured, subjects
from gpt.lessons.slips.slip import NAMES, Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture, Turn


def unshifted(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Windows (B, T + 1) as what is read and what is to be foretold, the same."""
    inputs = ids[:, :-1]  # (B, T)
    targets = ids[:, :-1]  # (B, T)
    return inputs, targets


def shifted(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Windows (B, T + 1) as what is read and what is to be foretold, one character later."""
    inputs = ids[:, :-1]  # (B, T)
    targets = ids[:, 1:]  # (B, T)
    return inputs, targets


def run(turned: Turned) -> Effect:
    """One seed's curves, and what the two models are worth when the next character is asked for."""
    seed = measured.SEEDS.index(int(turned["seed"]))
    broken, mended = (measured.recorded()[key][seed] for key in ("targets", measured.RIGHT))
    windows = subjects.windows(measured.TINY.block_size)  # (W, T + 1)
    agree = []
    for pair in (unshifted, shifted):
        inputs, targets = pair(windows)  # (W, T), (W, T)
        agree.append(float((targets[:, :-1] == inputs[:, 1:]).double().mean()))
    numbers = (
        Number("targets that are the character read next", agree, ".1%"),
        Number("its own loss at the end (nats a character)", (broken["losses"][-1], mended["losses"][-1]), ".4f"),
        Number("loss when the next character is asked for", (broken["honest"], mended["honest"])),
        Number("written characters that repeat the one before", (broken["repeats"], mended["repeats"]), ".1%"),
    )
    said = (
        f"The broken one's own loss falls to {broken['losses'][-1]:.4f}, for all it does is copy; asked for the next "
        f"character it costs {broken['honest']:.2f} nats, and {broken['repeats']:.0%} of what it writes repeats the "
        "character before."
    )
    figure = lines(
        {name: (measured.STEPS, one["losses"]) for name, one in zip(NAMES, (broken, mended), strict=True)},
        Axis("step", "log1", form=",d"), "its own loss (nats a character)", height=260,
    )  # fmt: skip
    picture = Picture("slip-targets", figure, f"Both models' own losses by step. {said}")
    texts = (broken["text"], mended["text"])
    return Effect(numbers, (agree[0] == 1.0, agree[1] == 1.0), said, (picture,), texts)


SLIP = Slip(
    "targets",
    "Inputs and targets",
    "A window of text is cut into what the model reads and what it is to foretell, place by place.",
    "Targets that are not shifted",
    "A window teaches one thing a place: after what is read up to here, *that* character comes. So the targets are the "
    "inputs, one place on. Without the shift the model is asked for what it has just been given.",
    "Row by row, the target of a place must be the input of the next place.",
    "A slip that learners make: question threads on fine-tuning ask again and again whether labels are shifted "
    "already.",
    (unshifted, shifted),
    run,
    ("tokens", "Tokens: a batch and what it teaches"),
    (Turn("seed", "Seed", tuple(map(str, measured.SEEDS))),),
)
