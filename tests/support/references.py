"""The small references in tests/data that other people's code computed; `make_references.py` there says how."""

from __future__ import annotations

import functools
import json
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from gpt import gpt2
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.tokenizers import CharTokenizer
from tests.support import ROOT

DATA = ROOT / "tests" / "data"
TINY_GPT2 = DATA / "tiny_gpt2"
TOKENIZER = CharTokenizer(tuple("abcdefghijklmnopqrstuvwxyz:\n"))
PROMPTS = (0, 1)
CLOSE: dict[str, Any] = {"rtol": 0.0, "atol": 1e-5}


@functools.cache
def tiny_gpt2() -> GPT:
    """A small GPT-2 that `transformers` trained to say a word again, read by our reader, mask buffers and all."""
    return gpt2.load(TINY_GPT2)


@functools.cache
def inside_gpt2(prompt: int) -> dict[str, Tensor]:
    """Every number in it on one of the prompts, as `transformers` computed it; stacked over layers like our Trace."""
    return load_file(TINY_GPT2 / f"prompt{prompt}.safetensors")


def head_stages(prompt: int, layer: int, head: int) -> dict[str, Tensor]:
    """One head of it in eight stages, by the names and in the order of `gpt.analysis.arithmetic.STAGES`."""
    theirs = inside_gpt2(prompt)
    q, k, v, scores, pattern, z = (theirs[site][layer, head] for site in ("q", "k", "v", "scores", "pattern", "z"))
    dot = (q.double() @ k.double().T).float()  # (T, T)
    masked = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -torch.inf)  # (T, T)
    return {"q": q, "k": k, "v": v, "dot": dot, "scaled": scores, "masked": masked, "pattern": pattern, "z": z}


def post_norm() -> tuple[GPT, dict[str, Tensor]]:
    """A layer of torch's own, its weights in our model, and the input, attention and output that torch computed.

    Token number t of the model is row t of the input, so that its stream begins with the input.
    """
    seen = load_file(DATA / "post_norm.safetensors")
    T, C = seen["input"].shape
    heads = seen["pattern"].shape[0]
    config = GPTConfig(
        vocab_size=T, block_size=T, n_layer=1, n_head=heads, n_embd=C,
        norm="post", activation="relu", bias=True, position="none", head="untied",
    )  # fmt: skip
    model = GPT(config).eval().requires_grad_(False)
    weights = {name.removeprefix("weight."): x for name, x in seen.items() if name.startswith("weight.")}
    ours = {"token_embedding.weight": seen["input"]}  # (V, C)
    for end in ("weight", "bias"):
        parts = zip(("query", "key", "value"), weights[f"self_attn.in_proj_{end}"].chunk(3), strict=True)
        ours |= {f"blocks.0.attn.{name}.{end}": part for name, part in parts}
        ours |= {
            f"blocks.0.attn.project.{end}": weights[f"self_attn.out_proj.{end}"],
            f"blocks.0.mlp.expand.{end}": weights[f"linear1.{end}"],
            f"blocks.0.mlp.project.{end}": weights[f"linear2.{end}"],
            f"blocks.0.norm1.{end}": weights[f"norm1.{end}"],
            f"blocks.0.norm2.{end}": weights[f"norm2.{end}"],
        }
    ours |= {"unembed.weight": torch.zeros(T, C), "unembed.bias": torch.zeros(T)}  # the layer has none
    model.load_state_dict(ours)
    return model, {name: x for name, x in seen.items() if not name.startswith("weight.")}


def gpt2_logits(prompt: int) -> Tensor:
    """50,257 logits of the real GPT-2 after a prompt, largest first; all but the 1,024 largest share their mean weight.

    float64, (V,). Exact for whatever keeps no more than the 1,024 largest.
    """
    row: dict[str, Any] = json.loads((DATA / "gpt2_logits.json").read_text(encoding="utf-8"))[prompt]
    logits = torch.full((row["vocabulary"],), row["each of the others"], dtype=torch.float64)  # (V,)
    logits[: len(row["largest"])] = torch.tensor(row["largest"], dtype=torch.float64)  # (1024,)
    return logits
