"""However a sitting ends, its log says so in a sentence, and the next sitting makes the same model, bit for bit."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch

from gpt.runs import Run, RunError
from gpt.runs.log import Line, Train
from gpt.train import loop
from gpt.train.resume import Store
from gpt.train.start import start
from gpt.train.stop_request import StopRequest
from gpt.train.trainer import Trainer
from tests.support.tiny import MODEL, TEXT, TRAIN, digest, go, last, log, logged, settings

POINTS = 20 if os.environ.get("NANOSCOPE_SOAK") else 4


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("straight") / "run")


@pytest.fixture(autouse=True)
def short_samples() -> Iterator[None]:
    with mock.patch.object(loop, "SAMPLE_LENGTH", 20):
        yield


def sit(run: Run, budget: int | None = None) -> str:
    """One sitting."""
    return start(run, TEXT, MODEL, TRAIN, quiet=True, budget=budget)


def told(run: Run) -> list[dict[str, Any]]:
    """What a training tells whether or not it was put down on the way."""
    due = {("snapshot", step) for step in (0, 1, 3, 5, 14)} | {("state", step) for step in (3, 6, 9, 12, 14)}
    lines = [line for line in log(run) if line["kind"] not in ("paused", "stopped")]
    keyed = {(line["kind"], line["step"]): line for line in lines}
    return [line for key, line in keyed.items() if key[0] not in ("snapshot", "state") or key in due]


def same(one: Run, other: Run) -> bool:
    """The same losses, to the last bit, and the same model."""
    curves = [sorted(map(json.dumps, told(run))) for run in (one, other)]
    return curves[0] == curves[1] and digest(last(one)) == digest(last(other))


def test_put_down_at_random_points(tmp_path: Path, straight: Run) -> None:
    dice = random.Random(2)
    for place in range(POINTS):
        run = Run(tmp_path / str(place))
        while not sit(run, dice.randrange(1, 6)):
            step = [line["step"] for line in logged(run) if line["kind"] == "paused"][-1]
            assert run.steps.joinpath(f"step-{step:06d}.safetensors").exists()
        assert same(run, straight), place


def test_exactly_one_step(tmp_path: Path, straight: Run) -> None:
    run = Run(tmp_path / "run")
    for step in range(1, TRAIN.steps):
        assert sit(run, 1) == ""
        assert logged(run)[-1]["step"] == step and logged(run)[-1]["kind"] == "paused"
    assert len(sit(run, 1)) == 20 and same(run, straight)


@pytest.mark.parametrize("word", ["pause", "stop"])
def test_a_control_file(word: str, tmp_path: Path, straight: Run) -> None:
    run = Run(tmp_path / "run")
    for junk in (b"", b"[]", b'{"do": "dance"}', b'{"do": 3}'):
        run.folder.mkdir(exist_ok=True)
        (run.folder / "control.json").write_bytes(junk)
    step = Trainer.step

    def ask(self: Trainer) -> Train:
        if self.done == 6:
            (run.folder / "control.json").write_text(json.dumps({"do": word}), encoding="utf-8")
        return step(self)

    with mock.patch.object(Trainer, "step", ask):
        assert sit(run) == ""
    assert (logged(run)[-1]["kind"], logged(run)[-1]["step"]) == (
        {"pause": "paused", "stop": "stopped"}[word],
        7,
    )
    assert not (run.folder / "control.json").exists()
    assert sit(run) and same(run, straight)


@pytest.mark.parametrize("amid", ["step", "evaluate"])
def test_a_signal(amid: str, tmp_path: Path, straight: Run) -> None:
    """SIGTERM ends it at once while it measures, and after the step while it trains; a handler is put back."""
    run, whole, before = Run(tmp_path / "run"), getattr(Trainer, amid), signal.getsignal(signal.SIGTERM)

    def hit(self: Trainer) -> Line:
        line = whole(self)
        if self.done == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return line

    with mock.patch.object(Trainer, amid, hit):
        assert sit(run) == ""
    assert signal.getsignal(signal.SIGTERM) is before
    assert logged(run)[-1]["kind"] == "paused" and logged(run)[-1]["step"] == 5
    assert sit(run) and same(run, straight)
    evaluated = [line["step"] for line in logged(run) if line["kind"] == "eval"]
    assert evaluated == [0, 5, 10, 14]


def test_a_loss_that_is_no_number(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    recipe = settings(lr=100.0, init_std=10.0, grad_clip=0.0, warmup=0, steps=60)
    step = Trainer.step

    def poison(self: Trainer) -> Train:
        if self.done == 7:
            with torch.no_grad():
                self.model.token_embedding.weight.mul_(1e30)  # finite, but no longer what comes of it
        return step(self)

    with mock.patch.object(Trainer, "step", poison), pytest.raises(RunError, match="ten times smaller"):
        start(run, TEXT, MODEL, recipe, quiet=True)
    word = logged(run)[-1]
    assert word["kind"] == "failed" and word["message"].startswith("The loss is not a number after step 7;")
    for text in run.metrics.read_bytes().splitlines():
        json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_out_of_memory(error: Exception, tmp_path: Path) -> None:
    run, whole = Run(tmp_path / "run"), Trainer.step

    def step(self: Trainer) -> Train:
        if self.done == 4:
            raise error
        return whole(self)

    with mock.patch.object(Trainer, "step", step), pytest.raises(RunError, match="out of memory at step 4"):
        sit(run)
    assert logged(run)[-1]["kind"] == "failed"
    assert sit(run)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can make a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this system does not let root mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, straight: Run) -> None:
    run, whole = Run(small_disk / "run"), Trainer.step

    def step(self: Trainer) -> Train:
        if self.done == 4:
            with (small_disk / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError, match="space"):
                while True:
                    ballast.write(bytes(4_096))
        return whole(self)

    (small_disk / "run").mkdir()
    (run.folder / "reserve").write_bytes(bytes(1 << 14))
    with mock.patch.object(Trainer, "step", step), pytest.raises(RunError, match="^The disk is full"):
        sit(run)
    word = logged(run)[-1]
    assert word["kind"] == "paused" and "the last saved step is 3. Free space, then press Resume." in word["message"]
    (small_disk / "ballast").unlink()
    assert sit(run) and same(run, straight)


def test_a_folder_that_nobody_may_write(tmp_path: Path) -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    run, whole = Run(tmp_path / "run"), Store.save_state

    def save(self: Store) -> None:
        run.state.chmod(0o555)
        whole(self)

    with mock.patch.object(Store, "save_state", save), pytest.raises(RunError, match="^The run cannot be written"):
        sit(run)
    run.state.chmod(0o755)
    assert sit(run)


def test_what_it_looks_at(straight: Run) -> None:
    seen = json.loads((straight.folder / "batch.json").read_bytes())
    assert seen["step"] == 14 and len(seen["text"]) == len(seen["tokens"]) == len(seen["loss"]) == MODEL.block_size + 1
    assert seen["text"] in TEXT.text and seen["loss"][0] is None and all(loss > 0 for loss in seen["loss"][1:])


def test_a_stop_request_without_a_trainer(tmp_path: Path) -> None:
    request = StopRequest(Run(tmp_path), budget=2)
    assert [request.now(taken, last=False) for taken in range(4)] == [None, None, "pause", "pause"]
    assert request.now(9, last=True) is None
    request.signal(signal.SIGTERM, None)
    assert request.now(0, last=True) == "pause"
