"""What the model's fixed numbers and its chance are: each test says which wrong number or missing line it notices."""

from __future__ import annotations

import math

import pytest
import torch

from gpt.analysis.stages import block_of
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.positions import sinusoids
from tests.support.ladder import IDS, SIZE, fresh


def test_the_waves_have_the_paper_s_base_of_ten_thousand() -> None:
    """PE(pos, 2i) = sin(pos / 10000^(2i / C)), PE(pos, 2i + 1) = cos of the same (Vaswani et al. 2017, section 3.5)."""
    T, C = 40, 7  # an odd width: the last wave has no cosine
    by_hand = [
        [(math.sin, math.cos)[c % 2](place / 10_000 ** ((c - c % 2) / C)) for c in range(C)] for place in range(T)
    ]
    assert torch.allclose(sinusoids(T, C), torch.tensor(by_hand), atol=2e-6)
    model = GPT(GPTConfig(**SIZE | {"position": "sinusoidal", "n_embd": 8}))
    places = model.positions(5)  # (T, C)
    assert places is not None and torch.equal(places, sinusoids(8, 8)[:5])


@pytest.mark.parametrize("way", ["explicit", "fused"])
def test_attention_dropout_drops_in_training_and_only_there(way: str) -> None:
    """Of equal weights half are dropped, and those that stay count double: z is then the mean only on average."""
    fields = {"attention_dropout": 0.5, "uniform_attention": True, "causal": False, "bias": True, "n_layer": 1}
    model = fresh(GPTConfig(**SIZE | fields)).requires_grad_(way == "explicit")
    attn, x = block_of(model, 0).attn, torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(1))  # (B, T, C)
    with torch.no_grad():
        attn.value.weight.zero_()
        attn.value.bias.fill_(1.0)  # every token hands over ones: what arrives is the sum of the weights
        attn.project.weight.copy_(torch.eye(8))
        attn.project.bias.zero_()
    assert torch.allclose(attn(x), torch.ones(1, 8, 8), atol=1e-6)  # nothing is dropped while it is looked at
    attn.train()
    with torch.random.fork_rng(), torch.set_grad_enabled(way == "explicit"):
        torch.manual_seed(3)
        arrived = torch.stack([attn(x) for _ in range(200)]).detach()  # (200, B, T, C)
    eighths = arrived * 4  # 8 weights of 1/8, each doubled or gone
    assert torch.allclose(eighths, eighths.round(), atol=1e-4) and arrived.std() > 0.3
    assert arrived.mean().item() == pytest.approx(1.0, abs=0.03)


def test_without_attention_dropout_training_attends_as_looking_does() -> None:
    model = fresh(GPTConfig(**SIZE)).requires_grad_(True)
    ids = torch.tensor([IDS])  # (B, T)
    looked = model(ids)
    assert torch.equal(model.train()(ids), looked)
