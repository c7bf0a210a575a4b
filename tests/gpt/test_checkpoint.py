"""A saved model comes back as it was: the same numbers, frozen, from one file that nobody changes any more."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator

from gpt import checkpoint
from gpt.checkpoint import Checkpoint, load, loads, save
from gpt.config import ConfigError, GPTConfig
from gpt.model import GPT
from gpt.record import MOST_LOSSES
from gpt.storage.step_files import MAX_STEP, step_name
from gpt.tokenizers import CharTokenizer
from tests.support.hostile import CONFIG, TOKENIZER, small, take_apart
from tests.support.ladder import IDS, RUNGS, fresh

LETTERS = CharTokenizer(tuple("abcdefghijk"))  # as many as the ladder's models know tokens
LINE = {"step": 0, "train": 4.5, "val": 4.25}
RECORD = {
    "losses": [LINE],
    "corpus_sha256": "ab" * 32,
    "note": "grüß dich\n",
    "none": None,
}


def logits(model: GPT) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.tensor([IDS]))  # (1, T, V)


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_comes_back_exactly(rung: str, tmp_path: Path) -> None:
    model, path = fresh(RUNGS[rung]), tmp_path / "a.safetensors"
    save(path, model, LETTERS, step=7, record=RECORD)
    again = load(path)
    assert isinstance(again, Checkpoint) and again.config == model.config == again.model.config
    assert (again.step, again.record, again.tokenizer) == (7, RECORD, LETTERS)
    state, before = again.model.state_dict(), model.state_dict()
    assert state.keys() == before.keys() and all(torch.equal(state[name], before[name]) for name in before)
    assert torch.equal(logits(again.model), logits(model))


def test_what_is_loaded_is_frozen() -> None:
    again = loads(small(dataclasses.replace(CONFIG, dropout=0.5)))
    assert not any(module.training for module in again.model.modules())
    assert not any(weight.requires_grad for weight in again.model.parameters())
    assert all(weight.dtype == torch.float32 for weight in again.model.parameters())
    ids = torch.tensor([[0, 1, 2]])
    assert torch.equal(again.model(ids), again.model(ids)) and not again.model(ids).requires_grad
    with pytest.raises(dataclasses.FrozenInstanceError):
        again.step = 1  # type: ignore[misc]


def test_fp16_is_half_the_size_and_close() -> None:
    model = GPT(GPTConfig(vocab_size=5, block_size=32, n_embd=64, n_head=4, n_layer=2), Generator().manual_seed(1))
    whole, half = (checkpoint.dumps(model, TOKENIZER, storage=storage) for storage in ("fp32", "fp16"))
    bodies = [len(take_apart(data)[1]) for data in (whole, half)]
    assert bodies[0] == 2 * bodies[1]
    again = loads(half).model.state_dict()
    for name, weight in model.state_dict().items():
        assert again[name].dtype == torch.float32
        assert torch.equal(again[name], weight.half().float())
        assert torch.allclose(again[name], weight, rtol=1e-3, atol=1e-7)
    with pytest.raises(ConfigError, match="storage is 'int8'.*fp32, fp16"):
        checkpoint.dumps(model, TOKENIZER, storage="int8")


def test_a_tied_head_is_stored_once_and_tied_again() -> None:
    tied, untied = small(), small(dataclasses.replace(CONFIG, head="untied"))
    assert "unembed.weight" not in take_apart(tied)[0] and "unembed.weight" in take_apart(untied)[0]
    model = loads(tied).model
    assert model.unembed.weight is model.token_embedding.weight
    model = loads(untied).model
    assert model.unembed.weight is not model.token_embedding.weight


def test_masks_and_waves_are_made_not_stored() -> None:
    names = set(take_apart(small(dataclasses.replace(CONFIG, position="sinusoidal")))[0])
    assert not [name for name in names if name.split(".")[-1] not in ("weight", "bias", "__metadata__")]


def test_a_saved_file_is_never_changed(tmp_path: Path) -> None:
    path = tmp_path / step_name(3)
    save(path, fresh(RUNGS["gpt-2"]), LETTERS, 3)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match=r"^step-000003.safetensors is already there.*another name\.$"):
        save(path, fresh(RUNGS["gpt-2"], seed=1), LETTERS, 3)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_copy_of_a_copy_is_the_same_and_text_paths_will_do(tmp_path: Path) -> None:
    save(str(tmp_path / "a"), fresh(RUNGS["gpt-2"]), LETTERS, 3, RECORD)
    save(tmp_path / "b", load(tmp_path / "a").model, LETTERS, 3, load(str(tmp_path / "a")).record)
    assert take_apart((tmp_path / "a").read_bytes()) == take_apart((tmp_path / "b").read_bytes())


def test_nothing_that_happens_to_the_file_reaches_a_loaded_model(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(small())
    model = load(path).model
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    path.write_bytes(bytes(path.stat().st_size))
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    path.unlink()


def test_names_sort_by_step() -> None:
    assert [step_name(step) for step in (0, 12, 5_000)] == [
        "step-000000.safetensors",
        "step-000012.safetensors",
        "step-005000.safetensors",
    ]


def test_threads_load_the_same_model_each() -> None:
    data, start = small(), threading.Barrier(4)

    def digest(_: int) -> str:
        start.wait()
        tensors = loads(data).model.state_dict().values()
        return hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in tensors)).hexdigest()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(digest, range(4)))) == 1


@st.composite
def configs(draw: st.DrawFn) -> GPTConfig:
    """Any model there can be, small enough to be made a hundred times; long contexts more often than by chance."""
    heads, size = draw(st.sampled_from((1, 2, 3))), draw(st.integers(1, 5))
    chosen: dict[str, Any] = {
        name: draw(st.booleans() if one.kind == "switch" else st.sampled_from(tuple(one.choices)))
        for name, one in GPTConfig.settings().items()
        if one.kind in ("switch", "choice")
    }
    width = heads * size
    return GPTConfig(
        vocab_size=width if chosen["head"] == "none" else draw(st.integers(1, 40)),
        block_size=draw(st.one_of(st.integers(1, 8_192), st.sampled_from((511, 512, 8_191, 8_192)))),
        n_layer=draw(st.integers(0, 4)),
        n_head=heads,
        n_embd=width,
        dropout=draw(st.sampled_from((0.0, 0.5))),
        **chosen,
    )


@given(configs(), st.integers(0, MAX_STEP), st.sampled_from(("fp32", "fp16")))
def test_whatever_can_be_saved_can_be_loaded(config: GPTConfig, step: int, storage: str) -> None:
    model = fresh(config)
    tokenizer = CharTokenizer(tuple(chr(0x4E00 + i) for i in range(config.vocab_size)))
    again = loads(checkpoint.dumps(model, tokenizer, step, {"losses": [LINE]}, storage))
    assert (again.config, again.step, again.tokenizer) == (config, step, tokenizer)
    half = {name: weight.half().float() for name, weight in model.state_dict().items()}
    saved = model.state_dict() if storage == "fp32" else half
    assert all(torch.equal(weight, saved[name]) for name, weight in again.model.state_dict().items())


def test_the_deepest_model_with_the_longest_record_is_loaded() -> None:
    config = GPTConfig(vocab_size=4_096, block_size=8_192, n_layer=96, n_head=1, n_embd=1, bias=True, head="untied")
    tokenizer = CharTokenizer(tuple(chr(0x1F000 + i) for i in range(config.vocab_size)))
    record = {"losses": [{"step": i, "train": 1.23456, "val": 1.23456, "seconds": 1e5} for i in range(MOST_LOSSES)]}
    assert loads(checkpoint.dumps(GPT(config), tokenizer, record=record)).record == record


def test_what_could_not_be_loaded_is_not_saved() -> None:
    model, letters = GPT(CONFIG), CharTokenizer(tuple("abc"))
    with pytest.raises(ValueError, match=r"^The alphabet has 3 tokens, the model 5\.$"):
        checkpoint.dumps(model, letters)
    with pytest.raises(ConfigError, match="step is -1"):
        checkpoint.dumps(model, TOKENIZER, -1)
    with pytest.raises(ValueError, match="header is longer"):
        checkpoint.dumps(model, TOKENIZER, record={str(i): "x" * 9_000 for i in range(200)})
