"""A Hugging Face GPT-2 folder -> our `GPT`, by one table of renames and transposes (Radford et al. 2019).

The only module that knows GPT-2's own names. Only `config.json` and `model.safetensors` are ever read, the header is
checked before the library sees the numbers, and every tensor's shape before a model is built.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor

from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.storage.safetensors_header import ModelFileError, bad, read_header
from gpt.weights import unfit, with_weights

__all__ = ["ModelFileError", "load"]

MAX_CONFIG = 1 << 20  # 1 MiB: a real config.json is about 1 kB
PREFIX = "transformer."  # a file with the language-model head has it before every name, one without the head has not

# Theirs -> ours, and the shape of their weight; * is the block's number. Several of ours are the parts, in order, that
# theirs holds side by side. All but the two tables have a bias too, as long as the weight's last dimension. GPT-2's
# "Conv1D" weights (c_...) lie as [in, out], and a Linear weight of ours lies as [out, in]: these are transposed.
TABLE: dict[str, tuple[tuple[str, ...], str]] = {
    "wte": (("token_embedding",), "V C"),
    "wpe": (("position_embedding",), "T C"),
    "h.*.ln_1": (("blocks.*.norm1",), "C"),
    "h.*.attn.c_attn": (("blocks.*.attn.query", "blocks.*.attn.key", "blocks.*.attn.value"), "C 3C"),
    "h.*.attn.c_proj": (("blocks.*.attn.project",), "C C"),
    "h.*.ln_2": (("blocks.*.norm2",), "C"),
    "h.*.mlp.c_fc": (("blocks.*.mlp.expand",), "C 4C"),
    "h.*.mlp.c_proj": (("blocks.*.mlp.project",), "4C C"),
    "ln_f": (("norm_final",), "C"),
}
UNEMBED = "lm_head.weight"  # never has the prefix; in a tied model it may be missing, as it is wte.weight again
MASK = re.compile(r"h\.\d+\.attn\.(masked_)?bias")  # older files hold the causal mask too: no weights, left out

ACTIVATIONS = {"gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "gelu": "gelu", "relu": "relu"}
# What our model always does: a GPT-2 that was trained otherwise would load, and then be wrong.
FIXED = {
    "model_type": "gpt2",
    "layer_norm_epsilon": 1e-5,
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}


def load(folder: Path | str) -> GPT:
    """The GPT-2 in a Hugging Face folder, as our model: eval mode, no gradients, fp32, dropout off.

    `folder` holds `config.json` and `model.safetensors` (pickled weights are never read). Raises ModelFileError, a
    ValueError of one sentence, for a missing file, another kind of model, and any missing, extra or misshapen tensor.
    """
    folder = Path(folder)
    config = read_config(read_file(folder, "config.json"))
    weights = read_weights(read_file(folder, "model.safetensors"), config)
    return with_weights(config, weights)


def read_file(folder: Path, name: str) -> bytes:
    """The bytes of one of the two files."""
    path = folder / name
    if not path.is_file():
        raise bad(f"a GPT-2 folder holds config.json and model.safetensors, and {folder.name!r} has no {name}")
    return path.read_bytes()


def read_config(data: bytes) -> GPTConfig:
    """Our config from the bytes of theirs. Raises ModelFileError where our model would compute something else."""
    if len(data) > MAX_CONFIG:
        raise bad(f"its config.json is {len(data):,} bytes long")
    try:
        values: Any = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        raise bad("its config.json is not JSON") from error
    if not isinstance(values, dict):
        raise bad("its config.json is not a JSON object")
    if "n_positions" not in values and "n_ctx" in values:  # what the field was called at first
        values["n_positions"] = values["n_ctx"]
    for name in ("vocab_size", "n_positions", "n_layer", "n_head", "n_embd"):
        need(name in values, f"its config.json lacks {name!r}")
    for name, wanted in FIXED.items():
        value = values.get(name, wanted)
        need(value == wanted, f"its {name} is {shown(value)}, and only {wanted!r} can be shown")
    activation = values.get("activation_function", "gelu_new")
    known = isinstance(activation, str) and activation in ACTIVATIONS
    need(known, f"its activation_function is {shown(activation)}, not one of {', '.join(ACTIVATIONS)}")
    tied = values.get("tie_word_embeddings", True)
    need(type(tied) is bool, f"its tie_word_embeddings is {shown(tied)}, not true or false")
    need(values["n_layer"] != 0, "it has no blocks")  # then ln_f has no place in ours
    try:
        config = GPTConfig(
            vocab_size=values["vocab_size"],
            block_size=values["n_positions"],
            n_layer=values["n_layer"],
            n_head=values["n_head"],
            n_embd=values["n_embd"],
            activation=ACTIVATIONS[activation],
            bias=True,
            head="tied" if tied else "untied",
        )
    except ValueError as error:
        raise bad(f"its config.json does not describe one ({error})") from error
    inner, ours = values.get("n_inner"), 4 * config.n_embd
    need(inner in (None, ours), f"its n_inner is {shown(inner)}, and only {ours} can be shown")
    return config


def read_weights(data: bytes, config: GPTConfig) -> dict[str, Tensor]:
    """The state dict of `GPT(config)` in a file's bytes. Raises ModelFileError for a tensor missing, extra or wrong."""
    shapes = read_header(data)[1]
    prefix = PREFIX if any(name.startswith(PREFIX) for name in shapes) else ""
    rows = renames(config, prefix)
    if config.head == "untied" or UNEMBED in shapes:
        rows[UNEMBED] = (["unembed.weight"], (config.vocab_size, config.n_embd))
    for name in sorted(shapes):
        known = name in rows or MASK.fullmatch(name.removeprefix(prefix)) is not None
        need(known, f"it also holds the tensor {shown(name)}")
    for theirs, (_, wanted) in rows.items():
        need(theirs in shapes, f"it lacks the tensor {theirs!r}")
        dtype, shape = shapes[theirs]
        need(shape == wanted, f"the tensor {theirs!r} is {list(shape)}, expected {list(wanted)}")
        need(dtype in ("F32", "F16", "BF16"), f"the tensor {theirs!r} holds {dtype}, not F32, F16 or BF16")
    try:
        tensors = read_tensors(data)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise bad("its numbers cannot be read") from error
    if reason := unfit({name: tensor for name, tensor in tensors.items() if name in rows}):
        raise bad(reason)
    weights: dict[str, Tensor] = {}
    for theirs, (ours, shape) in rows.items():
        tensor = tensors.pop(theirs).float()
        if ".c_" in theirs and len(shape) == 2:
            tensor = tensor.t()  # (in, out) -> (out, in)
        parts = [part.contiguous() for part in tensor.chunk(len(ours))]  # each (out, in) or (out,)
        weights |= zip(ours, parts, strict=True)
    if config.head == "untied":
        weights["unembed.bias"] = torch.zeros(config.vocab_size)  # (V,): GPT-2's output table has no bias
    else:
        table = weights["token_embedding.weight"]  # (V, C)
        same = torch.equal(weights.get("unembed.weight", table), table)
        need(same, "its config.json ties lm_head.weight to wte.weight, but the two differ")
        weights.pop("unembed.weight", None)
    return weights


def renames(config: GPTConfig, prefix: str) -> dict[str, tuple[list[str], tuple[int, ...]]]:
    """The table written out for such a model: each of their names -> our names, and the shape that theirs must have."""
    V, T, C = config.vocab_size, config.block_size, config.n_embd
    size = {"V": V, "T": T, "C": C, "3C": 3 * C, "4C": 4 * C}
    rows: dict[str, tuple[list[str], tuple[int, ...]]] = {}
    for theirs, (ours, letters) in TABLE.items():
        shape = tuple(size[letter] for letter in letters.split())
        ends = {".weight": shape} if theirs in ("wte", "wpe") else {".weight": shape, ".bias": shape[-1:]}
        for layer in range(config.n_layer if "*" in theirs else 1):
            for end, wanted in ends.items():
                names = [name.replace("*", str(layer)) + end for name in ours]
                rows[prefix + theirs.replace("*", str(layer)) + end] = (names, wanted)
    return rows


def need(ok: bool, reason: str) -> None:
    """Refuse the file, in one sentence, unless `ok`."""
    if not ok:
        raise bad(reason)


def shown(value: object) -> str:
    """A value from a stranger's file, short enough for one sentence."""
    return repr(value)[:40]
