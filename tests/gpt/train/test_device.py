"""Where a training computes: what is not there is refused, the processor's bits stay, and no tensor is left behind."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from unittest import mock

import pytest
import torch

from gpt.config import ConfigError, GPTConfig
from gpt.model import GPT
from gpt.tokenizers import CharTokenizer
from gpt.train import __main__ as command
from gpt.train import device, start
from gpt.train.device import device_of
from gpt.train.distributed import Team
from gpt.train.precision import choose
from gpt.train.resume import Store
from gpt.train.trainer import Trainer
from tests.support.ladder import IDS, RUNGS
from tests.support.tiny import MODEL, TEXT, TRAIN, go, kept, log, settings


def finds(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Let torch find these graphics cards."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in found)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in found)


def test_what_is_not_there_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch)
    with pytest.raises(ConfigError) as refusal:
        device_of("cuda")
    assert str(refusal.value) == "device is 'cuda', but it must be one that torch finds here: cpu, or auto."
    assert device_of("auto").type == device_of("cpu").type == "cpu"
    finds(monkeypatch, "mps")
    assert device_of("auto").type == "mps" and device_of("cpu").type == "cpu"
    with pytest.raises(ConfigError, match="finds here: mps, cpu, or auto"):
        device_of("cuda")
    finds(monkeypatch, "cuda", "mps")
    assert device_of("auto").type == "cuda"


def test_the_command_refuses_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finds(monkeypatch)
    assert command.main([str(tmp_path / "run"), "--corpus", "copy", "--device", "mps"]) == 2
    said = capsys.readouterr().err.strip()
    assert said == "device is 'mps', but it must be one that torch finds here: cpu, or auto."
    assert not (tmp_path / "run").exists()


def test_on_the_processor_the_bits_are_the_same_whoever_chose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(monkeypatch)
    told, found = go(tmp_path / "told"), go(tmp_path / "found", settings=settings(device="auto"))
    assert log(told) == log(found)
    assert kept(told) == kept(found)
    assert (told.read()["train"]["device"], found.read()["train"]["device"]) == ("cpu", "auto")
    start.start(told, TEXT, MODEL, settings(device="auto"), quiet=True)  # another device may go on with it


@pytest.mark.parametrize("rung", RUNGS)
def test_a_model_leaves_no_tensor_on_the_processor(rung: str) -> None:
    """A device of shapes only: torch refuses to mix it with any other, but for numbers alone."""
    ids = torch.tensor([IDS], device="meta")  # (B, T)
    for model in (GPT(RUNGS[rung]).to("meta").train(), GPT(RUNGS[rung]).to("meta").eval()):
        logits = model(ids)  # (B, T, V)
        assert logits.device.type == "meta" and logits.shape == (1, 8, 11)
        logits.sum().backward()
        with torch.no_grad():
            assert model(ids).shape == (1, 8, 11)


def test_a_step_s_batch_comes_to_the_device_and_its_gradients_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    alphabet = CharTokenizer.from_text(TEXT.text)
    config = dataclasses.replace(MODEL, vocab_size=alphabet.vocab_size)
    with mock.patch("gpt.train.trainer.device_of", lambda asked: torch.device("meta")):
        trainer = Trainer(TEXT, alphabet, config, TRAIN, Team(), choose(config, TRAIN))
    assert trainer.recipe["device"] == "meta"
    assert {weight.device.type for weight in trainer.model.parameters()} == {"meta"}
    x, y = trainer.ids[None, :8], trainer.ids[None, 1:9]  # (B, T), (B, T)
    assert x.device.type == "cpu"
    trainer.loss(x, y).backward()
    assert {weight.grad.device.type for weight in trainer.model.parameters() if weight.grad is not None} == {"meta"}


def test_several_processes_train_on_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, "cuda")
    monkeypatch.setattr(start, "join", lambda batch_size: Team(1, 2))
    with pytest.raises(ConfigError, match="cpu where several processes train one model"):
        go(tmp_path / "run", settings=settings(device="cuda"))


def test_a_card_computes_in_fp32_unless_one_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe measures the processor, so it says nothing about a card; autocast is the card's own."""
    finds(monkeypatch, "cuda")
    chosen = choose(GPTConfig(), settings(device="cuda", precision="auto"))
    assert (chosen.precision, chosen.library, chosen.device) == ("fp32", "", "cuda") and "not cuda" in chosen.reason
    assert choose(GPTConfig(), settings(device="cuda", precision="bf16")).device == "cuda"


def test_a_card_s_chance_is_kept_and_put_back() -> None:
    state, back = torch.arange(16, dtype=torch.uint8), []
    with (
        mock.patch.object(torch.cuda, "get_rng_state", lambda where: state),
        mock.patch.object(torch.cuda, "set_rng_state", lambda saved, where: back.append((saved, where.type))),
    ):
        kept_state = device.random_state(torch.device("cuda"))
        device.restore_random_state(torch.device("cuda"), kept_state)
        device.restore_random_state(torch.device("cuda"), {})  # of a run that began on the processor
    assert list(kept_state) == ["rng.cuda"] and len(back) == 1 and back[0][1] == "cuda"
    assert device.random_state(torch.device("cpu")) == {}


def test_a_run_that_goes_on_elsewhere_says_that_its_bits_differ(tmp_path: Path) -> None:
    run = go(tmp_path / "run", stop=6)
    alphabet = CharTokenizer.from_text(TEXT.text)
    config = dataclasses.replace(MODEL, vocab_size=alphabet.vocab_size)
    trainer = Trainer(TEXT, alphabet, config, TRAIN, Team(), choose(config, TRAIN))
    trainer.recipe["device"] = "cuda"
    assert Store(run, trainer).restore_newest() == "very close, but not bit-identical: device cpu -> cuda"
