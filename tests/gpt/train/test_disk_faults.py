"""Every single operation of a training's writing fails once, in four ways: nothing acknowledged is ever lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gpt import checkpoint
from gpt.runs import Run, RunError
from gpt.train.loop import kept_steps
from gpt.train.start import start
from gpt.train.trainer import Trainer
from tests.support.faults import MODES, Crash, Disk
from tests.support.tiny import MODEL, TEXT, go, kept, log, logged, settings

RECIPE = settings(steps=2, eval_every=2, eval_batches=1, save_every=1, snapshots=2)


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("straight") / "run", settings=RECIPE)


def told(run: Run) -> list[dict[str, Any]]:
    """The log without the words about how it was put down."""
    return [line for line in log(run) if line["kind"] != "paused"]


def operations(folder: Path, mode: str) -> list[int]:
    """What a whole training asks the disk for, by number; only a write can be cut short."""
    with Disk().attached() as disk:
        go(folder, settings=RECIPE)
    return disk.writes if mode == "short" else list(range(disk.count))


def nothing_lost(run: Run) -> int:
    """Every step that the log announces is there and readable; returns the newest announced state."""
    newest = 0
    for line in logged(run):
        if line["kind"] == "snapshot":
            assert checkpoint.load(run.steps / line["file"]).step == line["step"]
        if line["kind"] == "state":
            newest = line["step"]
    return newest


@pytest.mark.parametrize("mode", MODES)
def test_every_operation_fails_once(mode: str, tmp_path: Path, straight: Run) -> None:
    numbers = operations(tmp_path / "count", mode)
    assert len(numbers) > (15 if mode == "short" else 50)
    outcomes = set()
    for at in numbers:
        run, disk = Run(tmp_path / str(at)), Disk(at, mode)
        with disk.attached():
            try:
                go(run.folder, settings=RECIPE)
                outcomes.add("went on")
            except Crash:
                outcomes.add("crash")
            except RunError as error:
                assert str(error).endswith("then press Resume.") and "training paused at step" in str(error)
                assert ("The disk is full" in str(error)) == (mode == "full")
                assert [line["message"] for line in logged(run) if line["kind"] == "paused"] == [str(error)]
                outcomes.add("paused")
            except OSError:
                assert not logged(run), "only before the training began"
                outcomes.add("refused")
        assert disk.count > at
        newest, before = nothing_lost(run), run.folder / "run.json"
        run = go(run.folder, settings=RECIPE)
        resumed = [line["step"] for line in logged(run) if line["kind"] == "resumed"]
        assert max(resumed, default=0) >= newest and before.exists()
        assert told(run) == told(straight) and kept(run) == kept(straight), (mode, at)
        assert not list(run.folder.rglob(".*.tmp-*")), "swept at the next start"
    assert outcomes == ({"crash"} if mode in ("crash", "short") else {"paused", "refused"}), outcomes


def test_a_state_that_cannot_be_read_falls_back(tmp_path: Path, straight: Run) -> None:
    """A bit flips in the newest state, or it ends early: the one before is used, and the result is the same."""
    recipe = settings(save_every=3)
    whole = go(tmp_path / "whole", settings=recipe)
    for name in ("flip", "cut"):
        run = go(tmp_path / name, 8, settings=recipe)
        newest = sorted(run.state.iterdir())[-1]
        data = bytearray(newest.read_bytes())
        data[20] ^= 1
        newest.write_bytes(bytes(data) if name == "flip" else newest.read_bytes()[:-100])
        run = go(run.folder, settings=recipe)
        assert [line["step"] for line in logged(run) if line["kind"] == "resumed"] == [3]
        assert kept(run) == kept(whole)


def test_kept_steps_are_bounded() -> None:
    for steps, every in ((3, 1), (2_000, 10), (5_000, 250), (10_000_000, 1)):
        recipe = settings(steps=steps, eval_every=every, snapshots=24)
        steps_kept = kept_steps(recipe, evaluations=True)
        assert {0, steps} <= steps_kept <= set(range(steps + 1)) and len(steps_kept) <= 61
        assert kept_steps(recipe) <= steps_kept


def test_the_trainer_of_another_text_is_refused(tmp_path: Path) -> None:
    run = go(tmp_path / "run", 4)
    assert isinstance(run, Run) and Trainer and TEXT.sha256 in run.description.read_text(encoding="utf-8")
    with pytest.raises(RunError, match="corpus_sha256"):
        start(run, type(TEXT)("tiny", "", TEXT.text * 2, "", ""), MODEL, settings(), quiet=True)
