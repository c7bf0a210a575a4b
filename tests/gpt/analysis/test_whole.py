"""The whole model at a glance: every length is that of what was traced, and the writes add up to the stream."""

from __future__ import annotations

import pytest
import torch

from gpt.analysis.whole import norm_spreads, strongest_neurons, whole
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, RUNGS


@pytest.mark.parametrize("name", RUNGS)
def test_lengths_are_those_of_what_flows(name: str) -> None:
    model, config = MODELS[name], RUNGS[name]
    here = trace(model, IDS)
    found = whole(model, here, IDS)
    L, T = config.n_layer, len(IDS)
    assert found.stream.shape == (2 * L + 1, T) and found.attn.shape == found.key.shape == found.weight.shape == (L, T)
    assert torch.allclose(found.token, model.token_embedding.weight[list(IDS)].norm(dim=-1))
    assert len(found.position) == (0 if config.position == "none" else T)
    assert torch.allclose(found.stream[0], model.embed(torch.tensor([IDS]))[0].norm(dim=-1), atol=1e-6)
    for layer in range(L):
        assert torch.allclose(found.stream[2 * layer], here.resid_pre[layer].norm(dim=-1))
        assert torch.allclose(found.stream[2 * layer + 2], here.resid_post[layer].norm(dim=-1))
        if config.residual and config.norm != "post":  # what is written adds up to the stream
            whole_of = here.resid_pre[layer] + here.attn_out[layer]
            assert torch.allclose(found.stream[2 * layer + 1], whole_of.norm(dim=-1), atol=1e-5)
        for t in range(T):
            every = here.pattern[layer, :, t]  # (H, T)
            assert float(found.weight[layer, t]) == float(every.max())
            assert float(every[found.head[layer, t], found.key[layer, t]]) == float(every.max())
    assert len(found.mlp) == (L if config.feed_forward else 0)
    assert len(found.final) == (2 if L and (config.norm == "pre" or name == "pseudo-gpt with a final norm") else 0)
    if len(found.final):
        assert torch.allclose(found.final[0], here.resid_post[-1].std(dim=-1, correction=0))


@pytest.mark.parametrize("name", RUNGS)
def test_the_strongest_neurons_and_the_norms_of_a_layer(name: str) -> None:
    model, config = MODELS[name], RUNGS[name]
    here = trace(model, IDS)
    which, values = strongest_neurons(model, here, max(0, config.n_layer - 1), 3)
    if config.n_layer and config.feed_forward:
        post = here.mlp_post[-1]
        assert torch.equal(values, post.gather(-1, which))
        assert torch.equal(values.abs(), post.abs().sort(dim=-1, descending=True).values[:, :3])
    else:
        assert which.shape == values.shape == (len(IDS), 0)
    names, spread = norm_spreads(model, here, max(0, config.n_layer - 1))
    there = 0 if config.norm == "none" or not config.n_layer else 1 + config.feed_forward
    assert len(names) == there and spread.shape == (there, 2, len(IDS))
    with pytest.raises(ValueError, match="layer"):
        strongest_neurons(model, here, max(config.n_layer, 1), 3)
