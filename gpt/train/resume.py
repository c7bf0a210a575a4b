"""All that a training needs to go on, in one file that knows its own fingerprint: a flipped bit never goes unnoticed.

Tensors and JSON notes as safetensors; the notes' sha256 covers the notes and every tensor with its name and shape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from gpt.storage.safetensors_header import ModelFileError, read_header


class StateError(ValueError):
    """A state that is not what was written."""


def fingerprint(tensors: Mapping[str, Tensor], notes: str) -> str:
    """The sha256 of the notes and of every tensor's name, type, shape and numbers, 64 hexadecimal digits."""
    found = hashlib.sha256(notes.encode())
    for name in sorted(tensors):
        tensor = tensors[name]  # any shape
        found.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        found.update(tensor.contiguous().numpy().tobytes())
    return found.hexdigest()


def pack(tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> bytes:
    """The bytes of the file. The tensors may have any shape; the notes are JSON values."""
    kept, told = {name: tensor.contiguous() for name, tensor in tensors.items()}, json.dumps(dict(notes))
    return write_tensors(kept, {"state": told, "sha256": fingerprint(kept, told)})


def unpack(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and notes as they were packed. Raises StateError for a file in which anything has changed."""
    try:
        notes, _ = read_header(data)
        tensors = read_tensors(data)
        if fingerprint(tensors, notes["state"]) != notes["sha256"]:
            raise StateError("The numbers of this state are not those that were saved.")
        return tensors, json.loads(notes["state"])
    except (ModelFileError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise StateError("This state cannot be read as it was saved.") from error
