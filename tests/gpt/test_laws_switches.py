"""What the roads of the tutorials turn in a model, each switch by its law: what it adds, and what it takes away."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, SIZE, T, fresh


def twin(config: GPTConfig, **changes: Any) -> tuple[GPT, GPT]:
    """A model whose every number is random, and one with fields changed that has the weights of the same names."""
    model = fresh(config)
    other = GPT(replace(config, **changes)).eval().requires_grad_(False)
    weights = {name: weight for name, weight in model.state_dict().items() if name in other.state_dict()}
    other.load_state_dict(weights, strict=False)
    return model, other


def test_the_index_is_added_to_every_number_of_a_token() -> None:
    for position, unit in (("index", 1.0), ("index_scaled", 1 / T)):
        model = fresh(GPTConfig(**SIZE, position=position))
        added = model.embed(torch.tensor([IDS])) - model.token_embedding(torch.tensor([IDS]))  # (1, T, C)
        wanted = torch.arange(T)[:, None].expand(T, 8) * unit  # (T, C)
        torch.testing.assert_close(added[0], wanted, rtol=0, atol=1e-6)
        assert "position" not in " ".join(model.state_dict())  # computed, never learned, and in no file


@pytest.mark.parametrize("position", ["index", "index_scaled"])
def test_a_norm_before_each_part_takes_the_index_away(position: str) -> None:
    """What is added to all numbers alike is their mean: with pre-norm such a model is one without positions."""
    model, without = twin(GPTConfig(**SIZE, position=position), position="none")
    torch.testing.assert_close(model(torch.tensor([IDS])), without(torch.tensor([IDS])), rtol=0, atol=1e-4)
    post, without = twin(GPTConfig(**SIZE, position=position, norm="post"), position="none")
    assert (post(torch.tensor([IDS])) - without(torch.tensor([IDS]))).abs().max() > 1e-2


def test_a_final_norm_levels_what_a_post_norm_model_hands_to_its_table() -> None:
    model = MODELS["pseudo-gpt with a final norm"]
    x = trace(model, IDS).resid_post[-1]  # (T, C)
    norm = model.norm_final
    assert isinstance(norm, nn.LayerNorm)
    level = (x - x.mean(-1, keepdim=True)) / (x.var(-1, correction=0, keepdim=True) + 1e-5).sqrt()  # (T, C)
    level = level * norm.weight + norm.bias  # (T, C)
    wanted = level @ model.unembed.weight.T + model.unembed.bias  # (T, V)
    torch.testing.assert_close(model(torch.tensor([IDS]))[0], wanted, rtol=1e-5, atol=1e-5)


def test_an_mlp_of_its_own_width() -> None:
    usual, said = twin(GPTConfig(**SIZE), d_ff=32)
    assert torch.equal(usual(torch.tensor([IDS])), said(torch.tensor([IDS])))  # four times the width, said or not
    assert trace(MODELS["pseudo-gpt with a final norm"], IDS).mlp_post.shape == (2, T, 20)


def test_a_bias_of_the_output_is_added_to_each_logit() -> None:
    for head in ("tied", "untied"):
        without, model = twin(GPTConfig(**SIZE, head=head), output_bias=True)
        model.unembed.bias.copy_(torch.arange(11.0))
        apart = model(torch.tensor([IDS])) - without(torch.tensor([IDS]))  # (1, T, V)
        torch.testing.assert_close(apart[0], torch.arange(11.0).expand(T, 11), rtol=0, atol=1e-5)


def test_queries_keys_and_values_without_biases_are_those_whose_biases_are_zero() -> None:
    model, without = twin(GPTConfig(**SIZE, bias=True), qkv_bias=False)
    for name, weight in model.named_parameters():
        if re.search(r"(query|key|value)\.bias$", name):
            weight.zero_()
    assert not any(re.search(r"(query|key|value)\.bias$", name) for name in without.state_dict())
    torch.testing.assert_close(model(torch.tensor([IDS])), without(torch.tensor([IDS])), rtol=0, atol=1e-6)
