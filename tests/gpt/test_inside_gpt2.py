"""Every number inside a trained GPT-2 of somebody else's, against our Trace.

The library `transformers` trained it and computed the references in double precision, so a wrong GELU, a swapped norm
or a head cut the wrong way shows.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from gpt.analysis.stages import block_of
from gpt.trace import Trace, trace
from tests.support.references import CLOSE, DATA, PROMPTS, TINY_GPT2, TOKENIZER, inside_gpt2, tiny_gpt2


def ours(ids: Tensor, seen: Trace) -> dict[str, Tensor]:
    """What we say about each number of theirs, by its name in the file."""
    model = tiny_gpt2()
    blocks = [block_of(model, layer) for layer in range(model.config.n_layer)]
    positions = model.positions(len(ids))  # (T, C)
    assert positions is not None
    return {
        "tokens": model.token_embedding(ids),  # (T, C)
        "positions": positions,  # (T, C)
        "resid_pre": seen.resid_pre,  # (L, T, C)
        "norm1": torch.stack([block.norm1(x) for block, x in zip(blocks, seen.resid_pre, strict=True)]),  # (L, T, C)
        "q": seen.q,  # (L, H, T, D)
        "k": seen.k,  # (L, H, T, D)
        "v": seen.v,  # (L, H, T, D)
        "scores": seen.scores,  # (L, H, T, T)
        "pattern": seen.pattern,  # (L, H, T, T)
        "z": seen.z,  # (L, H, T, D)
        "attn_out": seen.attn_out,  # (L, T, C)
        "resid_mid": seen.resid_mid,  # (L, T, C)
        "norm2": torch.stack([block.norm2(x) for block, x in zip(blocks, seen.resid_mid, strict=True)]),  # (L, T, C)
        "mlp_pre": seen.mlp_pre,  # (L, T, N)
        "mlp_post": seen.mlp_post,  # (L, T, N)
        "mlp_out": seen.mlp_out,  # (L, T, C)
        "resid_post": seen.resid_post,  # (L, T, C)
        "norm_final": model.norm_final(seen.resid_post[-1]),  # (T, C)
        "logits": seen.logits,  # (T, V)
    }


def test_it_is_the_whole_model() -> None:
    tensors = load_file(TINY_GPT2 / "model.safetensors")
    assert sum(name.endswith(".attn.bias") for name in tensors) == 3  # mask buffers of old files, which are no weights
    theirs = sum(tensor.numel() for name, tensor in tensors.items() if not name.endswith(".attn.bias"))
    bias = tiny_gpt2().unembed.bias
    assert sum(weight.numel() for weight in tiny_gpt2().parameters()) == theirs + bias.numel()  # ours has a bias, and
    assert not bias.any()  # it is zero


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_number_is_ours(prompt: int) -> None:
    theirs = dict(inside_gpt2(prompt))
    ids = theirs.pop("ids")  # (T,)
    found = ours(ids, trace(tiny_gpt2(), ids))
    assert found.keys() == theirs.keys()
    for name, numbers in found.items():
        torch.testing.assert_close(numbers, theirs[name], **CLOSE, msg=lambda m, name=name: f"{name}: {m}")
    with torch.no_grad():  # untapped: another kernel, the same logits
        torch.testing.assert_close(tiny_gpt2()(ids[None])[0], theirs["logits"], **CLOSE)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_it_has_learned_to_look(prompt: int) -> None:
    """Heads that look at all tokens alike could stand for one another: these differ, and repeat words never seen."""
    theirs = inside_gpt2(prompt)
    text = TOKENIZER.decode(theirs["ids"].tolist())
    said = TOKENIZER.decode(theirs["logits"].argmax(dim=-1).tolist())
    copies = [found.span(2) for found in re.finditer(r"(\w+):(\1)", text)]
    assert len(copies) == 2
    for start, end in copies:
        assert said[start - 1 : end] == text[start:end] + "\n"  # from the colon to the end of the line
    heads = theirs["pattern"].flatten(0, 1)  # (L * H, T, T)
    largest = heads[:, 5:].max(dim=-1).values.mean(dim=-1)  # (L * H,), rows that see six tokens or more
    assert largest.max() > 0.4 and largest.min() < 0.2
    assert all((a - b).abs().max() > 0.01 for a, b in itertools.combinations(heads, 2))


def test_a_wrong_activation_would_show() -> None:
    """The exact GELU in place of GPT-2's differs by more than the tolerance: the reference can tell them apart."""
    pre, post = inside_gpt2(0)["mlp_pre"], inside_gpt2(0)["mlp_post"]
    assert (torch.nn.functional.gelu(pre) - post).abs().max() > 10 * CLOSE["atol"]


def test_the_references_are_what_the_script_makes() -> None:
    """From the weights that are kept, by `transformers` and torch alone: nothing of ours made them."""
    script = DATA / "make_references.py"
    assert "gpt." not in script.read_text(encoding="utf-8").replace("attn_implementation", "")
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0 and done.stdout == "as the script makes them\n", done.stderr + done.stdout


def test_they_are_small() -> None:
    assert sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file()) <= 600_000
    assert json.loads((TINY_GPT2 / "config.json").read_text(encoding="utf-8"))["model_type"] == "gpt2"
