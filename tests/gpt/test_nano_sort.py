"""Every number inside a trained model of somebody else's: llm-viz's GPT that sorts, against our Trace.

Its partial results were computed by another program, so a wrong GELU, a swapped norm or a head cut the wrong way shows.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from gpt import gpt2
from gpt.model import GPT
from gpt.trace import Trace, trace
from tests.support import ROOT

DATA = ROOT.parent / "shared" / "data"
MODEL, PARTIALS = DATA / "gpt-nano-sort-model.json", DATA / "gpt-nano-sort-t0-partials.json"
TOLERANCE = 1e-5

pytestmark = pytest.mark.skipif(
    not (MODEL.is_file() and PARTIALS.is_file()), reason="gpt-nano-sort is not in ../shared/data next to the project"
)


def decode(entry: dict[str, Any]) -> Tensor:
    """A tensor from its base64 float32 numbers."""
    numbers = np.frombuffer(base64.b64decode(entry["data"]), dtype="<f4")
    return torch.from_numpy(numbers.reshape(entry["shape"]).copy())


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config and the tensors of one of the two files."""
    values = json.loads(path.read_text(encoding="utf-8"))
    config = values.pop("config")
    return config, {name: decode(entry) for name, entry in values.items()}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> GPT:
    """Written as a GPT-2 folder, its matrices laid as GPT-2 lays them, and read by our reader, mask buffers and all."""
    folder = tmp_path_factory.mktemp("nano-sort")
    config, tensors = read(MODEL)
    for name in tensors:
        if ".c_" in name and name.endswith(".weight"):
            tensors[name] = tensors[name].t().contiguous()  # (out, in) -> (in, out)
    save_file(tensors, folder / "model.safetensors")
    fields = {name: config[name] for name in ("n_layer", "n_head", "n_embd", "vocab_size")}
    fields |= {"n_positions": config["block_size"], "activation_function": "gelu_new", "tie_word_embeddings": False}
    (folder / "config.json").write_text(json.dumps(fields), encoding="utf-8")
    return gpt2.load(folder)


def merge(heads: Tensor) -> Tensor:
    """The heads side by side: (H, T, D) -> (T, C)."""
    return heads.transpose(0, 1).flatten(1)  # (T, C)


def partials(model: GPT, ids: Tensor, seen: Trace) -> dict[str, Tensor]:
    """What our Trace says about each partial result, by its name in the file: if of a block, of the first."""
    block = model.blocks[0]
    T = len(ids)
    positions = model.positions(T)
    assert positions is not None
    return {
        "tok_emb": model.token_embedding(ids),  # (T, C)
        "pos_emb": positions,  # (T, C)
        "x": seen.resid_pre[0],  # (T, C)
        "ln1": block.norm1(seen.resid_pre[0]),  # (T, C)
        "q": seen.q[0],  # (H, T, D)
        "k": seen.k[0],  # (H, T, D)
        "v": seen.v[0],  # (H, T, D)
        "qkv": torch.cat([merge(seen.q[0]), merge(seen.k[0]), merge(seen.v[0])], dim=1),  # (T, 3C)
        "att": seen.scores[0].masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf),  # (H, T, T)
        "attSm": seen.pattern[0],  # (H, T, T)
        "y": merge(seen.z[0]),  # (T, C)
        "yProj": seen.attn_out[0],  # (T, C)
        "attnResid": seen.resid_mid[0],  # (T, C)
        "ln2": block.norm2(seen.resid_mid[0]),  # (T, C)
        "fc": seen.mlp_pre[0],  # (T, 4C)
        "gelu": seen.mlp_post[0],  # (T, 4C)
        "mlp": seen.mlp_out[0],  # (T, C)
        "mlpResid": seen.resid_post[0],  # (T, C)
        "block0": seen.resid_post[0],  # (T, C)
        "block1": seen.resid_post[1],  # (T, C)
        "block2": seen.resid_post[2],  # (T, C)
        "ln_f": model.norm_final(seen.resid_post[-1]),  # (T, C)
        "lm_head": seen.logits,  # (T, V)
        "probs": torch.softmax(seen.logits, dim=-1),  # (T, V)
    }


def test_it_is_the_whole_model(model: GPT) -> None:
    _, tensors = read(MODEL)
    theirs = sum(tensor.numel() for name, tensor in tensors.items() if not name.endswith(".attn.bias"))
    ours = sum(weight.numel() for weight in model.parameters())
    assert ours == theirs + model.unembed.bias.numel()  # our output table has a bias and theirs has not:
    assert not model.unembed.bias.any()  # it is zero


@pytest.mark.parametrize("row", [0, 1, 2])
def test_every_partial_result_is_ours(row: int, model: GPT) -> None:
    _, theirs = read(PARTIALS)
    ids = theirs.pop("idx")[row].to(torch.int64)  # (T,)
    ours = partials(model, ids, trace(model, ids))
    assert ours.keys() == theirs.keys()
    for name, ours_there in ours.items():
        expected = theirs[name][row if len(theirs[name]) > 1 else 0]  # pos_emb is the same for all inputs
        torch.testing.assert_close(
            ours_there, expected, rtol=0.0, atol=TOLERANCE, msg=lambda m, name=name: f"{name}: {m}"
        )


def test_it_sorts(model: GPT) -> None:
    """What it says after the sixth letter and at the places that follow is the six letters in order."""
    _, theirs = read(PARTIALS)
    for ids in theirs["idx"].to(torch.int64):  # (T,)
        answer = trace(model, ids).logits[5:].argmax(dim=-1)  # (6,)
        assert answer.tolist() == sorted(ids[:6].tolist())
