"""One model, one immutable safetensors file: weights, and in its JSON notes config, tokenizer, step and record.

The only module that reads or writes models. Only safetensors and JSON are ever read, the header is checked before the
library sees the file, and the file is read as bytes: nothing that happens to it later can reach a loaded model.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from gpt import tokenizers
from gpt.config import STORAGES, GPTConfig, need_int, need_one_of
from gpt.model import GPT
from gpt.record import clean
from gpt.storage.atomic import write_durable
from gpt.storage.bounded import UnfitFile, read_bounded
from gpt.storage.safetensors_header import ModelFileError, bad, read_header
from gpt.storage.step_files import MAX_STEP
from gpt.tokenizers import Tokenizer
from gpt.weights import filled, shaped, unfit

FORMAT = "1"
MAX_FILE = 1 << 31  # 2 GiB: half a billion weights
DTYPE = {"fp32": torch.float32, "fp16": torch.float16}

__all__ = ["Checkpoint", "ModelFileError", "load", "loads", "save"]


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model: frozen, in eval mode, safe to share between sessions."""

    model: GPT
    tokenizer: Tokenizer
    config: GPTConfig
    step: int
    record: Mapping[str, Any]  # how it was trained (gpt/record.py): recipe, losses along the way, text, torch, seconds


def weights_of(model: GPT) -> dict[str, Tensor]:
    """The tensors that make the model, each once (a tied head is the token table)."""
    weights = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    if model.config.head == "tied":
        del weights["unembed.weight"]
    return weights


def dumps(
    model: GPT, tokenizer: Tokenizer, step: int = 0, record: Mapping[str, Any] | None = None, storage: str = "fp32"
) -> bytes:
    """The bytes of the file; `storage` fp16 halves them at about three digits of precision.

    Whatever is written can be read again. Raises ValueError for a model that cannot: weights that are no numbers or
    far too large, an alphabet of another size, a record of megabytes.
    """
    need_one_of("storage", storage, STORAGES)
    need_int("step", step, 0, MAX_STEP)
    weights = weights_of(model)
    if tokenizer.vocab_size != model.config.vocab_size:
        raise ValueError(f"The alphabet has {tokenizer.vocab_size} tokens, the model {model.config.vocab_size}.")
    if reason := unfit(weights):
        raise ValueError(f"This model cannot be kept: {reason}.")
    tensors = {name: tensor.to(DTYPE[storage]).contiguous() for name, tensor in weights.items()}
    notes = {
        "nanoscope": FORMAT,
        "config": json.dumps(model.config.to_json()),
        "tokenizer": json.dumps(tokenizer.to_json()),
        "step": str(step),
        "record": json.dumps(clean(record or {})),
    }
    data = write_tensors(tensors, notes)
    read_header(data)  # what could not be read again is not written: notes of megabytes, for example
    return data


def save(
    path: Path | str,
    model: GPT,
    tokenizer: Tokenizer,
    step: int = 0,
    record: Mapping[str, Any] | None = None,
    storage: str = "fp32",
) -> None:
    """Write the model to `path`, durably. Raises FileExistsError rather than change a file that is there."""
    path = Path(path)
    if path.exists():
        raise FileExistsError(f"{path.name} is already there, and a saved step is never changed: choose another name.")
    write_durable(path, dumps(model, tokenizer, step, record, storage))


def loads(data: bytes) -> Checkpoint:
    """The model in a file's bytes. Raises ModelFileError, with one sentence, for anything that is not exactly one."""
    notes, shapes = read_header(data)
    if notes.get("nanoscope") != FORMAT:
        raise bad("it was not written by Nanoscope")
    try:
        config = GPTConfig.from_json(json.loads(notes["config"]))
        tokenizer = tokenizers.load(json.loads(notes["tokenizer"]))
        step = int(notes["step"])
        need_int("step", step, 0, MAX_STEP)
        record = json.loads(notes["record"])
        if not isinstance(record, dict):
            raise ValueError("record is not a JSON object")
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise bad(f"its notes do not describe one ({str(error).rstrip('.')})") from error
    if tokenizer.vocab_size != config.vocab_size:
        raise bad(f"its alphabet has {tokenizer.vocab_size} tokens, its model {config.vocab_size}")
    check_size(config, shapes)
    model = shaped(config)
    expected = {name: tuple(tensor.shape) for name, tensor in weights_of(model).items()}
    for name in sorted(expected.keys() | shapes.keys()):
        if name not in shapes or name not in expected:
            raise bad(f"it {'lacks' if name in expected else 'also holds'} the tensor {name!r}")
        dtype, shape = shapes[name]
        if shape != expected[name]:
            raise bad(f"the tensor {name!r} is {list(shape)}, expected {list(expected[name])}")
        if dtype not in ("F32", "F16", "BF16"):
            raise bad(f"the tensor {name!r} holds {dtype}, expected F32, F16 or BF16")
    try:
        weights = {name: tensor.to(torch.float32, copy=True) for name, tensor in read_tensors(data).items()}
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise bad("its numbers cannot be read") from error
    if reason := unfit(weights):
        raise bad(reason)
    return Checkpoint(filled(model, weights), tokenizer, config, step, clean(record))


def check_size(config: GPTConfig, shapes: Mapping[str, tuple[str, tuple[int, ...]]]) -> None:
    """Refuse a config that would make a model far larger than its file, before that model is built."""
    V, C, T, L = config.vocab_size, config.n_embd, config.block_size, config.n_layer
    held = sum(math.prod(shape) for _, shape in shapes.values())
    tables = V * C + (T * C if config.position == "learned" else 0)
    mlp = 2 * config.neurons if config.feed_forward else 0
    needed = tables + L * C * (4 * C + mlp)  # without gains and biases
    if len(shapes) < 4 * L or 4 * held < needed:  # which tensor is missing is said later, if it is only a few
        raise bad(f"its {len(shapes):,} tensors with {held:,} numbers are too few for the model of its notes")


def load(path: Path | str) -> Checkpoint:
    """The model in a file: eval mode, no gradients. Raises ModelFileError, or OSError when it cannot be opened."""
    try:
        return loads(read_bounded(Path(path), MAX_FILE, links=True))
    except UnfitFile as error:
        raise bad(f"it is {error}") from error
