"""Panels -> the bytes that the browser unpacks: [u32 length][JSON header, padded][arrays, padded to 4].

What a browser holds already does not travel again: a panel may be told as what differs from an earlier one (`base`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from pages.ui.board.bit_planes import differences, packed
from pages.ui.board.panel import Panel

KIND = {np.dtype(np.uint16): "u16", np.dtype(np.int16): "i16", np.dtype(np.float32): "f32"}
JSON = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def as_json(values: Mapping[str, Any]) -> bytes:
    """JSON that every browser reads. Raises ValueError for what is no number: it would silence the whole page."""
    return JSON.encode(values).encode() if values else b"{}"


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
    new = {name: value for name, value in panel.header().items() if name not in before or unlike(value, before[name])}
    also = [name for name, value in new.items() if is_list(value) and common and not unlike(value, common.get(name))]
    header = {name: value for name, value in new.items() if name not in also} | ({"also": also} if also else {})
    if not panel.has_arrays():
        return as_json(header)
    listed, body = list[list[Any]](), list[bytes]()
    for name, array in panel.arrays():
        axis, old = panel.growing(name), held.get(name)
        told, parts = changes(around(array, axis), None if old is None else around(old, axis), is_same(old, array))
        listed.append([name, KIND[array.dtype], *told])
        body += parts
    return headed({**header, "arrays": listed}) + b"".join(body)


def unlike(value: object, before: object) -> bool:
    """Whether a field has another value; mostly it is the very same."""
    return value is not before and value != before


def is_list(value: object) -> bool:
    """Whether a field may be long, and so is not told twice."""
    return isinstance(value, list | tuple)


def is_same(old: np.ndarray | None, new: np.ndarray) -> bool:
    """Whether two arrays lie at one place in memory, and so hold the same: what was sent is never written on."""
    if old is None or old is new:
        return old is new
    told, now = old.__array_interface__, new.__array_interface__
    return told["data"] == now["data"] and old.shape == new.shape and told["strides"] == now["strides"]


def around(array: np.ndarray, axis: int) -> np.ndarray:
    """An array as (outer, size, inner) around the axis along which it grows."""
    return array.reshape(prod(array.shape[:axis]), array.shape[axis], prod(array.shape[axis + 1 :]))


def changes(array: np.ndarray, old: np.ndarray | None, same: bool = False) -> tuple[list[Any], list[bytes]]:
    """What is told of an array (outer, size, inner): its shape, what is kept of `old`, and the bytes of the rest.

    Kept are slices in front and behind; of 16-bit numbers between them, those at places that `old` has, too, may be
    told as the difference from these: how many slices are. `same` says that nothing changed.
    """
    outer, size, inner = array.shape
    if same:
        return [array.shape, [size, 0, 0]], []
    if old is None or not array.size or (outer, inner) != (old.shape[0], old.shape[2]):
        old = array[:, :0]  # (outer, 0, inner)
    front, back = unchanged(old, array) if old.size else (0, 0)
    middle = array[:, front : size - back]  # (outer, M, inner)
    if array.dtype != np.uint16:
        return [array.shape, [front, back, 0]], [padded(middle.tobytes())]
    from_old = min(old.shape[1], size - back) - front
    if from_old > 0 and middle.size:
        by = differences(middle[:, :from_old], old[:, front : front + from_old])
        if 2 * np.count_nonzero(by < middle[:, :from_old]) > by.size:
            middle = np.concatenate([by, middle[:, from_old:]], axis=1)
        else:
            from_old = 0
    return [array.shape, [front, back, max(from_old, 0)]], [padded(part.tobytes()) for part in packed(middle.ravel())]


def unchanged(old: np.ndarray, new: np.ndarray) -> tuple[int, int]:
    """How many slices (outer, ., inner) are the same, bit for bit, from the front and, of the rest, from the back."""
    fewer = min(old.shape[1], new.shape[1])
    front = leading(old[:, :fewer], new[:, :fewer])
    rest = fewer - front
    if not rest or leading(old[:, -1:], new[:, -1:]) == 0:
        return front, 0
    return front, leading(old[:, ::-1][:, :rest], new[:, ::-1][:, :rest])


def leading(one: np.ndarray, other: np.ndarray) -> int:
    """How many slices (outer, ., inner) are the same, bit for bit, before one differs; two arrays of one shape."""
    if one.dtype == np.float32:
        one, other = one.view(np.uint32), other.view(np.uint32)
    differs = one != other  # (outer, N, inner)
    differs = (differs[..., 0] if differs.shape[2] == 1 else differs.any(axis=2)).any(axis=0)  # (N,)
    first = int(differs.argmax()) if len(differs) else 0
    return first if first < len(differs) and differs[first] else len(differs)


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
