"""What a training writes and reads is shown early and often, where that costs little, and changes no bit of it."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch

from gpt.config import GPTConfig, TrainConfig
from gpt.presets import PRESETS
from gpt.runs import Run
from gpt.runs.log import Reading, Sample
from gpt.tokenizers import CharTokenizer
from gpt.train import loop
from gpt.train.loop import MOST_MEASURED, SAMPLE_COST, also_shown
from gpt.train.start import start
from gpt.train.trainer import Trainer
from tests.support.tiny import MODEL, TEXT, TRAIN, go, kept, log, of_kind, settings

OFTEN = settings(steps=60, eval_every=1_000)  # nothing is evaluated but the ends
SHOWN = [0, 10, 20, 50, 60]


@pytest.fixture(autouse=True)
def short_and_free() -> Iterator[None]:
    """Samples of 20 tokens, which cost so little that all of them are written."""
    with mock.patch.object(loop, "SAMPLE_LENGTH", 20), mock.patch.object(loop, "SAMPLE_COST", 1):
        yield


def sampled(run: Run) -> list[int]:
    """The steps at which it wrote."""
    return [line.step for line in run.lines() if isinstance(line, Sample)]


def read(run: Run) -> Reading:
    """What it read last."""
    return Reading.from_json(json.loads(run.reading.read_bytes()))


def test_early_and_often(tmp_path: Path) -> None:
    run = go(tmp_path / "run", settings=OFTEN)
    assert sampled(run) == SHOWN
    assert [line["step"] for line in log(run) if line["kind"] == "eval"] == [0, 60]


def test_no_bit_of_the_training_changes(tmp_path: Path) -> None:
    """Weights of every kept step, losses and gradients, with dropout; and what is shown is the same after a crash."""
    shown = go(tmp_path / "shown", settings=OFTEN)
    with mock.patch.object(loop, "also_shown", lambda config, train: set()):
        silent = go(tmp_path / "silent", settings=OFTEN)
    assert sampled(silent) == [0, 60] and kept(shown) == kept(silent)
    lines = [[line for line in log(run) if line["kind"] != "sample"] for run in (shown, silent)]
    assert lines[0] == lines[1]
    crashed = go(tmp_path / "crashed", 21, settings=OFTEN)
    assert sampled(crashed) == [0, 10, 20]
    assert log(go(crashed.folder, settings=OFTEN)) == log(shown) and kept(crashed) == kept(shown)


def test_before_the_first_step_it_shows_what_it_will_read(tmp_path: Path) -> None:
    """Exactly the first sequence of the first batch, which is still drawn then as if nobody had looked."""
    run = go(tmp_path / "run", 0, settings=OFTEN)
    before = read(run)
    assert before.step == 0
    tokenizer = CharTokenizer.from_text(TEXT.text)
    trainer = Trainer(TEXT, tokenizer, dataclasses.replace(MODEL, vocab_size=tokenizer.vocab_size), OFTEN)
    state = trainer.generator.get_state()
    assert trainer.reading().text == before.text and torch.equal(trainer.generator.get_state(), state)
    trainer.step()
    assert trainer.reading().text == before.text and trainer.reading().loss != before.loss


def test_one_step_shows_what_it_did(tmp_path: Path) -> None:
    """Also at a step at which nothing is due; a pause by hand shows nothing more.

    The next sitting takes it out of the log again, which then is as if there had been no pause.
    """
    run = Run(tmp_path / "run")
    start(run, TEXT, MODEL, OFTEN, quiet=True, budget=3)
    assert sampled(run) == [0, 3] and read(run).step == 3
    start(run, TEXT, MODEL, OFTEN, quiet=True, budget=1)
    assert sampled(run) == [0, 4] and read(run).step == 4
    whole = Trainer.step

    def paused(self: Trainer) -> object:
        run.control.write_text('{"do": "pause"}', encoding="utf-8")
        return whole(self)

    with mock.patch.object(Trainer, "step", paused):
        start(run, TEXT, MODEL, OFTEN, quiet=True)
    assert sampled(run) == [0] and of_kind(run, "paused")[-1]["step"] == 5


def test_a_signal_amid_showing_ends_the_sitting(tmp_path: Path) -> None:
    run, write = Run(tmp_path / "run"), loop.sample

    def hit(*arguments: Any) -> str:
        text = write(*arguments)
        if len(sampled(run)) == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return text

    with mock.patch.object(loop, "sample", hit):
        start(run, TEXT, MODEL, OFTEN, quiet=True)
    assert of_kind(run, "paused")[-1]["step"] == 10 and sampled(run) == [0]
    start(run, TEXT, MODEL, OFTEN, quiet=True)
    assert sampled(run) == SHOWN and kept(run).items() >= kept(go(tmp_path / "straight", settings=OFTEN)).items()


@pytest.mark.parametrize("name", PRESETS)
def test_what_it_costs(name: str) -> None:
    """Never more than its share of the training's time, by the formula; a training of the app shows the early steps."""
    model, train = PRESETS[name].model, PRESETS[name].train
    with mock.patch.object(loop, "SAMPLE_COST", SAMPLE_COST):
        shown = also_shown(model, train)
    tokens = train.steps * train.batch_size * model.block_size
    assert len(shown) * SAMPLE_COST <= MOST_MEASURED * tokens
    assert {10, 20, 50} <= shown and not {step for step in shown if step % train.eval_every == 0}


def test_a_training_too_short_for_all_shows_the_first_of_them() -> None:
    model, train = GPTConfig(block_size=8, n_layer=1, n_head=1, n_embd=8), TrainConfig(steps=1_000, batch_size=16)
    with mock.patch.object(loop, "SAMPLE_COST", SAMPLE_COST):
        assert also_shown(model, train) == {10, 20}
        assert also_shown(model, TRAIN) == set()
    assert math.isclose(MOST_MEASURED * 1_000 * 16 * 8 / SAMPLE_COST, 2.56)
