"""The Transformer of 2017, norms after each part, against the layer that torch itself brings."""

from __future__ import annotations

import pytest
import torch

from gpt.analysis.stages import block_of
from gpt.trace import trace
from tests.support.references import CLOSE, post_norm


def test_attention_and_stream_are_torch_s() -> None:
    model, theirs = post_norm()
    ids = torch.arange(len(theirs["input"]))  # (T,)
    seen = trace(model, ids)
    torch.testing.assert_close(seen.resid_pre[0], theirs["input"], rtol=0.0, atol=0.0)
    torch.testing.assert_close(seen.pattern[0], theirs["pattern"], **CLOSE)
    torch.testing.assert_close(seen.attn_out[0], theirs["attn_out"], **CLOSE)
    torch.testing.assert_close(seen.resid_post[0], theirs["output"], **CLOSE)
    assert not theirs["pattern"].triu(1).any()


@pytest.mark.parametrize("shown", ["pre", "none"])
def test_another_place_for_the_norm_would_show(shown: str) -> None:
    model, theirs = post_norm()
    x = theirs["input"][None]  # (1, T, C)
    block = block_of(model, 0)
    with torch.no_grad():
        mixed = block.attn(block.norm1(x) if shown == "pre" else x)  # (1, T, C)
        x = x + mixed
        x = x + block.mlp(block.norm2(x) if shown == "pre" else x)  # (1, T, C)
    assert (x[0] - theirs["output"]).abs().max() > 0.1
