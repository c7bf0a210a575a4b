"""One damaged run hides nothing, hangs nothing and breaks nothing: it is a row that says why, or what is left of it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from gpt import runs
from gpt.runs import Run, RunError, control, queue
from gpt.runs.create import Asked
from gpt.train.stop_request import StopRequest
from tests.support import corrupt, shipped

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
SECONDS = 1.0  # of this thread's own work, for one look


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one good run."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("gpt.runs.queue.spawn", lambda run: False)
    corrupt.good(tmp_path / "runs" / "good", shipped.shelved("mini").last)
    return tmp_path / "runs"


def damaged(home: Path, change: object) -> Run:
    """A run with one thing wrong."""
    run = corrupt.good(home / "bad", shipped.shelved("mini").last)
    assert callable(change)
    change(run)
    return run


def look(home: Path) -> dict[str, runs.Status]:
    """All runs, found in no time."""
    began = time.thread_time()
    found = {status.id: status for status in runs.listing()}
    assert time.thread_time() - began < SECONDS
    for status in found.values():
        status.message.encode()  # no half characters on their way to a browser
        status.name.encode()
        json.dumps([status.train_loss, status.val_loss, status.loss, status.seconds, status.eta], allow_nan=False)
        assert status.message.isprintable() and len(status.message) < 400
    assert found["good"].state == "done" and found["good"].kept == (100,)
    return found


def test_there_are_forty_and_the_good_one_is_good(home: Path) -> None:
    assert len(corrupt.UNREADABLE) + len(corrupt.READABLE) >= 40
    assert look(home)["good"].damaged == 0


@pytest.mark.parametrize("name", corrupt.UNREADABLE)
@pytest.mark.timeout(20)
def test_one_that_cannot_be_read_is_a_row_that_says_why(name: str, home: Path) -> None:
    damaged(home, corrupt.UNREADABLE[name])
    for _ in range(2):  # the second look knows what the first one found
        status = look(home)["bad"]
        assert status.state == "unreadable" and not status.readable and not status.resumable
        assert status.kept == () and status.model in ({}, corrupt.MODEL.to_json())
        assert status.message.startswith("This run cannot be read: ") and status.message.endswith(".")
    assert runs.status_of("bad") == status
    try:
        assert runs.tail("bad").again
    except RunError as error:
        assert str(error).startswith("This run cannot be read: its log is ")
    assert runs.reading("bad") is None and runs.waiting() == [] and control.pump() == ()
    for act in (control.resume, control.pause, control.stop):
        with pytest.raises(RunError):
            act("bad", "", teacher=True)
    with pytest.raises(ValueError):
        control.fork("bad", 100, {}, Asked("mine", "me", ""))
    control.delete("bad", "", teacher=True)
    assert set(look(home)) == {"good"} and not list(home.glob(".gone-*"))


@pytest.mark.parametrize("name", corrupt.READABLE)
@pytest.mark.timeout(60)
def test_what_is_wrong_in_a_readable_one_is_left_out(name: str, home: Path) -> None:
    run = damaged(home, corrupt.READABLE[name])
    for _ in range(2):
        status = look(home)["bad"]
        assert (status.state, status.kept) == ("done", (100,)), status.message
        assert status.step <= 100
    began = time.thread_time()
    tail = runs.tail("bad")
    assert time.thread_time() - began < SECONDS and all(0 <= line.step <= 100 for line in tail.lines)
    assert tail.damaged == status.damaged or name == "a line of 100 MB without an end"
    reading = runs.reading("bad")
    assert reading is None and runs.waiting() == []
    assert StopRequest(run).now(1, last=False) is None
    assert len(runs.export("bad")) > 1_000
    control.delete("bad", "", teacher=True)
    assert set(look(home)) == {"good"}


def test_a_folder_that_is_a_link_is_a_row_and_what_it_leads_to_stays(home: Path, tmp_path: Path) -> None:
    corrupt.good(tmp_path / "elsewhere", shipped.shelved("mini").last)
    (home / "bad").symlink_to(tmp_path / "elsewhere")
    assert look(home)["bad"].message == "This run cannot be read: its folder is a link."
    control.delete("bad", "", teacher=True)
    assert set(look(home)) == {"good"} and (tmp_path / "elsewhere" / "run.json").is_file()


def test_a_run_that_is_mended_is_read_again(home: Path) -> None:
    run = damaged(home, corrupt.UNREADABLE["model null"])
    assert not look(home)["bad"].readable
    corrupt.described()(run)
    assert look(home)["bad"].state == "done"
    corrupt.UNREADABLE["a pipe for a log"](run)
    assert not look(home)["bad"].readable
    run.metrics.unlink()
    assert look(home)["bad"].readable


def test_one_that_cannot_be_started_keeps_no_other_waiting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def spawn(run: Run) -> bool:
        if run.folder.name == "bad":
            raise OSError(5, "Input/output error")
        started.append(run.folder.name)
        return True

    monkeypatch.setattr("gpt.runs.machine.slots", lambda: 2)
    monkeypatch.setattr("gpt.runs.queue.spawn", spawn)
    for name in ("bad", "good"):
        queue.enqueue(Run(home / name)) if name == "good" else queue.enqueue(damaged(home, lambda run: None))
    assert control.pump() == ("good",) and started == ["good"]
    Run(home / "good").queued.unlink()
    with pytest.raises(OSError, match="Input/output"):
        control.pump()


def test_delete_asks_for_the_name_that_was_meant(home: Path) -> None:
    """Another run in its place, or the same one renamed meanwhile, is not what was confirmed."""
    with pytest.raises(RunError, match=r"^This run is called “mine”, not “yours”: nothing was deleted\.$"):
        control.delete("good", "me", expected_name="yours")
    assert look(home)["good"].name == "mine"
    control.rename("good", "better", "me")
    with pytest.raises(RunError, match="is called “better”"):
        control.delete("good", "me", expected_name="mine")
    control.delete("good", "me", expected_name="better")
    assert runs.listing() == ()
