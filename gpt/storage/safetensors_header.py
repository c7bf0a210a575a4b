"""Reading a safetensors header strictly, before any tensor library sees the file (format: safetensors README).

The library alone accepts headers that cost it many seconds; a file from a stranger is judged here in milliseconds.
"""

from __future__ import annotations

import json
import math
from typing import Any

MAX_HEADER = 1 << 20  # 1 MiB: our largest header is some 20 kB
MAX_TENSORS = 4_096
WIDTH = {"F32": 4, "F16": 2, "BF16": 2, "U8": 1, "BOOL": 1, "I64": 8, "F64": 8}


class ModelFileError(ValueError):
    """A file that cannot be read as a model; the message is one sentence fit for the page."""


def bad(reason: str) -> ModelFileError:
    """The one sentence for every unreadable file; what it quotes from the file is made short and printable."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in reason[:300])
    more = "..." if len(reason) > 300 else ""
    return ModelFileError(f"This file is not a model I can read: {shown}{more}. Nothing was loaded.")


def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse JSON objects that name a key twice (two readers could then see two files)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad("its header names something twice")
    return found


def read_header(data: bytes) -> tuple[dict[str, str], dict[str, tuple[str, tuple[int, ...]]]]:
    """Metadata, and dtype and shape of every tensor. Raises ModelFileError unless the tensors fill the file exactly."""
    if len(data) < 8:
        raise bad("it is too short")
    size = int.from_bytes(data[:8], "little")
    if size > min(MAX_HEADER, len(data) - 8):
        raise bad("its header is longer than a model's can be")
    try:
        header = json.loads(data[8 : 8 + size].decode("utf-8"), object_pairs_hook=no_twins)
    except ModelFileError:
        raise
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, a number of 5,000 digits, 100,000 brackets
        raise bad("its header is not JSON") from error
    if not isinstance(header, dict):
        raise bad("its header is not a JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise bad("its notes are not plain text")
    if len(header) > MAX_TENSORS:
        raise bad(f"it names {len(header):,} tensors, more than {MAX_TENSORS:,}")
    spans = sorted(tensor_span(name, entry) for name, entry in header.items())
    end = 0
    for start, stop, name in spans:
        if start != end:
            raise bad(f"the numbers of {name!r} do not follow the ones before")
        end = stop
    if end != len(data) - 8 - size:
        raise bad("its numbers do not fill the file exactly")
    return metadata, {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}


def tensor_span(name: str, entry: object) -> tuple[int, int, str]:
    """Where a tensor's bytes start and stop; refused unless dtype, shape and span agree."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise bad(f"{name!r} is not described as a tensor")
    shape, span = entry["shape"], entry["data_offsets"]
    for numbers in (shape, span):
        if not isinstance(numbers, list) or not all(type(n) is int and 0 <= n < 2**40 for n in numbers):
            raise bad(f"{name!r} has a shape or place that is not whole numbers")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in WIDTH:
        raise bad(f"{name!r} holds {entry['dtype']!r}, not one of {', '.join(WIDTH)}")
    if len(span) != 2 or len(shape) > 4 or span[1] - span[0] != math.prod(shape) * WIDTH[entry["dtype"]]:
        raise bad(f"{name!r} does not have the size that its shape asks for")
    return span[0], span[1], name
