"""A run that was begun before the engine was divided into rooms: its files are read, and it goes on from its state.

tests/data/run-before is what `go(folder, 8)` of tests/support/tiny.py left at commit a7899b6.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gpt import checkpoint, runs
from gpt.runs import Run
from gpt.runs.log import Eval, Reading, Sample, Saved, Snapshot, Train
from gpt.train import resume
from tests.support import ROOT
from tests.support.tiny import go, log, of_kind

BEFORE = ROOT / "tests" / "data" / "run-before"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    shutil.copytree(BEFORE, tmp_path / "run")
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    return Run(tmp_path / "run")


def test_every_file_is_read(run: Run) -> None:
    (status,) = runs.listing()
    assert (status.state, status.step, status.steps, status.kept) == ("interrupted", 8, 14, (0, 1, 4, 7))
    assert status.damaged == 0 and {type(line) for line in run.lines()} == {Train, Eval, Sample, Snapshot, Saved}
    for step in status.kept:
        assert checkpoint.load(runs.step_file("run", step)).step == step
    tensors, notes = resume.unpack((run.state / "step-000006.safetensors").read_bytes())
    assert notes["step"] == notes["told"] == 6 and "rng.data" in tensors
    assert isinstance(runs.reading("run"), Reading)


def test_it_goes_on_from_its_state(run: Run, tmp_path: Path) -> None:
    """On another processor or torch the last bits may differ; here the curve of a straight training is close enough."""
    resumed = go(run.folder)
    assert [line["step"] for line in of_kind(resumed, "resumed")] == [6]
    straight = go(tmp_path / "straight")
    assert [(line["kind"], line["step"]) for line in log(resumed)] == [
        (line["kind"], line["step"]) for line in log(straight)
    ]
    for kind, name in (("train", "loss"), ("train", "grad_norm"), ("eval", "val")):
        numbers = ([line[name] for line in of_kind(one, kind)] for one in (resumed, straight))
        assert next(numbers) == pytest.approx(next(numbers), abs=1e-3)
