"""The loss curve of a training run."""

from __future__ import annotations

from collections.abc import Sequence

from gpt.figures.chart import Axis, Chart, Level, Series


def loss_curve(steps: Sequence[int], train: Sequence[float], val: Sequence[float], at: int) -> Chart:
    """Training and validation loss, in nats a character, by step (log scale); a mark at the step that is shown."""
    drawn = [
        Series(name, list(steps), list(losses), "dots", i, dash)
        for i, (name, losses, dash) in enumerate((("training", train, 2), ("validation", val, 0)))
    ]
    shown = Level("shown", at, "x")
    return Chart(Axis("step", "log1", form=",d"), Axis("loss (nats a character)", form=".3f"), drawn, (shown,), 300)
