"""The pictures beside the film of a training step: one weight through the steps, losses, Muon's singular values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gpt.figures.chart import Axis, Chart, Level, Series

HEIGHT = 210
STEP = "step"


def weight(values: Sequence[float], taken: int) -> Chart:
    """One weight before the first step and after each (STEPS + 1,); the shown step ends at `taken`."""
    line = Series("the weight", list(range(len(values))), values, "dots")
    return Chart(Axis(STEP, form=",d"), Axis("weight", form=".4f"), [line], [shown(taken)], HEIGHT)


def moments(lines: Mapping[str, Sequence[float]], taken: int) -> Chart:
    """What the optimizer made of the gradient at each step, (STEPS,) a name."""
    drawn = [
        Series(name, list(range(1, len(numbers) + 1)), numbers, "dots", i, i)
        for i, (name, numbers) in enumerate(lines.items())
    ]
    zero = Level("0", 0.0)
    return Chart(Axis(STEP, form=",d"), Axis("of the weight", form=".3g"), drawn, [zero, shown(taken)], HEIGHT)


def losses(films: Mapping[str, Sequence[float]], taken: int, uniform: float) -> Chart:
    """The batch's loss before the first step and after each, (STEPS + 1,) a name; `uniform` is that of equal shares."""
    drawn = [
        Series(name, list(range(len(numbers))), numbers, "line", i, i)
        for i, (name, numbers) in enumerate(films.items())
    ]
    levels = [Level("equal shares", uniform), shown(taken)]
    return Chart(Axis(STEP, form=",d"), Axis("loss of the batch (nats)", low=0.0, form=".3f"), drawn, levels, HEIGHT)


def singular_values(values: Sequence[Sequence[float]]) -> Chart:
    """The singular values of each iterate of Newton and Schulz: one line a direction."""
    drawn = [
        Series(f"value {k + 1}", list(range(len(values))), line, "dots", k % 6, k % 6)
        for k, line in enumerate(zip(*values, strict=True))
    ]
    return Chart(Axis("iteration", form=",d"), Axis("singular value", form=".3f"), drawn, [Level("1", 1.0)], HEIGHT)


def shown(taken: int) -> Level:
    """Where the shown step ends."""
    return Level(f"step {taken}", float(taken), "x")
