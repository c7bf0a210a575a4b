"""Model files as a stranger might send them: each is one small valid file with one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from torch import Generator

from gpt import checkpoint
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.tokenizers import CharTokenizer

CONFIG = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=8, bias=True)
TOKENIZER = CharTokenizer(("\n", " ", "a", "b", "ü"))
TABLE, LAST = "token_embedding.weight", "position_embedding.weight"


def small(config: GPTConfig = CONFIG, seed: int = 0, **options: Any) -> bytes:
    """A valid file of a tiny model."""
    model = GPT(config, Generator().manual_seed(seed), std=0.5)
    return checkpoint.dumps(model, TOKENIZER, **options)


def take_apart(data: bytes) -> tuple[dict[str, Any], bytes]:
    """A file's header and its numbers."""
    size = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def put_together(header: object, body: bytes = b"") -> bytes:
    """A file from a header (an object, or JSON text as it is) and numbers."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The small file with its header changed in place."""
    header, body = take_apart(small())
    change(header)
    return put_together(header, body)


def with_entry(**values: object) -> bytes:
    """The small file with another description of one tensor, (5, 8) F32 otherwise."""
    return changed(lambda header: header[TABLE].update(values))


def with_notes(**values: object) -> bytes:
    """The small file with other notes; None takes one away, an object is written as JSON."""

    def change(header: dict[str, Any]) -> None:
        notes = header["__metadata__"]
        notes |= {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        for key in [key for key, value in values.items() if value is None]:
            del notes[key]

    return changed(change)


def with_config(**values: object) -> bytes:
    """The small file with other fields in its config."""
    return with_notes(config=CONFIG.to_json() | values)


def rebuilt(change: Callable[[dict[str, tuple[str, list[int], bytes]]], object]) -> bytes:
    """The small file with other tensors, each a dtype, a shape and its bytes, laid side by side as the format wants."""
    header, body = take_apart(small())
    notes = header.pop("__metadata__")
    tensors = {n: (e["dtype"], e["shape"], body[slice(*e["data_offsets"])]) for n, e in header.items()}
    change(tensors)
    header, body = {"__metadata__": notes}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    return put_together(header, body)


def overlap(header: dict[str, Any]) -> None:
    """Two tensors that are the same bytes."""
    header["blocks.0.attn.key.weight"] = header["blocks.0.attn.query.weight"]


def hole() -> bytes:
    """Four bytes between two tensors that belong to neither: room for a second file."""
    header, body = take_apart(small())
    start = header[TABLE]["data_offsets"][0]
    for name, entry in header.items():
        if name != "__metadata__" and entry["data_offsets"][0] >= start:
            entry["data_offsets"] = [place + 4 for place in entry["data_offsets"]]
    return put_together(header, body[:start] + bytes(4) + body[start:])


def bomb(tensors: int) -> bytes:
    """A header that names very many empty tensors: the library alone works on 600,000 of them for seconds."""
    entry = b':{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    return put_together(b"{" + b",".join(b'"t%d"' % i + entry for i in range(tensors)) + b"}")


def hostile() -> Iterator[tuple[str, bytes, str]]:
    """Every bad file: its name, its bytes, and what the refusal must say."""
    good = small()
    size = int.from_bytes(good[:8], "little")
    header, body = take_apart(good)
    text = json.dumps(header).encode()
    start, stop = header[TABLE]["data_offsets"]

    # not the format at all
    yield "empty", b"", "too short"
    yield "seven bytes", good[:7], "too short"
    yield "a length alone", good[:8], "longer than"
    yield "a text", b"First Citizen:\nBefore we proceed any further, hear me speak.\n", "longer than"
    yield "a zip, as torch.save writes", b"PK\x03\x04" + bytes(100), "longer than"
    yield "a pickle", b"\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", "longer than"
    # the header's length
    yield "a header as long as memory", b"\xff" * 8 + good[8:], "longer than"
    yield "a header one byte too long", (len(good) - 7).to_bytes(8, "little") + good[8:], "longer than"
    yield "a header over 1 MiB", put_together(text + b" " * (1 << 20), body), "longer than"
    yield "no header", put_together(b"", body), "not JSON"
    yield "half a header", put_together(text[: size // 2], body), "not JSON"
    # the header's text
    yield "not UTF-8", put_together(text[:-1] + b'\xff":0}', body), "not JSON"
    yield "not JSON", put_together(b"{'a': 1}", body), "not JSON"
    yield "a number of 5,000 digits", put_together(b'{"a":' + b"9" * 5_000 + b"}", body), "not JSON"
    yield "100,000 brackets", put_together(b"[" * 100_000, body), "not JSON"
    yield "a list", put_together([header], body), "not a JSON object"
    yield "a tensor twice", put_together(text[:-1] + b"," + text[1:], body), "twice"
    yield "a dtype twice", put_together(text.replace(b'"dtype"', b'"dtype":"F16","dtype"', 1), body), "twice"
    yield "600,000 tensors", bomb(600_000), "longer than"
    yield "15,000 tensors", bomb(15_000), "15,000 tensors"
    # the notes
    yield "no notes", changed(lambda h: h.pop("__metadata__")), "not written by Nanoscope"
    yield "notes NaN", changed(lambda h: h.update(__metadata__=float("nan"))), "not plain text"
    yield "notes a list", changed(lambda h: h.update(__metadata__=[])), "not plain text"
    yield "a note a number", changed(lambda h: h["__metadata__"].update(step=3)), "not plain text"
    yield "another format", with_notes(nanoscope="2"), "not written by Nanoscope"
    yield "no config", with_notes(config=None), "config"
    yield "config not JSON", with_notes(config="{"), "notes do not describe"
    yield "config a list", with_notes(config=[1]), "must be a JSON object, not list"
    yield "100,000 brackets in a note", with_notes(record="[" * 100_000), "notes do not describe"
    yield "an unknown field", with_config(n_heads=2), "n_heads is 2, .* no such field"
    yield "a field with half a character", with_config(**{"\ud800\n\x1b": 2}), r"\\ud800\\n\\x1b is 2"
    yield "a field of 100,000 letters", with_config(norm="x" * 100_000), "norm is 'x{200}"
    yield "dropout NaN", with_config(dropout=float("nan")), "dropout is nan"
    yield "dropout beyond every double", with_config(dropout=10**400), "notes do not describe"
    yield "heads that do not fit", with_config(n_head=3), "divisible by n_head = 3"
    yield "step NaN", with_notes(step="NaN"), "notes do not describe"
    yield "a negative step", with_notes(step="-1"), "step is -1"
    yield "a step of 4,000 digits", with_notes(step="9" * 4_000), "step is 999"
    yield "a record that is a list", with_notes(record=[]), "record"
    # the vocabulary
    yield "half a character", with_notes(tokenizer={"kind": "char", "chars": ["\ud800", *"abcd"]}), "UTF-8 can write"
    yield "a character twice", with_notes(tokenizer={"kind": "char", "chars": [*"abcda"]}), "more than once"
    yield "a word as a character", with_notes(tokenizer={"kind": "char", "chars": ["ab", *"cdef"]}), "one character"
    yield "a tokenizer of another kind", with_notes(tokenizer={"kind": "wordpiece"}), "kind is 'wordpiece'"
    yield "six characters for five tokens", with_notes(tokenizer={"kind": "char", "chars": [*"abcdef"]}), "6 tokens"
    # the tensors' descriptions
    yield "a tensor that is null", changed(lambda h: h.update({TABLE: None})), "not described as a tensor"
    yield "a tensor without a shape", changed(lambda h: h[TABLE].pop("shape")), "not described as a tensor"
    yield "a tensor with a strange key", with_entry(strides=[1]), "not described as a tensor"
    yield "a negative shape", with_entry(shape=[-5, -8]), "not whole numbers"
    yield "a shape of halves", with_entry(shape=[2.5, 16]), "not whole numbers"
    yield "a shape of True", with_entry(shape=[True, 40]), "not whole numbers"
    yield "a shape with NaN", with_entry(shape=[float("nan"), 8]), "not whole numbers"
    yield "a shape that overflows", with_entry(shape=[2**62, 4, 5, 8]), "not whole numbers"
    yield "a shape that multiplies to too much", with_entry(shape=[2**39, 2**39]), "size that its shape asks for"
    yield "five dimensions", with_entry(shape=[5, 8, 1, 1, 1]), "size that its shape asks for"
    yield "another dtype", with_entry(dtype="F64"), "size that its shape asks for"
    yield "an unknown dtype", with_entry(dtype="pickle"), "holds 'pickle'"
    yield "a dtype that is a list", with_entry(dtype=["F32"]), r"holds \['F32'\]"
    yield "a place that ends before it starts", with_entry(data_offsets=[stop, start]), "size that its shape"
    yield "a place with three ends", with_entry(data_offsets=[start, stop, stop]), "size that its shape"
    # where the numbers lie
    yield "two tensors in one place", changed(overlap), "follow"
    yield "a hole", hole(), "follow"
    yield "truncated by one byte", good[:-1], "fill the file"
    yield "truncated by half", good[: 8 + size + len(body) // 2], "fill the file"
    yield "trailing bytes", good + b"\0", "fill the file"
    yield "another file behind it", good + good, "fill the file"
    # the model
    yield "a shape turned round", with_entry(shape=[8, 5]), r"'token_embedding.weight' is \[8, 5\], expected \[5, 8\]"
    yield "a missing tensor", rebuilt(lambda t: t.pop(LAST)), "lacks the tensor 'position_embedding.weight'"
    yield "a name with half a character", rebuilt(lambda t: t.update({"\ud800": t[LAST]})), r"also .*'\\ud800'"
    yield "an extra tensor", rebuilt(lambda t: t.update(extra=("F32", [1], bytes(4)))), "also holds the tensor 'extra'"
    yield "an extra empty tensor", rebuilt(lambda t: t.update(a=("U8", [0], b""))), "also holds the tensor 'a'"
    yield (
        "whole numbers for weights",
        rebuilt(lambda t: t.update({TABLE: ("U8", [5, 8], bytes(40))})),
        "holds U8, expected F32, F16 or BF16",
    )
    yield "the tied head as well", rebuilt(lambda t: t.update({"unembed.weight": t[TABLE]})), "also holds"
    yield "a huge config", with_config(n_layer=96, n_embd=8_192, n_head=128, block_size=8_192), "too few"
    yield "a few layers more", with_config(n_layer=3), "lacks the tensor 'blocks.2"
    yield "very many layers", with_config(n_layer=96), "too few"
