"""Training a rung and its command line, on a text of seconds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from gpt import checkpoint, corpora
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.lessons import __main__ as command
from gpt.lessons import named, train_rungs
from gpt.lessons.rung import Rung
from gpt.runs import RunError
from gpt.runs.log import Train
from gpt.storage.step_files import step_name
from gpt.tokenizers import CharTokenizer
from gpt.train import evaluate
from gpt.train.trainer import Trainer
from tests.support.tiny import TEXT

V = CharTokenizer.from_text(TEXT.text).vocab_size
RUNG = Rung(
    4,
    "head",
    "One head",
    "tiny",
    GPTConfig(vocab_size=V, block_size=8, n_layer=1, n_head=1, n_embd=8, head="untied"),
    TrainConfig(steps=12, batch_size=4, warmup=2, eval_every=3, eval_batches=2),
)


@pytest.fixture(autouse=True)
def tiny_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "load", lambda name: TEXT)


def test_a_rung_is_trained_into_its_kept_steps_with_its_curve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_rungs, "KEPT", (0, 2, 6))
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    path = train_rungs.train(RUNG, tmp_path)
    assert torch.equal(before, torch.get_rng_state()) and threads == torch.get_num_threads()
    files = sorted((tmp_path / "head").iterdir())
    assert [file.name for file in files] == [step_name(step) for step in (0, 2, 6, 12)] and path == files[-1]
    loaded = checkpoint.load(path)
    assert loaded.step == 12 and [line["step"] for line in loaded.record["losses"]] == [0, 2, 3, 6, 9, 12]
    early = checkpoint.load(files[1])
    assert early.step == 2 and [line["step"] for line in early.record["losses"]] == [0, 2]
    ids = torch.tensor(loaded.tokenizer.encode(TEXT.split()[1]))  # (M,)
    assert loaded.record["val_loss"] == pytest.approx(evaluate.mean_loss(loaded.model, ids), abs=1e-5)
    found = train_rungs.result("head", loaded.record)
    assert found.loss == loaded.record["val_loss"] and found.published == 2.40
    assert found.changed == "uniform_attention True -> False"


def test_keeping_steps_changes_no_number_and_a_companion_keeps_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = train_rungs.train(dataclasses.replace(RUNG, lesson="head"), tmp_path / "a")
    assert [file.name for file in alone.parent.iterdir()] == [step_name(12)]
    monkeypatch.setattr(train_rungs, "KEPT", (0, 1, 5))
    other = train_rungs.train(RUNG, tmp_path / "b")
    for one, two in zip(*(checkpoint.load(path).model.parameters() for path in (alone, other)), strict=True):
        assert torch.equal(one, two)


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path) -> None:
    one, two = (checkpoint.load(train_rungs.train(RUNG, tmp_path / name)) for name in "ab")
    assert one.record["losses"][-1]["val"] == two.record["losses"][-1]["val"]
    for (name, weight), other in zip(one.model.named_parameters(), two.model.parameters(), strict=True):
        assert torch.equal(weight, other), name


def test_a_rung_can_see_a_part_of_the_text_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    step = Trainer.step

    def watched(self: Trainer) -> Train:
        seen.append(len(self.ids))
        return step(self)

    monkeypatch.setattr(Trainer, "step", watched)
    loaded = checkpoint.load(train_rungs.train(dataclasses.replace(RUNG, share=0.25), tmp_path))
    assert set(seen) == {len(TEXT.split()[0]) // 4} and loaded.record["share"] == 0.25
    assert loaded.tokenizer.vocab_size == V


def test_a_rung_without_a_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="rung is 'scaled', but it must be one that is trained here: bigram"):
        train_rungs.train(named("scaled"), tmp_path)


def test_a_loss_that_is_no_number_ends_it(tmp_path: Path) -> None:
    assert RUNG.train
    wild = dataclasses.replace(RUNG, train=dataclasses.replace(RUNG.train, init_std=10.0, lr=100.0, grad_clip=0.0))
    wild = dataclasses.replace(wild, model=dataclasses.replace(RUNG.model or GPTConfig(), norm="none"))
    with pytest.raises(RunError, match="is not a number after step"):
        for lr in (1e38,):
            object.__setattr__(wild.train, "lr", lr)  # far outside what a TrainConfig allows
            train_rungs.train(wild, tmp_path)
    assert not list(tmp_path.iterdir())


# ---- the command


def test_the_table_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train_rungs.train(RUNG, tmp_path)
    assert command.main(["--table", str(tmp_path)]) == 0
    assert "uniform_attention True -> False" in capsys.readouterr().out
    monkeypatch.setattr(train_rungs, "WITHIN", -1.0)
    assert command.main(["--table", str(tmp_path)]) == 1
    assert "above the published 2.40" in capsys.readouterr().out


def test_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "named", lambda name: RUNG)
    assert command.main(["--only", "head", "--out", str(tmp_path), "--quiet"]) == 0
    assert (tmp_path / "head" / step_name(12)).is_file() and capsys.readouterr().out == ""


def test_an_unknown_rung_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "tenth", "--out", str(tmp_path)]) == 2
    assert "rung is 'tenth', but it must be one of numbers" in capsys.readouterr().err


def test_troubles_of_a_child_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "train_all", lambda names, folder, jobs: ["head: no text", "mlp: no disk"])
    assert command.main([]) == 2
    assert capsys.readouterr().err == "head: no text\nmlp: no disk\n"


def test_all_seeds_go_to_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []
    monkeypatch.setattr(command.train_seeds, "make", folders.append)
    assert command.main(["--seeds", str(tmp_path)]) == 0 and folders == [tmp_path]


def test_there_is_most_to_do_for_the_largest() -> None:
    assert max(train_rungs.trainable(), key=command.work) == "size-4"
    assert command.work("scaled") == 0
