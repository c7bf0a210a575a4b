"""Panels -> the bytes that the browser unpacks: [u32 length][JSON header, padded][arrays, padded to 4]."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pages.ui.board.panel import Panel

KIND = {"uint16": "u16", "int16": "i16", "float32": "f32"}


def as_json(values: Mapping[str, Any]) -> bytes:
    """JSON that every browser reads. Raises ValueError for what is no number: it would silence the whole page."""
    return json.dumps(values, allow_nan=False).encode()


def headed(values: Mapping[str, Any]) -> bytes:
    """A header with its length, padded so that what follows begins at a multiple of four."""
    head = as_json(values)
    head += b" " * (-(4 + len(head)) % 4)
    return len(head).to_bytes(4, "little") + head


def pack(panel: Panel) -> bytes:
    """One panel; `unpack` of shared/bytes.js gives back the header with each array under its name."""
    if not panel.has_arrays():
        return as_json(panel.header())
    arrays = list(panel.arrays())
    listed = [[name, KIND[array.dtype.name], array.size] for name, array in arrays]
    body = b"".join(array.tobytes() + b"\0" * (-array.nbytes % 4) for _, array in arrays)
    return headed({**panel.header(), "arrays": listed}) + body


def pack_board(panels: Sequence[tuple[Panel, int]]) -> bytes:
    """Several panels in one blob, each with how many of 60 columns it takes; `unpackBoard` takes it apart."""
    listed, body = list[list[Any]](), list[bytes]()
    for panel, span in panels:
        part = pack(panel)
        listed.append([panel.name, span, "bytes" if panel.has_arrays() else "json", len(part)])
        body.append(part + b"\0" * (-len(part) % 4))
    return headed({"panels": listed}) + b"".join(body)
