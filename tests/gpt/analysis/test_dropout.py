"""Dropout of a vector: zeros, the rest divided by what is kept, its own dice; and which dimensions carry the most."""

from __future__ import annotations

import pytest
import torch

from gpt.analysis.dimensions import carried, largest, staying
from gpt.analysis.dropout import draws, mask
from gpt.analysis.stream_sums import mean_sum


def test_a_draw_is_zeros_and_the_rest_scaled() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    found = mask((10_000,), 0.2, 3)
    assert set(found.tolist()) == {0.0, 1.25} and abs(float(found.mean()) - 1) < 0.02
    assert torch.equal(found, mask((10_000,), 0.2, 3)) and not torch.equal(found, mask((10_000,), 0.2, 4))
    assert torch.equal(torch.get_rng_state(), before)
    for p in (1.0, -0.1):
        with pytest.raises(ValueError, match="p is"):
            mask((3,), p, 0)


def test_the_mean_of_many_draws_comes_to_the_vector() -> None:
    vector = torch.tensor([3.0, -1.0, 0.5])
    few, many = (draws(vector, 0.5, 0, n).mean(dim=0) for n in (4, 4_000))
    assert float((many - vector).norm()) < 0.15 and draws(vector, 0.5, 7, 2)[1].equal(draws(vector, 0.5, 8, 1)[0])
    found = mean_sum(vector, "", 0.5, 0, 4, 1)
    assert found.shown == float(few[1]) == pytest.approx(found.value) and len(found.terms) == 4


def test_dimensions_by_hand() -> None:
    stream = torch.tensor([[[3.0, 4.0, 0.0], [0.0, 0.0, 2.0]], [[0.0, 1.0, 0.0], [0.0, 1.0, 1.0]]])  # (S, T, C)
    shares = carried(stream)
    assert shares.tolist() == [pytest.approx([0.18, 0.32, 0.5]), pytest.approx([0.0, 0.75, 0.25])]
    tops = largest(shares, 2)
    assert tops.tolist() == [[2, 1], [1, 2]] and staying(tops) == [2]
    assert largest(torch.ones(1, 4), 2).tolist() == [[0, 1]] and not carried(torch.zeros(1, 1, 3)).any()
