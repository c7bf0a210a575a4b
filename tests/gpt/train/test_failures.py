"""Whatever fails on the way, what was acknowledged is there, and going on ends in the same bits."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors

from gpt import checkpoint
from gpt.config import GPTConfig
from gpt.runs import Run, RunError
from gpt.runs.log import Line
from gpt.storage.step_files import step_name
from gpt.train import __main__ as main
from gpt.train import evaluate, resume
from gpt.train.resume import Store
from tests.support import ROOT
from tests.support.tiny import go, kept, log, logged, of_kind, settings


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("straight") / "run")


def head(data: bytes) -> int:
    """Where a safetensors file's numbers begin."""
    return 8 + int.from_bytes(data[:8], "little")


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "zeros": lambda data: bytes(len(data)),
    "truncated": lambda data: data[:-1],
    "half": lambda data: data[: len(data) // 2],
    "a bit of its length": lambda data: bytes([data[0] ^ 4]) + data[1:],
    "another tensor's name": lambda data: data.replace(b"model.token", b"model.tokem", 1),
    "no generator": lambda data: data.replace(b'"rng.data"', b'"rng.date"', 1),
    "an optimizer's number lost": lambda data: data.replace(b'"optimizer.0.1.', b'"optimizer.0.9.'),
    "another step": lambda data: data.replace(b'{\\"step\\": 6,', b'{\\"step\\": 9,', 1),
    "notes that are no JSON": lambda data: data.replace(b'{\\"step\\"', b'{[\\"step\\"'[:9], 1),
    "numbers of another type": lambda data: data.replace(b'"U8"', b'"I8"', 1),
    "one bit of its numbers": lambda data: data[:-9] + bytes([data[-9] ^ 16]) + data[-8:],
    "no fingerprint": lambda data: data.replace(b'"sha256":', b'"sha255":', 1),
    "a generator of zeros": lambda data: data[: head(data)] + bytes(len(data) - head(data)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_of_a_damaged_state_the_one_before_is_used(damage: str, tmp_path: Path, straight: Run) -> None:
    run = go(tmp_path / "run", 8)
    newest = run.state / step_name(6)
    before = newest.read_bytes()
    newest.write_bytes(DAMAGE[damage](before))
    assert newest.read_bytes() != before
    run = go(tmp_path / "run")
    (resumed,) = of_kind(run, "resumed")
    assert resumed["step"] == 3
    assert resumed["message"] == "The saved state of step 6 is damaged: it goes on from step 3 instead."
    assert log(run) == log(straight) and kept(run) == kept(straight)
    again = go(tmp_path / "run")
    assert of_kind(again, "resumed")[-1]["message"] == "", "the damaged one is gone, and told only once"


def test_any_flipped_bit_of_a_state_is_noticed(tmp_path: Path) -> None:
    """In its header, its notes and its numbers; a safetensors file alone would not tell the last of these."""
    run = go(tmp_path / "run", 8)
    data = (run.state / step_name(6)).read_bytes()
    tensors, notes = resume.unpack(data)
    assert notes["step"] == 6 and resume.unpack(resume.pack(tensors, notes))[1] == notes
    dice, silent = random.Random(5), 0
    places = [*range(0, 8 * 64, 7), *(dice.randrange(8 * len(data)) for _ in range(600))]
    for place in places:
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with suppress(SafetensorError, KeyError, ValueError):
            read_tensors(bytes(flipped))
            silent += 1
        with pytest.raises(resume.StateError):
            resume.unpack(bytes(flipped))
    assert silent > 300, "the library alone notices most of them, so the fingerprint proves nothing here"


def test_only_damaged_states_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    run = go(tmp_path / "run", 8)
    for path in run.state.iterdir():
        path.write_bytes(b"")
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=r"^No saved state of the run run can be read any more: fork it .*\.$"):
        go(tmp_path / "run")
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_states_are_sorted_by_step_beyond_six_digits(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.state.mkdir()
    steps = [5, 999_999, 1_000_000, 10_000_000]
    for step in reversed(steps):
        (run.state / step_name(step)).write_bytes(b"")
    found = Store(run, SimpleNamespace()).states()  # type: ignore[arg-type]
    assert found == [(step, run.state / step_name(step)) for step in steps]


class Crash(BaseException):
    """Ends a training at one of its writes, as a power cut would."""


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_write(after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file of a run comes by a rename: the training ends just before or just after each of them in turn."""
    short = settings(steps=6, eval_every=3, snapshots=3, save_every=2)
    straight, replace, renamed = go(tmp_path / "straight", settings=short), Path.replace, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal renamed
        if renamed == place and not after:
            raise Crash
        replace(self, target)
        renamed += 1
        if renamed == place + 1 and after:
            raise Crash
        return target

    for place in range(1_000):
        renamed = 0
        with monkeypatch.context() as broken:
            broken.setattr(Path, "replace", rename)
            try:
                run = go(tmp_path / str(place), settings=short)
            except Crash:
                run = Run(tmp_path / str(place))
            else:
                break
        for line in of_kind(run, "snapshot"):  # what was told is there, and whole
            assert checkpoint.load(run.steps / line["file"]).step == line["step"]
        run = go(run.folder, settings=short)
        told, expected = ([line for line in log(r) if line["kind"] != "state"] for r in (run, straight))
        assert told == expected, place  # a state may be kept just before that can be told
        assert kept(run) == kept(straight), place
    assert place >= 7  # one description, three kept steps, three states, and whatever else there is


@pytest.mark.parametrize("place", [0, 1, 2, 5, 9, 20])
def test_a_line_torn_in_the_log(place: int, tmp_path: Path, straight: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def torn(self: Run, line: Line) -> None:
        nonlocal count
        if count == place:
            with self.metrics.open("ab") as file:
                file.write(b'{"kind": "train", "st')
            raise Crash
        count += 1
        append(self, line)

    append = Run.append
    with monkeypatch.context() as broken:
        broken.setattr(Run, "append", torn)
        with pytest.raises(Crash):
            go(tmp_path / "run")
    run = go(tmp_path / "run")
    assert log(run) == log(straight) and kept(run) == kept(straight)


def test_a_full_disk_ends_the_run_and_going_on_is_possible(
    tmp_path: Path, straight: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    go(tmp_path / "run", 5)
    with monkeypatch.context() as broken, pytest.raises((OSError, RunError), match="No space left|disk is full"):
        broken.setattr(os, "fsync", full)
        go(tmp_path / "run")
    run = go(tmp_path / "run")
    assert log(run) == log(straight) and kept(run) == kept(straight)
    assert not list(run.folder.rglob("*.tmp*"))


def test_what_a_dead_trainer_left_half_written_is_removed(tmp_path: Path) -> None:
    run = go(tmp_path / "run", 4)
    left = [run.folder / ".metrics.jsonl.tmp-1", run.steps / ".a.tmp-xyz", run.state / ".step-000006.tmp-4711"]
    for path in left:
        path.write_bytes(b"half")
    lock = run.hold()
    with pytest.raises(RunError, match="already being trained"):
        go(tmp_path / "run", 5)
    assert all(path.exists() for path in left)  # they may belong to the one who holds the lock
    lock.release()
    go(tmp_path / "run", 5)
    assert not any(path.exists() for path in left)


def test_a_loss_that_is_not_a_number_ends_the_run_in_a_sentence(tmp_path: Path) -> None:
    deep = GPTConfig(block_size=8, n_layer=6, n_head=2, n_embd=8, norm="none", activation="relu")
    wild = settings(lr=100.0, grad_clip=0.0, schedule="constant", steps=40, save_every=1, snapshots=3, eval_every=40)
    with pytest.raises(RunError, match=r"^The loss is not a number after step \d+; .*ten times smaller\.$"):
        go(tmp_path / "run", model=deep, settings=wild)
    run = Run(tmp_path / "run")
    lines = logged(run)
    assert len(lines) == run.metrics.read_bytes().count(b"\n") and b"NaN" not in run.metrics.read_bytes()
    good, last = [line for line in lines if line["kind"] == "train"][-2:]
    assert good["loss"] is not None and None in (last["loss"], last["grad_norm"])
    for file in run.steps.iterdir():
        assert not any(weight.isnan().any() for weight in checkpoint.load(file).model.parameters())
    with pytest.raises(RunError, match="not a number"):  # the state before it loads, and ends in the same way
        go(tmp_path / "run", model=deep, settings=wild)
    assert of_kind(run, "resumed")[-1]["step"] == good["step"]


def test_an_evaluation_that_is_not_a_number_ends_the_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([2.0, 2.0, 2.0, float("nan")])
    monkeypatch.setattr(evaluate, "mean_loss", lambda *_: next(losses))
    with pytest.raises(RunError, match=r"^The loss is not a number after step 5;"):
        go(tmp_path / "run")
    run = Run(tmp_path / "run")
    last = of_kind(run, "eval")[-1]
    assert last["step"] == 5 and last["val"] is None and log(run)[-1]["kind"] != "end"


def test_killed_without_a_word(tmp_path: Path) -> None:
    """A real process, killed while it trains: what it kept loads, and going on ends where a straight run ends."""
    words = "--corpus copy --block-size 8 --n-layer 1 --n-head 1 --n-embd 8 --dropout 0.1 --batch-size 4 --steps 100"
    words += " --eval-every 100 --save-every 5 --snapshots 9 --eval-batches 2"
    arguments = words.split()
    run = Run(tmp_path / "run")
    command = [sys.executable, "-m", "gpt.train", str(run.folder), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and len(of_kind(run, "state")) < 3:
            time.sleep(0.01)
        process.kill()
    assert len(of_kind(run, "state")) < 20, "it finished before it could be killed"
    for path in run.steps.glob("step-*"):
        assert checkpoint.load(path)
    assert main.main([str(run.folder)]) == 0
    whole = Run(tmp_path / "whole")
    assert main.main([str(whole.folder), *arguments]) == 0
    assert log(run) == log(whole) and kept(run) == kept(whole)
