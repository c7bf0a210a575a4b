"""The gradient on the stream is PyTorch's own, of a model whose weights may be frozen."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from gpt.analysis.gradients import fresh, sizes, stream_gradients
from gpt.config import GPTConfig
from gpt.weights import with_config
from tests.support.ladder import IDS, MODELS, SIZE, WITH_BLOCKS


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_it_is_the_slope_of_the_loss(name: str) -> None:
    """A small step along the gradient at the last boundary, and one at the embedding, lowers the loss as it says."""
    model, ids = MODELS[name], torch.tensor([IDS])
    found = stream_gradients(model, ids)
    L = model.config.n_layer
    assert [tuple(one.shape) for one in found] == [(1, 7, 8)] * (L + 1)
    assert sizes(model, IDS) == [pytest.approx(float(one.norm())) for one in found]
    assert not any(weight.requires_grad or weight.grad is not None for weight in model.parameters())
    double = with_config(model).double()

    def loss(step: float, boundary: int) -> float:
        def moved(site: str, layer: int, x: torch.Tensor) -> torch.Tensor:
            here = (site == "resid_pre" and layer == boundary) or (
                site == "resid_post" and layer == boundary - 1 == L - 1
            )
            return x - step * found[boundary].double() if here else x

        logits = double(ids[:, :-1], moved)
        return float(F.cross_entropy(logits.flatten(0, 1), ids[0, 1:]))

    if name != "solu" and model.config.activation != "relu":
        for boundary in (0, L):
            slope = (loss(-1e-6, boundary) - loss(1e-6, boundary)) / 2e-6
            assert slope == pytest.approx(float(found[boundary].square().sum()), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_without_residual_and_norms_it_dies_on_its_way_back(seed: int) -> None:
    """Eight fresh layers: with x + the first boundary has what the last one has, without it not a thousandth."""
    ratios = {}
    for norm in ("none", "pre"):
        for residual in (True, False):
            found = sizes(fresh(GPTConfig(**(SIZE | {"n_layer": 8, "norm": norm, "residual": residual})), seed), IDS)
            ratios[norm, residual] = found[0] / found[-1]
    assert 0.5 < ratios["none", True] < 2 and 0.5 < ratios["pre", True] < 2
    assert ratios["none", False] < 1e-3 < ratios["pre", False] < 0.1  # norms bring what is small to size again


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no blocks"):
        sizes(MODELS["bigram"], IDS)
    with pytest.raises(ValueError, match="type two tokens"):
        sizes(MODELS["pre-norm"], IDS[:1])
