"""A file from a stranger is refused in one sentence and in no time, or it is a model; it never starts anything."""

from __future__ import annotations

import math
import random
import re
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gpt import checkpoint
from gpt.analysis.stages import block_of
from gpt.checkpoint import Checkpoint, ModelFileError
from gpt.model import GPT
from gpt.storage.safetensors_header import read_header
from tests.support.hostile import CONFIG, TOKENIZER, hostile, small, take_apart

FILES = {name: (data, says) for name, data, says in hostile()}
BEGINS, ENDS = "This file is not a model I can read: ", ". Nothing was loaded."
FORBIDDEN = ("pickle.", "marshal.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "subprocess.")
FORBIDDEN += ("socket.", "urllib.", "ctypes.dlopen", "exec", "compile")

seen: list[str] = []
watching = False


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Python tells here about everything that reaches out of it; a hook cannot be taken off, only be told to rest."""
    if watching and event.startswith(FORBIDDEN):
        seen.append(f"{event} {arguments!r}"[:200])


sys.addaudithook(watch)
checkpoint.loads(small())  # what torch imports the first time is no file's doing


@pytest.fixture(autouse=True)
def nothing_is_run() -> Iterator[None]:
    """No unpickling, no process, no connection, no code made from text while a file is read."""
    seen.clear()
    yield
    assert not seen, seen


def read(data: bytes) -> Checkpoint:
    """Read a file under the hook's eyes."""
    global watching
    watching = True
    try:
        return checkpoint.loads(data)
    finally:
        watching = False


def refusal(data: bytes) -> str:
    """The sentence with which a file is refused; anything else but ModelFileError is a failure."""
    with pytest.raises(ModelFileError) as refused:
        read(data)
    return str(refused.value)


def check_sentence(sentence: str) -> None:
    assert sentence.startswith(BEGINS) and sentence.endswith(ENDS), sentence
    assert sentence.isprintable() and len(sentence) < 400
    sentence.encode()


@pytest.mark.parametrize("name", FILES)
def test_each_is_refused_at_once_and_says_why(name: str) -> None:
    data, says = FILES[name]
    spent = []
    for _ in range(3):
        started = time.thread_time()  # this thread's own work: others may keep the machine busy
        sentence = refusal(data)
        spent.append(time.thread_time() - started)
    assert re.search(says, sentence), sentence
    check_sentence(sentence)
    assert min(spent) < 0.1, f"{min(spent) * 1000:.0f} ms"


def test_they_are_many_and_differ_from_a_good_file_in_one_thing() -> None:
    assert len(FILES) >= 60
    assert read(small()).step == 0


def test_the_hook_sees_what_it_is_for() -> None:
    global watching
    watching = True
    try:
        compile("1", "text", "eval")
    finally:
        watching = False
    assert [event.split()[0] for event in seen] == ["compile"]
    seen.clear()


def test_load_refuses_like_loads(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(FILES["a hole"][0])
    with pytest.raises(ModelFileError, match="follow"):
        checkpoint.load(path)
    with pytest.raises(OSError, match="none"):
        checkpoint.load(tmp_path / "none")
    with pytest.raises(OSError):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize("part", range(4))
def test_mutations_are_refused_or_a_model(part: int) -> None:
    """2,000 in all: bytes changed, cut out, put in or swapped, in the header more often than its size would have it."""
    dice = random.Random(part)
    good = small()
    head = 8 + int.from_bytes(good[:8], "little")
    loaded = 0
    for _ in range(500):
        data = bytearray(good)
        for _ in range(dice.choice((1, 1, 1, 2, 8))):
            place = dice.randrange(head if dice.random() < 0.9 else len(data))
            if (what := dice.random()) < 0.6:
                data[place] = dice.randrange(256)
            elif what < 0.7:
                data[place] ^= 1 << dice.randrange(8)
            elif what < 0.8:
                del data[place : place + dice.randint(1, 9)]
            elif what < 0.9:
                data[place:place] = dice.randbytes(dice.randint(1, 9))
            else:
                data[place] = dice.choice(b'0123456789{}[],:"-eE. \\')
        try:
            model = read(bytes(data))
        except ModelFileError as error:
            check_sentence(str(error))
        else:
            loaded += 1
            assert model.tokenizer.vocab_size == model.config.vocab_size == model.model.token_embedding.num_embeddings
    assert 0 < loaded < 250, "mutations that never or mostly pass prove little"


def test_a_digit_changed_in_a_note_or_a_shape_is_never_a_crash() -> None:
    """Every digit of the header, one at a time, becomes another: still JSON, so these go the deepest."""
    good = small()
    head = 8 + int.from_bytes(good[:8], "little")
    for place in [place for place in range(8, head) if chr(good[place]).isdigit()][::3]:
        data = bytearray(good)
        data[place] = ord("9") if data[place] != ord("9") else ord("1")
        try:
            read(bytes(data))
        except ModelFileError as error:
            check_sentence(str(error))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e30, -1e12, 10_001.0])
def test_weights_that_are_no_numbers_or_far_too_large_are_refused(number: float) -> None:
    """In any tensor, and a model that has some is not written either."""
    header, body = take_apart(good := small())
    head = len(good) - len(body)
    for name in ("token_embedding.weight", "blocks.1.norm2.bias", "blocks.0.attn.key.weight"):
        start = head + header[name]["data_offsets"][1] - 4
        sentence = refusal(good[:start] + struct.pack("<f", number) + good[start + 4 :])
        assert repr(name) in sentence and "within ±10,000" in sentence
        check_sentence(sentence)
    model = GPT(CONFIG)
    with torch.no_grad():
        block_of(model, 1).mlp.expand.bias[3] = number
    with pytest.raises(
        ValueError, match=r"^This model cannot be kept: the tensor 'blocks\.1\.mlp\.expand\.bias' holds"
    ):
        checkpoint.dumps(model, TOKENIZER)


def test_the_largest_weight_there_may_be() -> None:
    model = GPT(CONFIG)
    with torch.no_grad():
        model.token_embedding.weight[0, 0] = -10_000.0
    for storage in ("fp32", "fp16"):
        again = read(checkpoint.dumps(model, TOKENIZER, storage=storage)).model
        assert again.token_embedding.weight[0, 0] == -10_000.0


def test_the_header_alone_tells_names_types_and_shapes() -> None:
    notes, shapes = read_header(small())
    assert set(notes) == {"nanoscope", "config", "tokenizer", "step", "record"}
    assert shapes["token_embedding.weight"] == ("F32", (5, 8))
    assert read_header(b"\x02\0\0\0\0\0\0\0{}") == ({}, {})
