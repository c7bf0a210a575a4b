"""Sixteen bits a weight, and yet every printed digit is the model's: of a weight, a layer's mean and its largest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt import bundled, checkpoint
from gpt.trace import trace
from pages.ui.board.digits import WHOLE, printed, shares

TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo?\nDeny thy father and refuse thy name"
MADE = {"copy": "gacbdeh|gacbdeh\nabc|abc", "sort": "cab>abc\nfed>def\nbad>ab"}


def to_fixed(share: float) -> str:
    """JavaScript's (100 * share).toFixed(1): of the exact value of the double, halves up."""
    return str(Decimal(100 * share).quantize(Decimal("0.1"), ROUND_HALF_UP))


def agree(weights: np.ndarray) -> None:
    """Weights (L, H, N): what is printed of the codes is what is printed of them."""
    codes = shares(weights)
    assert codes.dtype == np.uint16 and np.abs(codes / WHOLE - weights).max(initial=0) <= 4 / WHOLE
    exact = weights.astype(np.float64)
    ways: list[Callable[[np.ndarray], np.ndarray]] = [lambda x: x, lambda x: x.mean(axis=1), lambda x: x.max(axis=1)]
    for way in ways:
        told, true = way(codes / WHOLE).ravel().tolist(), way(exact).ravel().tolist()
        wrong = [(a, b) for a, b in zip(told, true, strict=True) if to_fixed(a) != to_fixed(b)]
        assert not wrong, wrong[:5]
    assert ((codes == WHOLE) == (exact >= 1 - 1e-6)).all()  # only what is all is told as all


@pytest.mark.parametrize("shelved", bundled.bundled(), ids=lambda model: model.name)
def test_every_printed_share_of_every_model_that_comes_along(shelved: bundled.Shelved) -> None:
    model = checkpoint.load(shelved.last)
    ids = model.tokenizer.encode_known(MADE.get(shelved.name, TEXT))[0][: model.config.block_size]
    pattern = trace(model.model, ids).pattern.numpy()  # (L, H, T, T)
    agree(pattern[..., *np.tril_indices(len(ids))] if model.config.causal else pattern.reshape(*pattern.shape[:2], -1))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 8), st.sampled_from([0.1, 1.0, 8.0]))
def test_any_weights(seed: int, layers: int, heads: int, sharp: float) -> None:
    dice = np.random.default_rng(seed)
    drawn = np.exp(sharp * dice.standard_normal((layers, heads, 20, 12)))
    agree((drawn / drawn.sum(-1, keepdims=True)).astype(np.float32).reshape(layers, heads, -1))


def test_the_edges() -> None:
    """Nothing, all, nearly all, and what lies on the very turn of a digit: 1/16 is 6.25 %, printed 6.3."""
    weights = np.array([0, 1, 1 - 1e-5, 0.9995, 0.9994999, 0.0625, 0.0005, 1e-9, 1 - 6e-8], np.float32)
    agree(weights[None, None])
    agree(np.broadcast_to(weights, (2, 3, 9)))
    assert printed(np.array([0.0625, 0.0004999])).tolist() == [63, 0]
    assert shares(np.zeros((0, 2, 3), np.float32)).shape == (0, 2, 3)
    assert shares(np.zeros((2, 2, 0), np.float32)).shape == (2, 2, 0)
