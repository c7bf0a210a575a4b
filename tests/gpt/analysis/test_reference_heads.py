"""Every stage of a head against other people's numbers: one that `transformers` trained, and scores of real size."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from gpt import checkpoint
from gpt.analysis.arithmetic import STAGES, stages, worked
from gpt.config import GPTConfig
from gpt.edits import PatchSite
from gpt.model import GPT
from gpt.trace import trace
from tests.support.references import CLOSE, PROMPTS, TOKENIZER, head_stages, inside_gpt2, tiny_gpt2


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_stage_of_every_head(prompt: int, tmp_path: Path) -> None:
    """Saved and loaded as the picker's models are; the twelve heads, cell by cell."""
    checkpoint.save(tmp_path / "tiny.safetensors", tiny_gpt2(), TOKENIZER)
    model = checkpoint.load(tmp_path / "tiny.safetensors").model
    here = trace(model, inside_gpt2(prompt)["ids"])
    for layer in range(model.config.n_layer):
        for head in range(model.config.n_head):
            ours, expected = stages(model, here, layer, head), head_stages(prompt, layer, head)
            assert tuple(expected) == STAGES
            for stage, numbers in expected.items():
                torch.testing.assert_close(getattr(ours, stage), numbers, **CLOSE)
                recomputed = [
                    [worked(model, here, layer, head, stage, i, j).recomputed for j in range(numbers.shape[1])]
                    for i in range(len(numbers))
                ]
                torch.testing.assert_close(torch.tensor(recomputed), numbers, **CLOSE)


def put_in(site: str, values: Tensor) -> PatchSite:
    """Let these values (H, T, D) flow at a site of the first layer."""
    return PatchSite(site, 0, None, tuple(values.shape), values.contiguous().numpy().tobytes())


@pytest.mark.parametrize("seed", range(12))
def test_scale_mask_and_softmax_at_gpt2_s_size(seed: int) -> None:
    """Twelve heads whose q·k spreads as that of the real GPT-2 does: by 19, with some beyond 160 (numpy, float64).

    With the unit vectors for keys, q·k is any matrix that one puts in as q.
    """
    config = GPTConfig(vocab_size=2, block_size=16, n_layer=1, n_head=12, n_embd=768, feed_forward=False)
    model = GPT(config, torch.Generator().manual_seed(0)).eval().requires_grad_(False)
    T = 6 + seed % 3
    rng = np.random.default_rng(seed)
    dot = rng.normal(-8, 19, (12, T, T)).astype(np.float32)  # (H, T, T)
    dot[rng.integers(12), T - 1, rng.integers(T)] = rng.choice([-163.0, 163.0])
    scaled = dot.astype(np.float64) / 8  # (H, T, T)
    masked = np.where(np.triu(np.ones((T, T)), 1) > 0, -np.inf, scaled)  # (H, T, T)
    weights = np.exp(masked - masked.max(axis=-1, keepdims=True))  # (H, T, T)
    theirs = {"dot": dot, "scaled": scaled, "masked": masked, "pattern": weights / weights.sum(axis=-1, keepdims=True)}
    q = torch.zeros(12, T, 64)  # (H, T, D)
    q[:, :, :T] = torch.from_numpy(dot)
    here = trace(model, [0] * T, [put_in("q", q), put_in("k", torch.eye(T, 64).expand(12, T, 64))])
    for head in range(12):
        ours = stages(model, here, 0, head)
        for stage, numbers in theirs.items():
            torch.testing.assert_close(getattr(ours, stage), torch.from_numpy(numbers[head]).float(), **CLOSE)
            found = worked(model, here, 0, head, stage, T - 1, head % T)
            assert found.difference <= 1e-5 and found.recomputed == pytest.approx(found.shown, abs=1e-5)
            assert math.isclose(found.recomputed, numbers[head, T - 1, head % T], abs_tol=1e-5)
