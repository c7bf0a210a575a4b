"""What a page shows of the runs: read from their files, only what is new, at most a few stats a run.

A run is read like a stranger's file. One that cannot be read has the state "unreadable" and a sentence that says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from gpt.runs import log
from gpt.runs.contents import kept_steps, size_of
from gpt.runs.description import Description, describe, fault
from gpt.runs.folder import Run, RunError, every, find
from gpt.runs.log import (
    EVENTS,
    STATE_AFTER,
    Eval,
    Event,
    Failed,
    Line,
    Paused,
    Resumed,
    State,
    Stopped,
    Tail,
    Train,
)
from gpt.runs.queue import waiting
from gpt.storage.bounded import UnfitFile
from gpt.storage.jsonl import START, Mark

AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True)
class Status:
    """What a page shows of a run."""

    id: str
    name: str
    state: State
    step: int
    steps: int
    place: int  # in the queue, from 1; 0 is not in it
    message: str  # one sentence, or ""
    owner: str
    created: str  # ISO 8601, UTC
    corpus: str
    parent: str  # the run it was forked from, or ""
    parent_step: int  # and at which step, or -1
    train_loss: float | None  # nats a character, at the latest evaluation
    val_loss: float | None
    loss: float | None  # of the latest training step in the log
    seconds: float  # trained so far
    eta: float | None  # seconds still to go, while it runs
    size: int  # bytes on disk
    kept: tuple[int, ...]  # the steps there are models of
    damaged: int  # lines of its log that are not what they should be
    precision: str  # in which numbers its linear layers compute, or "" as long as nobody has decided
    imported: bool  # it was trained elsewhere, and brought here as a file
    model: dict[str, Any]  # GPTConfig's fields; {} of an unreadable run
    train: dict[str, Any]  # TrainConfig's; of an imported run only those that are known, and steps

    @property
    def running(self) -> bool:
        """Whether it is being trained now."""
        return self.state == "running"

    @property
    def queued(self) -> bool:
        """Whether it waits for a free slot."""
        return self.state == "queued"

    @property
    def readable(self) -> bool:
        """Whether its model can be shown anywhere."""
        return self.state != "unreadable"

    @property
    def resumable(self) -> bool:
        """Whether Resume makes sense."""
        return self.state in ("paused", "stopped", "interrupted", "failed")


@dataclass
class _Known:
    """What was read of one run so far, so that the next look reads only what is new."""

    about: Description
    changed: tuple[int, ...] = ()  # when the files changed of which there is, below, what they hold
    fault: str = ""  # why it cannot be read, or ""
    mark: Mark = START  # how far its log was read
    last: dict[type[Line], Line] = field(default_factory=dict)  # the latest line of each kind
    event: Event | None = None  # the latest event
    damaged: int = 0
    began: str = ""  # when run.json was written
    kept: tuple[int, ...] = ()
    size: int = 0

    def latest(self, kind: type[AnyLine]) -> AnyLine | None:
        """The latest line of a kind."""
        line = self.last.get(kind)
        return line if isinstance(line, kind) else None


_known: dict[Path, _Known] = {}
_one_reader = Lock()


def listing() -> tuple[Status, ...]:
    """Every run, the newest first."""
    order, runs, found = waiting(), every(), []
    with _one_reader:
        for gone in _known.keys() - {run.folder for run in runs}:
            del _known[gone]
    for run in runs:
        with suppress(RunError):  # deleted meanwhile
            found.append(look(run, order))
    return tuple(sorted(found, key=lambda status: (status.created, status.id), reverse=True))


def titles(found: Sequence[Status]) -> dict[str, str]:
    """What to call each of these runs, by id: its name, and where several have the same, the end of its id with it."""
    names = Counter(status.name for status in found)
    called = {s.id: s.name if names[s.name] == 1 else f"{s.name} ({s.id.rpartition('-')[2]})" for s in found}
    twice = Counter(called.values())
    return {id_: title if twice[title] == 1 else f"{title} ({id_})" for id_, title in called.items()}


def status_of(name: str) -> Status:
    """How one run is doing. Raises RunError when there is none of that id."""
    return look(find(name), waiting())


def look(run: Run, order: list[Run]) -> Status:
    """How a run is doing, given the queue. Raises RunError when it was deleted."""
    with _one_reader:
        running = run.held()  # before the log: a trainer that let go has logged its final event
        known = read_on(run)
    place = order.index(run) + 1 if run in order else 0
    state = state_of(known, running, place)
    if state in ("queued", "interrupted") and run.held():
        state = "running"  # it was started between the two looks
    about, train, evaluation = known.about, known.latest(Train), known.latest(Eval)
    step, steps = max((line.step for line in known.last.values()), default=0), about.train.get("steps", 0)
    return Status(
        id=run.folder.name,
        name=about.name,
        state=state,
        step=step,
        steps=steps,
        place=place if state == "queued" else 0,
        message=message_of(known, state, step, place, len(order)),
        owner=about.owner,
        created=about.created or known.began,
        corpus=about.corpus,
        parent=about.parent,
        parent_step=about.parent_step,
        train_loss=evaluation.by_character[0] if evaluation else None,
        val_loss=evaluation.by_character[1] if evaluation else None,
        loss=train.by_character if train else None,
        seconds=max((line.seconds or 0.0 for line in (train, evaluation) if line), default=0.0),
        eta=to_go(train, steps) if train and state == "running" else None,
        size=known.size,
        kept=known.kept if state != "unreadable" else (),
        damaged=known.damaged,
        precision=about.precision,
        imported=about.imported,
        model=about.model,
        train=about.train,
    )


def state_of(known: _Known, running: bool, place: int) -> State:
    """A run's state: what keeps it from being read, then its lock, then the queue, then the final event of its log."""
    if known.fault:
        return "unreadable"
    if running:
        return "running"
    if place:
        return "queued"
    return STATE_AFTER[known.event.kind] if known.event else "interrupted"


