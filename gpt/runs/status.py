"""What a page shows of the runs: read from their files, only what is new, at most a few stats a run."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from gpt.runs.folder import Run, RunError, every, find, waiting
from gpt.storage import jsonl
from gpt.storage.jsonl import START, Mark, Tail
from gpt.storage.step_files import step_files, step_name

ENDED = {"end": "done", "paused": "paused", "stopped": "stopped", "failed": "failed"}  # a run's last word -> its state


@dataclass(frozen=True)
class Status:
    """What a page shows of a run."""

    id: str
    name: str
    state: str  # queued, running, paused, done, stopped, failed, or interrupted: it ended without saying so
    step: int
    steps: int
    place: int  # in the queue, from 1; 0 is not in it
    message: str  # one sentence, or ""
    owner: str
    created: str  # ISO 8601, UTC
    corpus: str
    parent: str  # the run it was forked from, or ""
    parent_step: int  # and at which step, or -1
    train_loss: float | None  # nats a token, at the latest evaluation
    val_loss: float | None
    loss: float | None  # of the latest training step in the log
    seconds: float  # trained so far
    eta: float | None  # seconds still to go, while it runs
    size: int  # bytes on disk
    kept: tuple[int, ...]  # the steps there are models of
    model: dict[str, Any]
    train: dict[str, Any]

    @property
    def resumable(self) -> bool:
        """Whether Resume makes sense."""
        return self.state in ("paused", "stopped", "interrupted", "failed")


@dataclass
class _Known:
    """What was read of one run so far, so that the next look reads only what is new."""

    mark: Mark = START
    last: dict[str, dict[str, Any]] = field(default_factory=dict)  # the latest line of each kind
    word: dict[str, Any] = field(default_factory=dict)  # the latest line that says how it goes
    written: tuple[int, ...] = ()  # the folder's times of change, for
    about: dict[str, Any] = field(default_factory=dict)  # run.json
    began: str = ""  # when run.json was written
    kept: tuple[int, ...] = ()
    size: int = 0


_known: dict[Path, _Known] = {}
_one_reader = Lock()


def listing() -> tuple[Status, ...]:
    """Every run, the newest first."""
    order = waiting()
    found = []
    for run in every():
        with suppress(RunError, OSError):  # deleted meanwhile
            found.append(look(run, order))
    return tuple(sorted(found, key=lambda status: (status.created, status.id), reverse=True))


def status_of(name: str) -> Status:
    """How one run is doing. Raises RunError when there is none of that id."""
    return look(find(name), waiting())


def look(run: Run, order: list[Run]) -> Status:
    """How a run is doing, given the queue."""
    with _one_reader:
        running = run.held()  # before the log: a trainer that let go has written its last word
        known = read_on(run)
    about, last, word = known.about, known.last, known.word.get("kind", "")
    place = order.index(run) + 1 if run in order else 0
    state = "running" if running else "queued" if place else ENDED.get(word, "interrupted")
    if state in ("queued", "interrupted") and run.held():
        state, place = "running", 0  # it was started between the two looks
    evaluated, trained = last.get("eval", {}), last.get("train", {})
    step = max((line["step"] for line in last.values() if isinstance(line.get("step"), int)), default=0)
    speaks = state in ("paused", "stopped", "failed") or (state == "running" and word == "resumed")
    message = str(known.word.get("message", "")) if speaks else ""
    if state == "interrupted":
        message = f"It stopped unexpectedly at step {step:,}; Resume goes on from its last saved step."
    elif state == "queued":
        message = f"Waiting: place {place} of {len(order)}."
    train = about.get("train", {})
    return Status(
        id=run.folder.name,
        name=str(about.get("name") or run.folder.name),
        state=state,
        step=step,
        steps=train.get("steps", 0),
        place=place if state == "queued" else 0,
        message=message,
        owner=str(about.get("owner", "")),
        created=str(about.get("created") or known.began),
        corpus=str(about.get("corpus", "")),
        parent=str(about.get("parent") or ""),
        parent_step=about.get("parent_step", -1),
        train_loss=evaluated.get("train"),
        val_loss=evaluated.get("val"),
        loss=trained.get("loss"),
        seconds=max(evaluated.get("seconds") or 0.0, trained.get("seconds") or 0.0),
        eta=to_go(trained, train.get("steps", 0)) if state == "running" else None,
        size=known.size,
        kept=known.kept,
        model=about.get("model", {}),
        train=train,
    )


def to_go(line: dict[str, Any], steps: int) -> float | None:
    """The seconds that the rest will take if it goes on as it went so far; None when nothing is known yet."""
    step, seconds = line.get("step"), line.get("seconds")
    return (steps - step) * seconds / step if step and seconds is not None else None


def read_on(run: Run) -> _Known:
    """Read what is new of a run."""
    known = _known.setdefault(run.folder, _Known())
    new = jsonl.tail(run.metrics, known.mark)
    if new.again:
        known.last, known.word = {}, {}
    known.mark = new.mark
    for line in new.lines:
        known.last[str(line.get("kind"))] = line
        if line.get("kind") in ("resumed", *ENDED):
            known.word = line
    paths = (run.description, run.steps, run.state, run.folder)
    written = tuple(path.stat().st_mtime_ns for path in paths if path.exists())
    if written != known.written:  # else nothing was added but log lines
        known.about = run.read()
        began = datetime.fromtimestamp(run.description.stat().st_mtime, UTC)
        known.began = began.isoformat(timespec="seconds")
        inside = [file for folder in paths[1:] if folder.is_dir() for file in os.scandir(folder) if file.is_file()]
        known.kept = tuple(step for step, _ in step_files(run.steps))
        known.size = sum(file.stat().st_size for file in inside)
        known.written = written
    return known


def tail(name: str, mark: Mark = START) -> Tail:
    """The lines of a run's log since `mark`; keep the answer's mark for the next time. Raises RunError."""
    return jsonl.tail(find(name).metrics, mark)


def step_file(name: str, step: int) -> Path:
    """The model file of a kept step. Raises RunError for a step that is not kept."""
    path = find(name).steps / step_name(step)
    if not path.is_file():
        raise RunError(f"Step {step:,} of this run is not kept: choose one of its kept steps.")
    return path


def export(name: str, step: int | None = None) -> bytes:
    """One kept step, the last if none is named, as the bytes of a model file. Raises RunError."""
    if step is None:
        step = max(status_of(name).kept, default=-1)
    return step_file(name, step).read_bytes()


def batch(name: str) -> dict[str, Any] | None:
    """What the trainer looked at at its latest evaluation, if it wrote that down: step, text, loss a character."""
    path = find(name).folder / "batch.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
