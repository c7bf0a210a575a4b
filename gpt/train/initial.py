"""How a training's weights begin: as GPT-2's, or as torch's own layers do when nobody says otherwise."""

from __future__ import annotations

import math

import torch
from torch import Generator, nn

from gpt.config import GPTConfig, TrainConfig
from gpt.model import GPT


def begin(config: GPTConfig, train: TrainConfig, generator: Generator) -> GPT:
    """A model whose weights are as the recipe lets them begin, out of this generator alone."""
    if train.init == "torch":
        model = GPT(config, Generator())  # all of it is drawn anew
        as_torch(model, generator)
    else:
        model = GPT(config, generator, train.init_std)
    if train.zero_projections:  # each block starts as the identity: its parts add nothing until they have learned
        for name, weight in model.named_parameters():
            if name.endswith("project.weight"):
                nn.init.zeros_(weight)
    return model


@torch.no_grad()
def as_torch(model: nn.Module, generator: Generator) -> None:
    """Every layer as its `reset_parameters` has it, in the order of the modules, a shared table once.

    Linear: weights and bias uniform within ±1/sqrt(inputs) (He et al. 2015, as torch fills in a = sqrt(5)); tables of
    vectors normal(0, 1); norms gain 1 and shift 0. The same seed gives the bits that torch's own modules would have.
    """
    tables: set[int] = set()
    for part in model.modules():
        match part:
            case nn.Embedding():
                part.weight.normal_(0.0, 1.0, generator=generator)
                tables.add(id(part.weight))
            case nn.Linear():
                if id(part.weight) not in tables:
                    nn.init.kaiming_uniform_(part.weight, a=math.sqrt(5), generator=generator)
                if isinstance(part.bias, nn.Parameter):
                    bound = 1 / math.sqrt(part.in_features)
                    part.bias.uniform_(-bound, bound, generator=generator)
            case nn.LayerNorm():
                part.reset_parameters()  # draws nothing
