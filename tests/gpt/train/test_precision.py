"""In which numbers a training computes: as asked, or as the probe found when the run began, and so to its end."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch

from gpt import checkpoint
from gpt.config import GPTConfig, TrainConfig
from gpt.runs import Run
from gpt.runs.description import describe
from gpt.train import precision, speed_probe
from gpt.train.precision import KINDS, Choice, choose, decide, probe
from gpt.train.trainer import Trainer, own_randomness
from tests.support.tiny import MODEL, TEXT, go, kept, last, log, of_kind, settings

AUTO = settings(precision="auto")
FAST_BF16, FAST_FP32 = (0.002, 0.001), (0.001, 0.015)  # seconds in fp32 and in bf16


def finds(patch: pytest.MonkeyPatch, found: tuple[float, float]) -> None:
    """A machine of which the probe finds these times."""
    patch.setattr(precision, "probe", lambda *asked: found)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (FAST_BF16, "bf16, because here a layer like the model's takes 1.00 ms in bf16 and 2.00 ms in fp32."),
        (FAST_FP32, "fp32, because here a layer like the model's takes 15.00 ms in bf16 and 1.00 ms in fp32."),
        ((0.0012, 0.001), "fp32, because here a layer like the model's takes 1.00 ms in bf16 and 1.20 ms in fp32."),
    ],
)
def test_the_quicker_one_is_taken_when_the_gain_is_worth_it(found: tuple[float, float], says: str) -> None:
    assert decide(*found) == (says[:4], says)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_asked_for_is_taken_without_a_probe(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "probe", None)
    found = choose(MODEL, settings(precision=kind))
    assert (found.precision, found.reason) == (kind, "") and found.to_json().get("precision_reason") is None


@pytest.mark.parametrize("width", [8, 128, 4_096])
def test_the_probe_takes_well_under_a_second(width: int) -> None:
    """Whatever the model: its layer is cut to a size at which the ratio no longer changes."""
    began = time.process_time()
    found = choose(GPTConfig(n_head=1, n_embd=width), TrainConfig(batch_size=64))
    assert time.process_time() - began < 1.5  # of one thread, and a first call that loads torch's kernels
    assert found.precision in KINDS and found.reason.startswith(f"{found.precision}, because here a layer")


def test_the_probe_asks_once_and_draws_from_a_generator_of_its_own() -> None:
    before = torch.get_rng_state()  # (bytes,)
    found = probe(4, 8, "torch")
    assert probe(4, 8, "torch") is found and min(found) > 0
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("found", "kind"), [(FAST_BF16, "bf16"), (FAST_FP32, "fp32")])
def test_auto_gives_the_bits_of_what_it_chose(
    found: tuple[float, float], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(monkeypatch, found)
    chosen, asked = go(tmp_path / "chosen", settings=AUTO), go(tmp_path / "asked", settings=settings(precision=kind))
    assert log(chosen) == log(asked) and kept(chosen) == kept(asked)
    told = decide(*found)
    for record in (chosen.read(), checkpoint.load(last(chosen)).record):
        assert (record["precision"], record["precision_reason"]) == told and record["train"]["precision"] == "auto"
    assert asked.read()["precision"] == kind and "precision_reason" not in asked.read()


@pytest.mark.parametrize("stop", [1, 8])
def test_a_run_goes_on_with_what_it_began_with(stop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before its first state or after, and taken up where the probe finds the opposite."""
    finds(monkeypatch, FAST_BF16)
    straight = go(tmp_path / "straight", settings=AUTO)
    go(tmp_path / "run", stop, settings=AUTO)
    finds(monkeypatch, FAST_FP32)
    resumed = go(tmp_path / "run", settings=AUTO)
    assert log(resumed) == log(straight) and kept(resumed) == kept(straight)
    assert [line["differs"] for line in of_kind(resumed, "resumed")] == [""]


def test_a_run_of_the_app_remembers_it_in_its_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app wrote the run.json, without torch: the trainer adds what it found, and nothing else changes."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    finds(monkeypatch, FAST_BF16)
    run = Run(tmp_path / "run")
    about = {"id": "run", "name": "Mine", "owner": "me", "corpus": TEXT.name, "corpus_sha256": TEXT.sha256}
    about |= {"model": {**MODEL.to_json(), "vocab_size": len(set(TEXT.text))}, "train": AUTO.to_json()}
    run.create(about)
    assert describe(run).precision == ""
    go(run.folder, 1, settings=AUTO)
    kind, reason = decide(*FAST_BF16)
    assert run.read() == {**about, "precision": kind, "precision_reason": reason}
    assert (describe(run).fault, describe(run).name, describe(run).precision) == ("", "Mine", kind)
    finds(monkeypatch, FAST_FP32)
    go(run.folder, settings=AUTO)
    assert checkpoint.load(last(run)).record["precision"] == "bf16"


@pytest.mark.parametrize("strange", [None, 7, "auto", "fp8", ["bf16"], {"bf16": 1}])
def test_a_description_that_says_something_else_is_not_believed(
    strange: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(monkeypatch, FAST_FP32)
    found = choose(MODEL, AUTO, {"precision": strange, "precision_reason": strange})
    assert (found.precision, found.reason) == decide(*FAST_FP32)
    assert choose(MODEL, AUTO, {"precision": "bf16", "precision_reason": strange}).precision == "bf16"


def test_a_state_tells_when_another_library_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor of another maker: the same mathematics, another order of sums."""
    go(tmp_path / "run", 8)
    monkeypatch.setattr(precision, "library", lambda config, train: "oneDNN")
    (line,) = of_kind(go(tmp_path / "run"), "resumed")
    assert line["differs"] == "very close, but not bit-identical: products by torch -> oneDNN"


def test_the_speed_probe_measures_what_a_run_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(speed_probe, "SECONDS", 0.01)
    finds(monkeypatch, FAST_BF16)
    computing = Choice.computing
    monkeypatch.setattr(Choice, "computing", lambda self: (asked.append(self.precision), computing(self))[1])
    assert speed_probe.measure(MODEL, AUTO) > 0 and set(asked) == {"bf16"}


def test_a_trainer_alone_chooses_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpt.tokenizers import CharTokenizer

    finds(monkeypatch, FAST_BF16)
    tokenizer = CharTokenizer.from_text(TEXT.text)
    config = GPTConfig.from_json({**MODEL.to_json(), "vocab_size": tokenizer.vocab_size})
    with own_randomness(1, 1):
        trainer = Trainer(TEXT, tokenizer, config, AUTO)
        trainer.step()
    assert trainer.recipe["precision"] == "bf16" and json.dumps(trainer.recipe)
