"""The notebook's road: its class is the engine's, its worked numbers are PyTorch's."""

from __future__ import annotations

import dataclasses
from itertools import islice

import pytest
import torch
from torch.nn import functional as F

from gpt.analysis import dropout
from gpt.config import GPTConfig
from gpt.lessons.tutorials import notebook_model, notebook_parts, notebook_runs, notebook_training, train_notebook
from gpt.model import GPT
from gpt.size import count

LISTINGS = {one.key: one for one in (*notebook_parts.LISTINGS, *notebook_model.LISTINGS, *notebook_training.LISTINGS)}


def told(key: str, **turned: str) -> str:
    """What a listing says."""
    return " ".join(LISTINGS[key].outcome(turned).said)


@pytest.mark.parametrize("d_ff", [64, 100, 256])
def test_the_class_by_hand_is_the_engines_with_the_same_switches(d_ff: int) -> None:
    config = dataclasses.replace(notebook_runs.EXACT, d_ff=d_ff)
    by_hand = notebook_model.by_hand(config)
    assert sum(weight.numel() for weight in by_hand.parameters()) == count(config) == len_of(config)
    assert notebook_model.apart(config) <= 1e-6
    assert count(notebook_runs.EXACT) == 209_729


def len_of(config: GPTConfig) -> int:
    """The engine's parameters, as torch counts them."""
    return sum(weight.numel() for weight in GPT(config, torch.Generator()).parameters())


def test_two_models_that_differ_are_told_apart() -> None:
    """The comparison looks at every weight: another one anywhere in the class moves its logits."""
    config = dataclasses.replace(notebook_runs.EXACT, n_layer=1)
    model = GPT(config, torch.Generator().manual_seed(3), std=0.2).requires_grad_(False).eval()
    ids = torch.arange(16)[None]  # (1, T)
    right = notebook_model.filled(notebook_model.by_hand(config), model)
    for name, weight in right.named_parameters():
        before, kept = right(ids), weight.clone()
        weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(4)))
        assert float((right(ids) - before).abs().max()) > 1e-4, name
        weight.copy_(kept)


def test_worked_numbers_are_those_of_torchs_own_functions() -> None:
    x = notebook_parts.X
    by_torch = F.scaled_dot_product_attention(x[None], x[None], x[None], is_causal=True)[0]
    assert torch.allclose(notebook_parts.attention(x), by_torch, atol=1e-6)
    assert torch.allclose(
        notebook_parts.join(x, notebook_parts.POST), F.layer_norm(x + by_torch, (x.shape[1],)), atol=1e-6
    )
    (row,) = LISTINGS["notebook-feed-forward"].outcome().printed
    assert (row.printed, row.ours, row.verdict) == ("[1, 0, 3]", "[1, 0, 3]", "same")
    assert "written [3, 2, 1]; added to x it is [4, 0, 4]" in told("notebook-feed-forward")


def test_slopes_are_those_of_the_curves() -> None:
    """Backward passes beside differences of the curve itself, in double precision."""
    x, h = torch.linspace(-3, 3, 25, dtype=torch.float64) + 0.01, 1e-6
    for bend in ("relu", "gelu", "gelu_tanh"):
        curve = notebook_parts.ACTIVATION[bend]
        rise = (curve(x + h) - curve(x - h)) / (2 * h)  # (25,)
        assert torch.allclose(notebook_parts.slope(bend, x), rise, atol=1e-6)
    assert "lowest at -0.752, where it gives -0.1700" in told("notebook-bends")
    assert "steepest at 1.414, with a slope of 1.1289" in told("notebook-bends")


def test_dropouts_zeros_are_drawn_anew_and_by_dice_of_their_own() -> None:
    state = torch.get_rng_state()
    assert told("notebook-dropout") == told("notebook-dropout")
    assert len({told("notebook-dropout", seed=seed) for seed in ("1", "7", "99")}) == 3
    assert torch.equal(torch.get_rng_state(), state)
    draws = dropout.draws(notebook_parts.VECTOR, 0.5, 1, 6)
    counts = ", ".join(str(int((row == 0).sum())) for row in draws)
    assert f"Six draws leave {counts} zeros of 8" in told("notebook-dropout", p="0.5")


def test_a_table_is_a_layer_on_one_hot_vectors_and_an_index_is_a_line() -> None:
    assert "the outputs are equal, bit for bit, the gradients differ by 0" in told("notebook-onehot")
    layer = torch.nn.Linear(26, notebook_model.C, bias=False)
    assert "Both have 1,664 weights" in told("notebook-onehot") and layer.weight.numel() == 1_664
    places = told("notebook-onehot", what=notebook_model.INDEX)
    assert "in 1 direction; the table's 32 vectors take 31" in places
    line = notebook_model.by_index(32)
    assert torch.allclose(line[31], 31 * line[1]) and not line[0].any()


@pytest.mark.parametrize("kind", notebook_runs.KINDS)
def test_the_recorded_training_is_the_one_of_the_script(kind: str) -> None:
    first = notebook_runs.measured(kind, "first")
    again = [loss for _, loss, _ in islice(train_notebook.losses(notebook_runs.KINDS[kind]), 8)]
    assert again == pytest.approx(first[:8], abs=2e-3)
    step, loss = notebook_runs.measured(kind, "step"), notebook_runs.measured(kind, "loss")
    assert step == [*range(500, 5_001, 500)] and loss == sorted(loss, reverse=True)
    rows = LISTINGS["notebook-training"].outcome().printed
    assert [row.printed for row in rows] == ["0.209729", "1.82"] and rows[0].same
    assert rows[1].ours == f"{loss[-1]:.2f}" and abs(float(rows[1].ours) - 1.82) <= 0.05
    assert f"{loss[1]:.4f} after 1,000" in told("notebook-training", until="1,000")
