"""Our attention is PyTorch's: its fused function and its module give the same numbers with our weights."""

from __future__ import annotations

import pytest
import torch

from gpt import bundled
from gpt.analysis.switches import switched
from gpt.analysis.torch_reference import by_pytorch
from gpt.edits import AblateHead
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, WITH_BLOCKS
from tests.support.shipped import ids_of, loaded

TOLERANCE = 1e-5


def all_equal(model: GPT, ids: list[int]) -> None:
    here = trace(model, ids)
    for layer in range(model.config.n_layer):
        for head in range(model.config.n_head):
            found = by_pytorch(model, here, layer, head)
            assert found.fused.shape == here.z[layer, head].shape and found.module.shape == here.attn_out[layer].shape
            assert found.fused_difference <= TOLERANCE and found.module_difference <= TOLERANCE


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_pytorch_on_the_ladder(name: str) -> None:
    """Biases or none, causal or not, scaled or not, uniform; and a single token."""
    all_equal(MODELS[name], list(IDS))
    all_equal(MODELS[name], [3])


@pytest.mark.parametrize("name", [model.name for model in bundled.bundled()])
def test_pytorch_on_the_bundled_models(name: str) -> None:
    all_equal(loaded(name).model, ids_of({"copy": "gacb|gacb", "sort": "cab>abc"}.get(name, "ROMEO:\nBut soft"), name))


@pytest.mark.parametrize("switch", ["mask", "scale", "scale bug", "positions", "uniform"])
def test_pytorch_on_switched_models(switch: str) -> None:
    all_equal(switched(MODELS["gpt-2"], [switch])[0], list(IDS))


def test_they_are_computed_apart_from_ours() -> None:
    """An edit of ours is not in theirs: the differences are its size."""
    model = MODELS["gpt-2"]
    edited = trace(model, IDS, [AblateHead(0, 1)])
    found = by_pytorch(model, edited, 0, 1)
    assert found.fused_difference == pytest.approx(float(found.fused.abs().max())) and found.fused_difference > 0.01
    assert found.module_difference > 0.01 and by_pytorch(model, edited, 0, 0).fused_difference <= TOLERANCE


def test_nothing_is_drawn_and_nothing_changed() -> None:
    state, model = torch.get_rng_state(), MODELS["gpt-2"]
    held = {name: weight.clone() for name, weight in model.state_dict().items()}
    by_pytorch(model, trace(model, IDS), 0, 0)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(held[name], weight) for name, weight in model.state_dict().items())


def test_a_head_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="head is 2"):
        by_pytorch(MODELS["gpt-2"], trace(MODELS["gpt-2"], IDS), 0, 2)
