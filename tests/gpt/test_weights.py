"""Weights that are there already make a model: the very same numbers, frozen, and none is drawn."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from gpt.config import ConfigError
from gpt.model import GPT
from gpt.weights import with_config, with_weights
from tests.support.ladder import IDS, MODELS, RUNGS, fresh

ids = torch.tensor([IDS])  # (1, T)


def places(model: GPT) -> dict[str, int]:
    """Where each weight lies in memory."""
    return {name: weight.data_ptr() for name, weight in model.named_parameters()}


@pytest.mark.parametrize("name", list(RUNGS))
def test_the_same_weights_answer_alike(name: str) -> None:
    """Nothing changed, nothing copied: the same bits; the given model may go on learning."""
    given = fresh(RUNGS[name]).requires_grad_(True).train()
    before = torch.get_rng_state()
    same = with_config(given)
    again = with_weights(given.config, given.state_dict())
    assert torch.equal(torch.get_rng_state(), before)
    for made in (same, again):
        assert torch.equal(made(ids), MODELS[name](ids)) and made.config == given.config
        assert places(made) == places(given) and not made.training
        assert not any(weight.requires_grad or weight.is_meta for weight in [*made.parameters(), *made.buffers()])
    assert given.training and all(weight.requires_grad for weight in given.parameters())


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("pre-norm", {"causal": False}),
        ("pre-norm", {"n_layer": 1}),
        ("pre-norm", {"position": "none"}),
        ("pre-norm", {"head": "untied"}),
        ("sinusoidal", {"attention_scale": False}),
        ("sinusoidal", {"block_size": 16}),
        ("feed-forward", {"feed_forward": False}),
    ],
)
def test_another_config_on_the_same_weights(name: str, changes: dict[str, object]) -> None:
    """As a model that was built for that config and given the weights one by one."""
    given = MODELS[name]
    other = with_config(given, **changes)
    built = GPT(dataclasses.replace(given.config, **changes)).eval()  # type: ignore[arg-type]
    built.load_state_dict({key: given.state_dict()[key] for key in built.state_dict()})
    assert torch.equal(other(ids), built(ids))
    assert torch.equal(other(ids), given(ids)) == (changes.keys() <= {"head", "block_size"})
    assert set(places(other).values()) <= set(places(given).values())
    assert given.config == RUNGS[name]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="n_embd is 8, but it must be divisible by n_head = 3"):
        with_config(MODELS["pre-norm"], n_head=3)
    for changes in ({"n_layer": 3}, {"bias": True}, {"block_size": 16}, {"norm": "pre", "n_embd": 4}):
        with pytest.raises(RuntimeError, match="state_dict"):
            with_config(MODELS["pre-norm"], **changes)
    weights = dict(MODELS["pre-norm"].state_dict())
    del weights["token_embedding.weight"], weights["unembed.weight"]
    with pytest.raises(RuntimeError, match="token_embedding.weight"):
        with_weights(RUNGS["pre-norm"], weights)


def test_a_tied_table_need_not_be_named() -> None:
    weights = dict(MODELS["gpt-2"].state_dict())
    del weights["unembed.weight"]
    made = with_weights(RUNGS["gpt-2"], weights)
    assert torch.equal(made(ids), MODELS["gpt-2"](ids)) and made.unembed.weight is made.token_embedding.weight
