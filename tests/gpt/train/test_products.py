"""Linear layers by oneDNN: the same layer, forward and back, to the last digits, and only where it is worth it."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import torch
from torch import Generator, nn
from torch.nn import functional as F

from gpt.config import GPTConfig, TrainConfig
from gpt.model import GPT
from gpt.products import is_slow
from gpt.train import products
from gpt.train.products import ByOneDNN, library

SIZED = GPTConfig(n_embd=128, n_head=4, block_size=64)
needs_onednn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")


@needs_onednn
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("narrow", "wide"), [(3, 3), (8, 32), (32, 8), (1, 5), (5, 1)])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 5)])
def test_a_layer_and_all_its_gradients(shape: tuple[int, ...], narrow: int, wide: int, bias: bool) -> None:
    generator = Generator().manual_seed(0)
    x = torch.randn(*shape, 4, narrow, generator=generator, requires_grad=True)  # (..., I)
    layer = nn.Linear(narrow, wide, bias=bias)
    given = torch.randn(*shape, 4, wide, generator=generator)  # (..., O)
    wanted = torch.autograd.grad(layer(x), (x, *layer.parameters()), given)
    with ByOneDNN():
        y = layer(x)  # (..., O)
    found = torch.autograd.grad(y, (x, *layer.parameters()), given)
    torch.testing.assert_close(y, layer(x))
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)


@needs_onednn
def test_a_whole_model_s_gradients() -> None:
    config = GPTConfig(vocab_size=11, block_size=16, n_layer=2, n_head=2, n_embd=32, bias=True)
    mine = GPT(config, Generator().manual_seed(0)).train()
    its = copy.deepcopy(mine)
    ids = torch.randint(11, (3, 16), generator=Generator().manual_seed(1))  # (B, T)
    with ByOneDNN():
        logits = mine(ids)  # (B, T, V)
    F.cross_entropy(logits.flatten(0, 1), ids.flatten()).backward()
    F.cross_entropy(its(ids).flatten(0, 1), ids.flatten()).backward()
    for (name, one), other in zip(mine.named_parameters(), its.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, msg=name)


@needs_onednn
def test_it_ends_with_its_block() -> None:
    with ByOneDNN():
        assert "Linear" in type(nn.Linear(2, 2)(torch.ones(1, 2)).grad_fn).__name__
    assert "Addmm" in type(nn.Linear(2, 2)(torch.ones(1, 2)).grad_fn).__name__


@pytest.mark.parametrize(
    ("processor", "config", "taken"),
    [
        ({"architecture": "x86_64", "cpu_name": "AMD EPYC"}, SIZED, "oneDNN"),
        ({"architecture": "x86_64", "cpu_name": "AMD EPYC"}, dataclasses.replace(SIZED, n_embd=16), "torch"),
        ({"architecture": "x86_64", "cpu_name": "Intel(R) Xeon(R)"}, SIZED, "torch"),
        ({"architecture": "aarch64", "cpu_name": "Apple M1"}, SIZED, "torch"),
        ({}, SIZED, "torch"),
    ],
)
def test_only_where_torch_s_own_is_slow_and_the_layers_are_large(
    processor: dict[str, object], config: GPTConfig, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    monkeypatch.setattr("gpt.train.products.is_slow", is_slow.__wrapped__)  # asked anew
    assert library(config, TrainConfig(batch_size=12)) == taken


def test_this_torch_still_has_it() -> None:
    """The operation is one of torch's inner ones: a newer torch that drops it would make us slow without a word."""
    assert not torch.backends.mkldnn.is_available() or hasattr(torch.ops.mkldnn, "_linear_pointwise")
    assert products.library is not None
