"""Engine values -> the bytes that a component unpacks: [u32 length][JSON header, padded][arrays, padded to 4]."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gpt.analysis.arithmetic import Stages
from gpt.analysis.embeddings import Map, input_parts
from gpt.analysis.heads import Role, clearest
from gpt.analysis.norms import norms as find_norms
from gpt.model import GPT
from gpt.trace import Trace

KIND = {"uint16": "u16", "int16": "i16", "float32": "f32"}


def pack(header: Mapping[str, Any], **arrays: np.ndarray) -> bytes:
    """One blob; `unpack` of shared/bytes.js gives back the header with each array under its name."""
    listed = [[name, KIND[array.dtype.name], array.size] for name, array in arrays.items()]
    head = json.dumps({**header, "arrays": listed}).encode()
    head += b" " * (-(4 + len(head)) % 4)
    body = b"".join(array.tobytes() + b"\0" * (-array.nbytes % 4) for array in arrays.values())
    return len(head).to_bytes(4, "little") + head + body


def pack_board(panels: Sequence[tuple[str, int, bytes | Mapping[str, Any]]]) -> bytes:
    """Several panels' data in one blob: (name, columns of 60, bytes or JSON values); `unpackBoard` takes it apart."""
    listed, body = [], []
    for name, span, data in panels:
        part = data if isinstance(data, bytes) else json.dumps(data).encode()
        listed.append([name, span, "bytes" if isinstance(data, bytes) else "json", len(part)])
        body.append(part + b"\0" * (-len(part) % 4))
    head = json.dumps({"panels": listed}).encode()
    head += b" " * (-(4 + len(head)) % 4)
    return len(head).to_bytes(4, "little") + head + b"".join(body)


def attention(trace: Trace | None, layers: int, heads: int, causal: bool, roles: Sequence[Role], **more: Any) -> bytes:
    """All weights as 16-bit shares (to 8 millionths); of a causal model only the allowed half travels."""
    T = 0 if trace is None else trace.logits.shape[0]
    pattern = np.zeros((layers, heads, T, T), np.float32) if trace is None else trace.pattern.numpy()
    chosen = pattern[..., *np.tril_indices(T)] if causal else pattern
    shares = np.rint(chosen * 65535).astype(np.uint16)
    header = {"L": layers, "H": heads, "T": T, "causal": causal, "roles": [role.phrase for role in roles]}
    header["clearest"] = [[role.layer, role.head] for role in clearest(roles, 4)]
    return pack({**header, **more}, pattern=shares.ravel())


def stages(found: Stages | None, header: Mapping[str, Any]) -> bytes:
    """One head's stages, exactly as the model gave them: q, k, v, z (T, D), dot, scaled, pattern (T, T)."""
    names = ("q", "k", "v", "dot", "scaled", "pattern", "z")
    if found is None:
        return pack(header, **dict.fromkeys(names, np.zeros(0, np.float32)))
    return pack(header, **{name: getattr(found, name).numpy().ravel() for name in names})


def vectors(model: GPT, ids: Sequence[int], tokens: Sequence[str]) -> bytes:
    """Token and position vectors (T, C) as 16-bit numbers of the largest; full colour at three spreads."""
    token, position = input_parts(model, ids)  # (T, C), (T, C) or None
    parts = [part.numpy() for part in (token, position) if part is not None]
    both = np.concatenate(parts)
    largest = float(np.abs(both).max(initial=1e-9))
    small = [np.rint(part / largest * 32767).astype(np.int16).ravel() for part in parts]
    header = {"T": len(ids), "C": token.shape[1], "tokens": list(tokens), "largest": largest}
    header["shade"] = float(3 * both.std()) if ids else 1.0
    return pack(header, token=small[0], position=small[1] if len(small) > 1 else np.zeros(0, np.int16))


def norms(model: GPT, trace: Trace | None, tokens: Sequence[str]) -> bytes:
    """Every block's norms: statistics (L, N, 4, T) and gains (L, N, C)."""
    header = {"T": len(tokens), "L": model.config.n_layer, "C": model.config.n_embd, "tokens": list(tokens)}
    if trace is None:
        return pack({**header, "names": ["waiting"]}, stats=np.zeros(0, np.float32), gain=np.zeros(0, np.float32))
    found = find_norms(model, trace)
    return pack(
        {**header, "names": list(found.names)}, stats=found.stats.numpy().ravel(), gain=found.gain.numpy().ravel()
    )


def token_map(found: Map, vocabulary: Sequence[str], ids: Sequence[int]) -> bytes:
    """The table's points (V, 2) with their bounds, and which tokens the prompt uses."""
    points = found.points.numpy()
    header = {
        "vocabulary": list(vocabulary),
        "ids": list(ids),
        "kept": found.kept,
        "neighbours": found.neighbours,
        "low": found.low,
        "high": found.high,
    }
    return pack(header, points=points.ravel())


def next_token(
    trace: Trace | None, tokens: Sequence[str], vocabulary: Sequence[str], extra: Mapping[str, Any]
) -> bytes:
    """The logits (T, V) of every position, exactly as the model gave them."""
    logits = np.zeros(0, np.float32) if trace is None else trace.logits.numpy().ravel()
    return pack({"T": len(tokens), "tokens": list(tokens), "vocabulary": list(vocabulary), **extra}, logits=logits)
