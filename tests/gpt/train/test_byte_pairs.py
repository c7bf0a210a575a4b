"""A training on byte pairs: it keeps its tokens, and its losses are told in nats a character as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from gpt import checkpoint, corpora, runs
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.runs import Run, control
from gpt.runs.create import Asked
from gpt.runs.log import Eval
from gpt.storage.step_files import step_name
from gpt.tokenizers import BPETokenizer
from gpt.train import __main__ as command
from gpt.train.evaluate import mean_loss
from tests.support.tiny import of_kind

TINY = "--block-size 8 --n-layer 1 --n-head 2 --n-embd 8 --batch-size 2 --steps 5 --eval-batches 1 --warmup 0".split()
PAIRS = ["--tokenizer", "bpe", "--vocab-size", "300", "--precision", "fp32"]
LINES = "\n".join(
    f"Zeile {i}: „Ünd “ der {word}“ kostet {i} €.\n" for i, word in enumerate(["Hut", "Hund", "Mund"] * 90)
)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A text with characters of one, two and three bytes."""
    path = tmp_path / "lines.txt"
    path.write_text(LINES, encoding="utf-8")
    return path


def test_a_whole_training_and_going_on(text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    straight, stopped = Run(tmp_path / "straight"), Run(tmp_path / "stopped")
    assert command.main([str(straight.folder), "--text", str(text), *PAIRS, *TINY]) == 0
    assert command.main([str(stopped.folder), "--text", str(text), *PAIRS, *TINY, "--budget", "2"]) == 0
    assert command.main([str(stopped.folder), "--text", str(text)]) == 0  # a run keeps its tokens
    one, other = (checkpoint.load(run.steps / step_name(5)) for run in (straight, stopped))
    for name, weights in one.model.state_dict().items():
        assert torch.equal(weights, other.model.state_dict()[name]), name
    assert one.tokenizer == other.tokenizer == BPETokenizer.train(corpora.from_file(text).split()[0], 300)
    assert json.loads(straight.tokenizer.read_bytes()) == one.tokenizer.to_json()
    assert one.config.vocab_size == one.tokenizer.vocab_size == straight.read()["model"]["vocab_size"] == 300
    assert one.record["train"]["tokenizer"] == "bpe"
    stopped.tokenizer.write_text('{"kind": "bpe", "merges": [[0, 999]]}')
    capsys.readouterr()
    assert command.main([str(stopped.folder), "--text", str(text)]) == 2
    assert "The run's tokenizer cannot be read (merges[0] joins 0 and 999" in capsys.readouterr().err


def test_two_ways_of_counting_agree(text: Path, tmp_path: Path) -> None:
    """Nats a token over characters a token; and each character with all that its tokens cost, over the characters."""
    run = Run(tmp_path / "run")
    assert command.main([str(run.folder), "--text", str(text), *PAIRS, *TINY]) == 0
    loaded, line = checkpoint.load(run.steps / step_name(5)), of_kind(run, "eval")[-1]
    T, held_out = loaded.config.block_size, corpora.from_file(text).split()[1]
    ids = torch.tensor(loaded.tokenizer.encode(held_out))
    assert line["val"] == pytest.approx(mean_loss(loaded.model, ids), abs=1e-5)
    count = (len(ids) - 1) // T * T
    with torch.no_grad():
        logits = torch.cat([loaded.model(ids[None, at : at + T])[0] for at in range(0, count, T)])  # (N, V)
    nats = F.cross_entropy(logits, ids[1 : count + 1], reduction="sum").item()
    first = loaded.tokenizer.decode(ids[:1].tolist())
    judged = loaded.tokenizer.decode(ids[: count + 1].tolist()).rstrip("\ufffd")[len(first) :]
    assert held_out.startswith(first + judged)
    assert line["val_char"] == pytest.approx(nats / len(judged), rel=2e-3)  # but for a character at the end
    assert loaded.record["losses"][-1]["val_char"] == line["val_char"] < line["val"]
    assert Eval(5, train=2.0, val=line["val"], val_char=1.0, train_char=1.5).by_character == (1.5, 1.0)


def test_of_characters_nothing_is_told_twice(tmp_path: Path) -> None:
    assert command.main([str(tmp_path / "run"), "--corpus", "copy", *TINY]) == 0
    for kind in ("train", "eval"):
        assert all(not name.endswith("_char") for line in of_kind(Run(tmp_path / "run"), kind) for name in line)
    assert not Run(tmp_path / "run").tokenizer.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--vocab-size", "300"], "vocab_size is 300, but a text has the characters it has: add --tokenizer bpe."),
        (["--tokenizer", "bpe", "--vocab-size", "20"], "must be a whole number from 256 to 8,192."),
        (["--tokenizer", "words"], "tokenizer is 'words', but it must be one of char, bpe."),
    ],
)
def test_what_cannot_be_is_one_sentence(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / "run"), "--corpus", "copy", *options, *TINY]) == 2
    assert capsys.readouterr().err.endswith(said + "\n")


def test_a_run_of_the_studio_has_its_tokens_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("gpt.runs.create.start_waiting", lambda: None)
    monkeypatch.setattr(command, "lower_priority", lambda memory: None)  # these tests go on
    model = GPTConfig(vocab_size=8_000, block_size=8, n_layer=1, n_head=2, n_embd=8)
    train = TrainConfig(tokenizer="bpe", steps=4, batch_size=2, eval_batches=1, precision="fp32")
    made = runs.find(control.create(model, train, "mine", "mine", "me", "", text=LINES))
    kept = BPETokenizer.from_json(json.loads(made.tokenizer.read_bytes()))
    assert made.read()["model"]["vocab_size"] == kept.vocab_size < 8_000  # as many as the text gives
    assert command.main([str(made.folder)]) == 0
    assert checkpoint.load(made.steps / step_name(4)).tokenizer == kept
    fork = control.fork(made.folder.name, 4, {"steps": 3}, Asked("fork", "me", "2"), "other", "Ωmega " * 40)
    assert runs.find(fork).read()["train"]["tokenizer"] == "bpe"  # any text has tokens
    with pytest.raises(ConfigError, match="A part of this text has 2 tokens, but a context of 8 needs 9"):
        control.create(model, train, "short", "short", "me", "3", text="Hund der" * 2)
