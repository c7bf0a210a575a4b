"""Real trainers that are told to end, and one whose memory is really too small: both within bounds, with a sentence."""

from __future__ import annotations

import logging
import os
import random
import time
from pathlib import Path

import pytest

from gpt import runs
from gpt.config import GPTConfig, TrainConfig
from gpt.runs import Status, control, queue
from gpt.train import resume
from tests.gpt.runs.test_control import MODEL as SHORT_MODEL
from tests.gpt.runs.test_control import SHORT, home, wait  # noqa: F401 - a home of its own for every test, and no trainer left

SECONDS = 5.0  # from SIGTERM to the end, the state saved
LIVES = 3
MODEL = GPTConfig(block_size=64, n_layer=4, n_head=4, n_embd=64)
TRAIN = TrainConfig(steps=100_000, batch_size=32, optimizer="muon", eval_every=40, eval_batches=20, save_every=10_000)
LARGE = GPTConfig(block_size=128, n_layer=4, n_head=4, n_embd=128)


def patience() -> float:
    """A machine with twice the work may take twice the time."""
    return SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.timeout(300)
def test_sigterm_saves_and_ends_within_five_seconds() -> None:
    """At random moments, amid steps and evaluations; each life goes on where the one before was put down."""
    name = control.create(MODEL, TRAIN, "copy", "mine", "me", "")
    dice, step, times = random.Random(4), 0, []

    def gets_on(status: Status) -> bool:
        return status.state == "running" and status.step > step + 3

    for _ in range(LIVES):
        wait(name, gets_on)
        time.sleep(dice.uniform(0.0, 1.5))
        child = queue._children[-1]
        began, allowed = time.perf_counter(), patience()
        child.terminate()
        child.wait(60)
        times.append(time.perf_counter() - began)
        assert times[-1] <= allowed, times
        ended = runs.status_of(name)
        assert ended.state == "paused" and ended.step > step, ended
        step = ended.step
        newest = max((runs.find(name).state).glob("step-*"))
        assert resume.unpack(newest.read_bytes())[1]["step"] == step
        control.resume(name, "me")
    logging.getLogger(__name__).info("from SIGTERM to the end: %s s", [round(seconds, 2) for seconds in times])


@pytest.mark.timeout(300)
def test_who_waits_is_started_by_who_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the page, perhaps there is no server: the queue goes on by itself."""
    monkeypatch.setenv("NANOSCOPE_SLOTS", "1")
    first, second, third = (control.create(SHORT_MODEL, SHORT, "copy", name, name, "") for name in ("a", "b", "c"))
    assert runs.status_of(second).place == 1 and runs.status_of(third).place == 2
    end = time.monotonic() + 200
    while any(runs.status_of(name).state != "done" for name in (first, second, third)):
        assert time.monotonic() < end, [status.state for status in runs.listing()]
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux limits a process's memory")
@pytest.mark.timeout(300)
def test_a_trainer_without_memory_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel refuses it more: it says so and ends, its starter lives, and with more memory it goes on."""
    monkeypatch.setattr("gpt.runs.cost.fit", lambda *_: "")  # the refusal before the start would be the usual way
    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 200_000_000)  # torch's own late imports take half of that
    train = TrainConfig(steps=1_000, batch_size=64, eval_every=1_000, eval_batches=1, snapshots=2)
    name = control.create(LARGE, train, "copy", "too large", "me", "")
    ended = wait(name, lambda status: status.state in ("failed", "interrupted"))
    assert ended.state == "failed", ended
    assert ended.message == "It ran out of memory at step 0: fork it with fewer sequences in a batch."
    assert runs.listing()[0].id == name and ended.resumable

    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 4_000_000_000)
    control.step_once(name, "me")
    assert wait(name, lambda status: status.state == "paused").step == 1
