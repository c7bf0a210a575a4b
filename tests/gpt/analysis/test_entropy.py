"""Entropy: Shannon's own example, both ends, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from gpt.analysis import entropy


def f64(values: list[float]) -> Tensor:
    """A row of doubles (V,)."""
    return torch.tensor(values, dtype=torch.float64)  # (V,)


def test_one_row_of_probabilities() -> None:
    assert entropy.of(f64([0.0, 1.0, 0.0])) == 0.0
    assert entropy.of(np.array([0.5, 0.25, 0.125, 0.125])) == pytest.approx(1.75, abs=1e-12)  # Shannon's own example
    for wrong in ([0.5, 0.6], [1.5, -0.5], [math.nan, 1.0], [-math.inf, 1.0]):
        with pytest.raises(ValueError, match="probabilities"):
            entropy.of(f64(wrong))


def test_effective_choices() -> None:
    assert entropy.effective_choices(f64([0.0, 1.0])) == 1.0
    assert entropy.effective_choices(torch.full((50_257,), 1 / 50_257)) == pytest.approx(50_257, rel=1e-4)


def test_rows_of_any_shape() -> None:
    rows = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.25, 0.125, 0.125]])  # (3, N)
    torch.testing.assert_close(entropy.bits(rows), torch.tensor([0.0, 2.0, 1.75]))
    assert entropy.bits(rows[None]).shape == (1, 3)
