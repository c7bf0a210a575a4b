"""Fresh weights as torch's own layers have them, bit for bit, and as GPT-2's."""

from __future__ import annotations

import math

import torch
from torch import Generator, nn

from gpt.config import GPTConfig, TrainConfig
from gpt.model import GPT
from gpt.train.initial import begin

SIZE = GPTConfig(vocab_size=65, block_size=32, n_layer=2, n_head=4, n_embd=64, head="untied", bias=True)
TORCH = TrainConfig(init="torch", zero_projections=False)


def seeded(seed: int = 7) -> Generator:
    return Generator().manual_seed(seed)


def test_torch_s_own_layers_begin_with_these_bits() -> None:
    """The same modules, made one after another while torch itself is seeded, in the order of ours."""
    model, C, N = begin(SIZE, TORCH, seeded()), 64, 256
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        theirs: dict[str, nn.Module] = {
            "token_embedding": nn.Embedding(65, C),
            "position_embedding": nn.Embedding(32, C),
        }
        for layer in range(2):
            for name in ("query", "key", "value", "project"):
                theirs[f"blocks.{layer}.attn.{name}"] = nn.Linear(C, C)
            theirs[f"blocks.{layer}.mlp.expand"] = nn.Linear(C, N)
            theirs[f"blocks.{layer}.mlp.project"] = nn.Linear(N, C)
        theirs["unembed"] = nn.Linear(C, 65)
    ours, norms = dict(model.named_modules()), 0
    for name, module in theirs.items():
        for which, weight in module.named_parameters():
            assert torch.equal(ours[name].get_parameter(which), weight), (name, which)
    for module in ours.values():
        if isinstance(module, nn.LayerNorm):
            norms += 1
            assert bool((module.weight == 1).all()) and not module.bias.any()
    assert norms == 5


def test_its_spread_is_that_of_torch() -> None:
    """Uniform within ±1/sqrt(C) has the standard deviation 1/sqrt(3C); tables of vectors have 1."""
    model = begin(SIZE, TORCH, seeded())
    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    assert abs(float(weights["token_embedding.weight"].std()) - 1) < 0.03
    for name, inputs in (("blocks.0.attn.query.weight", 64), ("blocks.1.mlp.project.weight", 256)):
        assert abs(float(weights[name].std()) * math.sqrt(3 * inputs) - 1) < 0.03
        assert float(weights[name].abs().max()) <= 1 / math.sqrt(inputs)


def test_a_tied_table_stays_one_table_and_the_generator_decides() -> None:
    one, two = (begin(GPTConfig(n_layer=1, n_embd=48, n_head=2), TORCH, seeded()) for _ in range(2))
    assert one.unembed.weight is one.token_embedding.weight
    assert abs(float(one.unembed.weight.detach().std()) - 1) < 0.05
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_the_other_recipes_begin_as_they_did() -> None:
    recipe = TrainConfig(init_std=0.3, zero_projections=False)
    ours, plain = begin(SIZE, recipe, seeded()), GPT(SIZE, seeded(), 0.3)
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), plain.parameters(), strict=True))
    zero = begin(SIZE, TrainConfig(init="torch"), seeded())
    assert not any(weight.any() for name, weight in zero.named_parameters() if name.endswith("project.weight"))
