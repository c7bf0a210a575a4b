"""Norms before, after and nowhere: what the page says of them holds with every seed, and a row is measured again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gpt.lessons import placements
from gpt.lessons.placements import DEEP, KINDS, SEEDS, STEPS, rows
from gpt.lessons.train_placements import measurements


def test_every_kind_was_measured_with_every_seed_at_every_step() -> None:
    assert {(row.kind, row.seed, row.step) for row in placements.measured()} == {
        (kind, seed, step) for kind in KINDS for seed in SEEDS for step in STEPS
    }
    assert len(placements.measured()) == len(KINDS) * len(SEEDS) * len(STEPS)
    for row in placements.measured():
        assert len(row.length) == len(row.gradient) == DEEP.n_layer + 1
        assert all(math.isfinite(number) and number > 0 for number in (*row.length, *row.gradient, row.loss))


def test_where_the_norm_stands_tells_in_the_stream_with_every_seed() -> None:
    for fresh in rows("post", 0):  # what a fresh norm hands on has length sqrt(C)
        assert fresh.length[1:] == pytest.approx([math.sqrt(DEEP.n_embd)] * DEEP.n_layer, rel=1e-3)
    for before, after, bare in zip(*(rows(kind, STEPS[-1]) for kind in KINDS), strict=True):
        assert before.length[-1] > 2 * before.length[1] and after.length[-1] < 1.5 * after.length[1]
        assert bare.length[-1] > 10 * bare.length[1]
        assert before.gradient[1] > 2 * before.gradient[-1] and bare.gradient[1] > 5 * bare.gradient[-1]
        assert 0.5 < after.gradient[1] / after.gradient[-1] < 1.5


def test_a_row_is_measured_again() -> None:
    wanted = [row for row in placements.measured() if (row.kind, row.seed) == ("post", SEEDS[0])][:2]
    for row, found in zip(wanted, measurements("post", SEEDS[0], STEPS[:2]), strict=True):
        assert (found.kind, found.seed, found.step) == (row.kind, row.seed, row.step)
        assert found.loss == pytest.approx(row.loss, rel=1e-2)
        np.testing.assert_allclose(found.length, row.length, rtol=1e-2)
        np.testing.assert_allclose(found.gradient, row.gradient, rtol=0.1)
