"""Every stage of a head against other programs' numbers: llm-viz's GPT that sorts, and 288 heads of the real GPT-2."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gpt import checkpoint
from gpt.analysis.arithmetic import STAGES, stages, worked
from gpt.config import GPTConfig
from gpt.edits import PatchSite
from gpt.model import GPT
from gpt.tokenizers import CharTokenizer
from gpt.trace import trace
from tests.gpt.test_nano_sort import DATA, MODEL, PARTIALS, read
from tests.gpt.test_nano_sort import model as nano_sort  # noqa: F401 # a fixture

CLOSE = {"rtol": 0.0, "atol": 1e-5}
needs_nano = pytest.mark.skipif(
    not (MODEL.is_file() and PARTIALS.is_file()), reason="gpt-nano-sort is not in ../shared/data next to the project"
)
PROMPTS = [DATA / f"gpt2-prompt{i}.json.gz" for i in (0, 1)]
needs_gpt2 = pytest.mark.skipif(
    not all(path.is_file() for path in PROMPTS), reason="GPT-2's heads are not in ../shared/data next to the project"
)


@needs_nano
@pytest.mark.parametrize("row", [0, 1, 2])
def test_every_stage_of_nano_sort(row: int, nano_sort: GPT, tmp_path: Path) -> None:  # noqa: F811
    """Saved and loaded as the picker's models are; the three heads of the first block, cell by cell."""
    checkpoint.save(tmp_path / "sort.safetensors", nano_sort, CharTokenizer(("A", "B", "C")))
    model = checkpoint.load(tmp_path / "sort.safetensors").model
    _, theirs = read(PARTIALS)
    ids = theirs["idx"][row].to(torch.int64)  # (T,)
    here, D = trace(model, ids), model.config.head_size
    for head in range(model.config.n_head):
        ours = stages(model, here, 0, head)
        q, k = theirs["q"][row, head], theirs["k"][row, head]  # (T, D), (T, D)
        expected = {
            "q": q,
            "k": k,
            "v": theirs["v"][row, head],  # (T, D)
            "dot": q @ k.T,  # (T, T)
            "scaled": q @ k.T / math.sqrt(D),  # (T, T)
            "masked": theirs["att"][row, head],  # (T, T)
            "pattern": theirs["attSm"][row, head],  # (T, T)
            "z": theirs["y"][row, :, head * D : (head + 1) * D],  # (T, D)
        }
        assert tuple(expected) == STAGES
        for stage, numbers in expected.items():
            torch.testing.assert_close(getattr(ours, stage), numbers, **CLOSE)
            recomputed = [
                [worked(model, here, 0, head, stage, i, j).recomputed for j in range(numbers.shape[1])]
                for i in range(len(numbers))
            ]
            torch.testing.assert_close(torch.tensor(recomputed), numbers, **CLOSE)


def numbers(rows: list[list[float | None]]) -> Tensor:
    """A matrix (T, T) of theirs, in which a hidden score is null."""
    return torch.tensor([[-math.inf if x is None else x for x in row] for row in rows])


def put_in(site: str, values: Tensor) -> PatchSite:
    """Let these values (H, T, D) flow at a site of the first layer."""
    return PatchSite(site, 0, None, tuple(values.shape), values.contiguous().numpy().tobytes())


@needs_gpt2
@pytest.mark.parametrize("path", PROMPTS, ids=["prompt 0", "prompt 1"])
def test_scale_mask_and_softmax_of_gpt2(path: Path) -> None:
    """144 heads a prompt: their q·k is put into a layer of GPT-2's shape, and every stage after it is theirs.

    Their file has q·k but neither q nor k. With the unit vectors for keys, q·k is any matrix that one puts in as q.
    """
    outputs: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))["outputs"]
    config = GPTConfig(vocab_size=2, block_size=16, n_layer=1, n_head=12, n_embd=768, feed_forward=False)
    model = GPT(config, torch.Generator().manual_seed(0)).eval().requires_grad_(False)
    seen = 0
    for block in range(12):
        theirs = {
            kind: torch.stack([numbers(outputs[f"block_{block}_attn_head_{h}_{kind}"]["data"]) for h in range(12)])
            for kind in ("attn", "attn_scaled", "attn_masked", "attn_softmax")
        }  # (H, T, T) each
        T = theirs["attn"].shape[-1]
        q = torch.zeros(12, T, 64)  # (H, T, D)
        q[:, :, :T] = theirs["attn"]
        here = trace(model, [0] * T, [put_in("q", q), put_in("k", torch.eye(T, 64).expand(12, T, 64))])
        for head in range(12):
            ours = stages(model, here, 0, head)
            for stage, kind in {"dot": "attn", "scaled": "attn_scaled", "masked": "attn_masked"}.items():
                torch.testing.assert_close(getattr(ours, stage), theirs[kind][head], **CLOSE)
            torch.testing.assert_close(ours.pattern, theirs["attn_softmax"][head], **CLOSE)
            for stage in ("dot", "scaled", "masked", "pattern"):
                found = worked(model, here, 0, head, stage, T - 1, head % T)
                assert found.difference <= 1e-5 and found.recomputed == pytest.approx(found.shown, abs=1e-5)
            seen += 1
    assert seen == 144