def message_of(known: _Known, state: State, step: int, place: int, waiting: int) -> str:
    """The sentence about a state, or nothing where the state says it all."""
    if state == "unreadable":
        return known.fault
    if state == "interrupted":
        return f"It stopped unexpectedly at step {step:,}; Resume goes on from its last saved step."
    if state == "queued":
        return f"Waiting: place {place} of {waiting}."
    event = known.event
    said = (Resumed,) if state == "running" else (Paused, Stopped, Failed)
    return event.message if isinstance(event, said) else ""


def to_go(line: Train, steps: int) -> float | None:
    """The seconds that the rest will take if it goes on as it went so far; None when nothing is known yet."""
    if not line.step or line.seconds is None:
        return None
    return max(0, steps - line.step) * line.seconds / line.step


def read_on(run: Run) -> _Known:
    """Read what is new of a run. Raises RunError when it was deleted."""
    changed = tuple(change_time(path) for path in (run.description, run.steps, run.state, run.folder))
    known = _known.get(run.folder)
    if known is None or changed != known.changed:  # else nothing was added but log lines
        about = describe(run)
        known = _known.setdefault(run.folder, _Known(about))
        known.about, known.fault, known.changed = about, about.fault, changed
        began = datetime.fromtimestamp(changed[0] / 1e9, UTC)
        known.began = began.isoformat(timespec="seconds")
        try:
            known.kept, known.size = kept_steps(run), size_of(run)
        except UnfitFile as error:
            known.kept, known.fault = (), known.fault or fault(str(error))
    try:
        new = log.tail(run.metrics, known.mark)
    except (UnfitFile, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        known.fault = known.fault or fault(f"its log is {reason}")
        known.changed = ()  # look at it anew next time
        return known
    if new.again:
        known.last, known.event, known.damaged = {}, None, 0
    known.mark, known.damaged = new.mark, known.damaged + new.damaged
    for line in new.lines:
        known.last[type(line)] = line
        if isinstance(line, EVENTS):
            known.event = line
    return known


def change_time(path: Path) -> int:
    """When a file or folder changed, in nanoseconds; 0 when there is none."""
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def tail(name: str, mark: Mark = START) -> Tail:
    """The lines of a run's log since `mark`; keep the answer's mark for the next time. Raises RunError."""
    run = find(name)
    try:
        return log.tail(run.metrics, mark)
    except (UnfitFile, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RunError(fault(f"its log is {reason}")) from error
