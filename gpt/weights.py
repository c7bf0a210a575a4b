"""A model made of weights that are there already: out of a file, or another model's under another config."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gpt.config import GPTConfig
from gpt.model import GPT

MAX_WEIGHT = 10_000.0  # trained weights stay below 100; from about 1e12 on, what a model makes of them is no number


def unfit(weights: Mapping[str, Tensor]) -> str:
    """What is wrong with a model's weights, in a clause: one is NaN, infinite or beyond `MAX_WEIGHT`; else nothing."""
    for name, weight in weights.items():
        largest = weight.detach().abs().max().item() if weight.numel() else 0.0
        if not largest <= MAX_WEIGHT:  # true of NaN as well
            return f"the tensor {name!r} holds {largest:g}, and a weight is a number within ±{MAX_WEIGHT:,.0f}"
    return ""


def with_weights(config: GPTConfig, weights: Mapping[str, Tensor]) -> GPT:
    """A model of a config on these very tensors (none is copied, none drawn): frozen and in eval mode.

    A tied output table need not be among them. Raises RuntimeError for one that is missing, left over or misshapen.
    """
    return filled(shaped(config), weights)


def with_config(model: GPT, **changes: Any) -> GPT:
    """The same weights in a model with some fields of its config changed, frozen and in eval mode.

    None is copied, and those that the other config has no place for stay out; the given model is not changed.
    Raises ConfigError for changes that cannot be, RuntimeError when they need a weight that the model lacks.
    """
    other = shaped(dataclasses.replace(model.config, **changes))
    wanted = other.state_dict().keys()
    return filled(other, {name: weight for name, weight in model.state_dict().items() if name in wanted})


def shaped(config: GPTConfig) -> GPT:
    """A model without numbers: fresh ones would be thrown away, and GPT-2's take ten seconds."""
    with torch.device("meta"):
        return GPT(config)


def filled(model: GPT, weights: Mapping[str, Tensor]) -> GPT:
    """A model that has shapes only, made whole."""
    tied = model.config.head == "tied"
    if tied and "token_embedding.weight" in weights:
        weights = {**weights, "unembed.weight": weights["token_embedding.weight"]}
    model.load_state_dict(weights, assign=True)
    if tied:
        model.unembed.weight = model.token_embedding.weight
    return model.eval().requires_grad_(False)
