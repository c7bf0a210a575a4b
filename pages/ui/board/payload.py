"""Panels -> the bytes that the browser unpacks: [u32 length][JSON header, padded][arrays, padded to 4].

What a browser holds already does not travel again: a panel may be told as what differs from an earlier one (`base`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pages.ui.board.panel import Panel

KIND = {"uint16": "u16", "int16": "i16", "float32": "f32"}
TWO, FOUR = 1, 5  # from which high byte on it takes two bits, and four; beyond them it is written out


def as_json(values: Mapping[str, Any]) -> bytes:
    """JSON that every browser reads. Raises ValueError for what is no number: it would silence the whole page."""
    return json.dumps(values, allow_nan=False, separators=(",", ":")).encode()


def padded(part: bytes) -> bytes:
    """A part whose successor begins at a multiple of four."""
    return part + b"\0" * (-len(part) % 4)


def headed(values: Mapping[str, Any]) -> bytes:
    """A header with its length, padded so that what follows begins at a multiple of four."""
    head = as_json(values)
    head += b" " * (-(4 + len(head)) % 4)
    return len(head).to_bytes(4, "little") + head


def pack(panel: Panel, base: Panel | None = None, common: Mapping[str, Any] | None = None) -> bytes:
    """One panel, or what differs in it from `base`, a panel of the same class that the browser holds.

    Lists that panels before it have under the same name (`common`) are only named. `unpack` of shared/bytes.js gives
    back the header with each array under its name.
    """
    before, held = ({}, {}) if base is None else (base.header(), dict(base.arrays()))
    new = {name: value for name, value in panel.header().items() if name not in before or value != before[name]}
    also = [name for name, value in new.items() if is_list(value) and value == (common or {}).get(name)]
    header = {name: value for name, value in new.items() if name not in also} | ({"also": also} if also else {})
    if not panel.has_arrays():
        return as_json(header)
    listed, body = list[list[Any]](), list[bytes]()
    for name, array in panel.arrays():
        axis = panel.growing(name)
        front, back = unchanged(held[name], array, axis) if name in held else (0, 0)
        size = array.shape[axis]
        middle = np.take(array, range(front, size - back), axis) if front or back else array
        shape = [int(np.prod(array.shape[:axis])), size, int(np.prod(array.shape[axis + 1 :]))]
        listed.append([name, KIND[array.dtype.name], shape, [front, back]])
        body += codes(middle) if array.dtype == np.uint16 else [padded(middle.tobytes())]
    return headed({**header, "arrays": listed}) + b"".join(body)


def is_list(value: object) -> bool:
    """Whether a field may be long, and so is not told twice."""
    return isinstance(value, list | tuple)


def unchanged(old: np.ndarray, new: np.ndarray, axis: int) -> tuple[int, int]:
    """How many slices along an axis are the same, bit for bit, from the front and, of the rest, from the back."""
    if old is new:
        return new.shape[axis], 0
    without = [size for i, size in enumerate(old.shape) if i != axis]
    if old.ndim != new.ndim or without != [size for i, size in enumerate(new.shape) if i != axis]:
        return 0, 0
    fewer = min(old.shape[axis], new.shape[axis])
    front = leading(*(np.moveaxis(one, axis, 0)[:fewer] for one in (old, new)))
    rest = fewer - front
    back = leading(*(np.moveaxis(one, axis, 0)[::-1][:rest] for one in (old, new)))
    return front, back


def leading(one: np.ndarray, other: np.ndarray) -> int:
    """How many slices of the first axis are the same, bit for bit, before one differs; two arrays of one shape."""
    if not one.size:
        return len(one)
    bits = np.uint32 if one.dtype == np.float32 else one.dtype
    differs = (one.view(bits) != other.view(bits)).any(axis=tuple(range(1, one.ndim)))  # (N,)
    first = int(differs.argmax())
    return first if differs[first] else len(one)


def codes(array: np.ndarray) -> list[bytes]:
    """Whole numbers of 16 bits, most of them small, in a quarter less: low bytes, and of the high bytes what there is.

    Two bits each tell where the high byte is: it is 0, or stands in two bits, in four, or in a byte of its own.
    """
    flat = array.ravel()
    high = (flat >> 8).astype(np.uint8)
    long = FOUR + 16
    kind = (high >= TWO).view(np.uint8) + (high >= FOUR).view(np.uint8) + (high >= long).view(np.uint8)
    parts = (
        flat.astype(np.uint8),
        squeezed(kind, 2),
        squeezed(high[kind == 1] - np.uint8(TWO), 2),
        squeezed(high[kind == 2] - np.uint8(FOUR), 4),
        high[kind == 3],
    )
    return [padded(part.tobytes()) for part in parts]


def squeezed(values: np.ndarray, bits: int) -> np.ndarray:
    """Numbers of so many bits, several in a byte, the first lowest."""
    each = 8 // bits
    whole = np.append(values, np.zeros(-len(values) % each, np.uint8))
    return np.bitwise_or.reduce([whole[i::each] << bits * i for i in range(each)]).astype(np.uint8)


def pack_board(
    panels: Sequence[tuple[Panel, int]], frame: str = "", base: str = "", held: Mapping[str, Panel] | None = None
) -> bytes:
    """Several panels in one blob, each with how many of 60 columns it takes; `unpackBoard` takes it apart.

    `frame` is the blob's name; `held` are the panels of the earlier blob `base`, which the browser holds.
    """
    listed, body, common, held = list[list[Any]](), list[bytes](), dict[str, Any](), held or {}
    for panel, span in panels:
        before = held.get(panel.name)
        before = before if type(before) is type(panel) else None
        part = pack(panel, before, common)
        kind = ("bytes" if panel.has_arrays() else "json", "whole" if before is None else "changed")
        listed.append([panel.name, span, *kind, len(part)])
        body.append(padded(part))
        for name, value in panel.header().items():
            if is_list(value):
                common.setdefault(name, value)
    return headed({"frame": frame, "base": base, "panels": listed}) + b"".join(body)
