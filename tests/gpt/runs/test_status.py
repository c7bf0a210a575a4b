"""What a page sees of the runs: quickly, also of fifty, and whatever is damaged or half written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gpt import runs
from gpt.config import GPTConfig, TrainConfig
from gpt.runs.log import End, Train

SHORT = TrainConfig(steps=100)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def test_fifty_runs_are_listed_quickly_and_damage_hides_nothing(home: Path) -> None:
    for place in range(50):
        run = runs.Run(home / f"run-{place}")
        run.create({"id": f"run-{place}", "owner": "me", "model": GPTConfig().to_json(), "train": SHORT.to_json()})
        for step in range(100):
            run.append(Train(step, loss=1.0, seconds=step / 10))
        run.append(End(100))
    (home / "run-7" / "run.json").write_bytes(b"{")
    (home / "run-8" / "queued").write_bytes(b"{")
    with (home / "run-9" / "metrics.jsonl").open("ab") as log:
        log.write(b'\xff\n{"kind": "train", "step": 7')
    assert len(runs.listing()) == 50
    began = time.perf_counter()
    for _ in range(5):
        found = runs.listing()
    spent = (time.perf_counter() - began) / 5
    states = {status.id: status.state for status in found}
    assert states.pop("run-7") == "unreadable" and set(states.values()) == {"done"} and spent < 0.25, spent
    assert runs.tail("run-9").damaged == 1


def test_a_log_is_read_on_from_where_it_was(home: Path) -> None:
    run = runs.Run(home / "mine")
    run.create({"id": "mine"})
    for step in range(4):
        run.append(Train(step))
    whole = run.metrics.read_bytes()
    run.metrics.write_bytes(b"")
    mark, steps = runs.START, []
    for byte in whole:
        with run.metrics.open("ab") as log:
            log.write(bytes([byte]))
        tail = runs.tail("mine", mark)
        assert tail.again == (mark == runs.START)
        mark, steps = tail.mark, steps + [line.step for line in tail.lines]
    assert steps == [0, 1, 2, 3] and runs.tail("mine", mark).lines == ()
    run.truncate_log(1)
    tail = runs.tail("mine", mark)
    assert tail.again and [line.step for line in tail.lines] == [0, 1]


@pytest.mark.parametrize(("step", "seconds", "left"), [(75, 30.0, 10.0), (100, 40.0, 0.0), (1, 0.5, 49.5)])
def test_the_time_left_counts_only_the_steps_that_are_not_done(
    home: Path, step: int, seconds: float, left: float
) -> None:
    run = runs.Run(home / "mine")
    run.create({"id": "mine", "model": GPTConfig().to_json(), "train": SHORT.to_json()})
    run.append(Train(step, loss=1.0, seconds=seconds))
    lock = run.hold()
    try:
        assert runs.status_of("mine").eta == pytest.approx(left)
    finally:
        lock.release()
    assert runs.status_of("mine").eta is None
