"""Trainings of seconds: a small text, a small model, a run stopped where a test wants, and what must be equal after."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.corpora.generated import copy_lines
from gpt.runs import Run
from gpt.runs.log import Train
from gpt.storage.jsonl import whole_lines
from gpt.storage.step_files import step_name
from gpt.train import loop
from gpt.train.start import start
from gpt.train.trainer import Trainer

TEXT = Corpus("tiny", "Tiny", copy_lines(0)[:1_200], "the tests", "none")
MODEL = GPTConfig(block_size=8, n_layer=1, n_head=2, n_embd=8, dropout=0.1)
TRAIN = TrainConfig(
    steps=14,
    batch_size=4,
    lr=0.01,
    warmup=3,
    eval_every=5,
    eval_batches=2,
    snapshots=5,
    save_every=3,
    init_std=0.2,
    precision="fp32",
    zero_projections=False,  # with them at zero, what attention drops would not matter for the first step
)
KINDS = ("train", "eval", "sample", "snapshot", "state", "end")  # the lines that a straight training writes
TIMES = ("seconds", "tokens_per_second", "eta")  # the only values in a log that may differ between two equal runs


class Stopped(Exception):
    """Ends a training as a crash would, without a word to it."""


def go(folder: Path, stop: int | None = None, model: GPTConfig = MODEL, settings: TrainConfig = TRAIN) -> Run:
    """Begin or go on with a run in a folder; `stop` ends it just before that step is taken.

    However it ends, torch's own generator and threads must be as they were.
    """
    run, step = Run(folder), Trainer.step
    before, threads = torch.get_rng_state(), torch.get_num_threads()  # (bytes,)

    def until(self: Trainer) -> Train:
        if self.done == stop:
            raise Stopped
        return step(self)

    with mock.patch.object(Trainer, "step", until), mock.patch.object(loop, "SAMPLE_LENGTH", 20):
        try:
            start(run, TEXT, model, settings, quiet=True)
        except Stopped:
            assert stop is not None
        finally:
            assert torch.equal(torch.get_rng_state(), before) and torch.get_num_threads() == threads
    return run


def settings(**changes: Any) -> TrainConfig:
    """The usual settings with some changed."""
    return dataclasses.replace(TRAIN, **changes)


def logged(run: Run) -> list[dict[str, Any]]:
    """Every line of a run's log, as it is written there."""
    return whole_lines(run.metrics.read_bytes())[0] if run.metrics.exists() else []


def log(run: Run) -> list[dict[str, Any]]:
    """What a run told, without how long it took and where it was paused and resumed."""
    told = [line for line in logged(run) if line["kind"] in KINDS]
    return [{key: value for key, value in line.items() if key not in TIMES} for line in told]


def of_kind(run: Run, kind: str) -> list[dict[str, Any]]:
    """The lines of one kind."""
    return [line for line in logged(run) if line["kind"] == kind]


def digest(file: Path) -> str:
    """The sha256 of a model file's numbers: its notes hold how long the training took."""
    data = file.read_bytes()
    return hashlib.sha256(data[8 + int.from_bytes(data[:8], "little") :]).hexdigest()


def kept(run: Run) -> dict[str, str]:
    """Every kept step's name and digest."""
    return {file.name: digest(file) for file in sorted(run.steps.iterdir())}


def last(run: Run, steps: int = TRAIN.steps) -> Path:
    """The model that the whole training made."""
    return run.steps / step_name(steps)
