"""A layer computed by the quicker library is the same layer; where it must not be taken, it is not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Generator, Tensor, nn

from gpt import products
from gpt.products import WORTHWHILE, Linear, is_quicker, product
from tests.support import shipped

needs_onednn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose usual library is the slower one, whatever this one is."""
    monkeypatch.setattr(products, "is_slow", lambda: True)


@needs_onednn
@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("narrow", "wide"), [(192, 768), (768, 192), (192, 65), (192, 192)])
@pytest.mark.parametrize("shape", [(1, 128), (128,), (2, 64), (128, 1)])
@torch.no_grad()
def test_the_same_layer(shape: tuple[int, ...], narrow: int, wide: int, bias: bool) -> None:
    generator = Generator().manual_seed(0)
    mine, its = Linear(narrow, wide, bias=bias), nn.Linear(narrow, wide, bias=bias)
    its.load_state_dict(mine.state_dict())
    x = torch.randn(*shape, narrow, generator=generator)  # (..., I)
    torch.testing.assert_close(mine(x), its(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(
        mine(x.transpose(0, -2)), its(x.transpose(0, -2)), rtol=1e-5, atol=1e-5
    )  # not contiguous


@needs_onednn
@pytest.mark.usefixtures("slow")
def test_where_something_is_learned_or_rounded_torch_computes() -> None:
    x = weight = torch.zeros(4, 4)
    assert not is_quicker(x, weight)  # gradients
    with torch.no_grad():
        assert is_quicker(x, weight)
        assert not is_quicker(x.double(), weight)
        assert not is_quicker(x.to("meta"), weight)
        assert not is_quicker(x[:, :2], weight)  # with gaps it takes a thousand times as long
        assert not is_quicker(x, weight[:2].T)
        with torch.autocast("cpu", torch.bfloat16):
            assert not is_quicker(x, weight)
            assert Linear(4, WORTHWHILE)(x).dtype == torch.bfloat16
    layer = Linear(1024, 1024)
    assert layer(torch.ones(2, 1024)).requires_grad
    assert layer.to("meta")(torch.ones(2, 1024, device="meta")).is_meta


@needs_onednn
@torch.no_grad()
def test_a_whole_model_s_logits(monkeypatch: pytest.MonkeyPatch) -> None:
    model, found, quick = shipped.loaded().model, list[Tensor](), list[int]()

    def counted(*given: Any) -> Tensor:
        quick.append(1)
        return product(*given)

    monkeypatch.setattr(products, "product", counted)
    ids = torch.arange(128)[None] % model.config.vocab_size  # (1, T)
    for slow in (True, False):
        monkeypatch.setattr(products, "is_slow", lambda slow=slow: slow)
        found.append(model(ids))  # (1, T, V)
    torch.testing.assert_close(*found, rtol=0.0, atol=1e-5 * float(found[1].abs().max()))
    assert quick
