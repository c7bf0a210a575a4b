"""The pictures beside the film of a training step."""

from __future__ import annotations

from gpt.figures import training_step as figures


def test_a_weight_begins_before_the_first_step_and_a_gradient_with_it() -> None:
    line = figures.weight([0.5, 0.4, 0.3], 2)
    assert line.series[0].x == [0, 1, 2] and [level.at for level in line.levels] == [2.0]
    kept = figures.moments({"gradient g": [1.0, -1.0], "m": [0.1, 0.0]}, 1)
    assert [series.name for series in kept.series] == ["gradient g", "m"]
    assert kept.series[1].x == [1, 2] and kept.series[0].dash != kept.series[1].dash


def test_each_direction_of_the_iteration_is_a_line() -> None:
    drawn = figures.singular_values([[0.9, 0.2], [1.0, 0.6], [0.9, 1.1]])
    assert [series.y for series in drawn.series] == [(0.9, 1.0, 0.9), (0.2, 0.6, 1.1)]
    losses = figures.losses({"SGD": [3.0, 2.9]}, 1, 2.77)
    assert [(level.axis, level.at) for level in losses.levels] == [("y", 2.77), ("x", 1.0)]
