"""One run folder: its files, its log, and its lock. And where they all are."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # Windows: there the command line trains, and the app starts nothing
    fcntl = None

from gpt.storage.atomic import sweep, write_durable
from gpt.storage.jsonl import append, whole_lines

TOLD = ("eval", "sample", "snapshot", "state", "end")  # the lines of one step, told together
MODELS_KEPT = 60  # kept steps of one run, as far as they are chosen for it
ID = re.compile(r"^[a-z0-9-]{1,40}\Z")  # $ would let a newline at the end pass


class RunError(ValueError):
    """A run that cannot do what was asked; the message is one sentence fit for the page."""


def finite(value: Any) -> Any:
    """JSON has no NaN: numbers that are not finite are written as null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return {key: finite(item) for key, item in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Run:
    """One run folder."""

    folder: Path

    @property
    def steps(self) -> Path:
        """Where the models to look at are."""
        return self.folder / "steps"

    @property
    def state(self) -> Path:
        """Where the states to go on from are."""
        return self.folder / "state"

    @property
    def metrics(self) -> Path:
        """The log: one JSON object a line."""
        return self.folder / "metrics.jsonl"

    @property
    def description(self) -> Path:
        """What the run is: run.json."""
        return self.folder / "run.json"

    def create(self, values: dict[str, Any]) -> None:
        """Make the folder. Raises RunError if it already holds a run."""
        if self.description.exists():
            raise RunError(f"The folder {self.folder.name} already holds a run: resume it, or choose another name.")
        self.steps.mkdir(parents=True, exist_ok=True)
        self.state.mkdir(exist_ok=True)
        write_durable(self.description, json.dumps(values, indent=1).encode())

    def read(self) -> dict[str, Any]:
        """What run.json says. Raises RunError when there is none."""
        try:
            values = json.loads(self.description.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(f"The folder {self.folder.name} holds no readable run: choose another folder.") from error
        if not isinstance(values, dict):
            raise RunError(f"The run.json of {self.folder.name} does not describe a run: choose another folder.")
        return values

    def append(self, line: dict[str, Any]) -> None:
        """Add one line to the log, in one write. Raises OSError, with the log as it was."""
        append(self.metrics, (json.dumps(finite(line)) + "\n").encode())

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every complete line of the log; a torn or unreadable one is skipped."""
        if self.metrics.exists():
            yield from whole_lines(self.metrics.read_bytes())[0]

    def forget_after(self, step: int, told: bool = True) -> None:
        """Drop the log's lines after `step`, so that a resumed run does not tell them twice.

        With `told` False also what was measured at `step` itself, if the run was put down amid telling it.
        """

        def stays(line: dict[str, Any]) -> bool:
            at = line.get("step", 0) if isinstance(line.get("step", 0), int) else 0
            return at < step or at == step and (told or line.get("kind") not in TOLD)

        kept = "".join(json.dumps(line) + "\n" for line in self.lines() if stays(line)).encode()
        if not self.metrics.exists() or kept != self.metrics.read_bytes():
            write_durable(self.metrics, kept)

    def sweep(self) -> None:
        """Remove what a trainer that died left half written. Only for the holder of the lock."""
        for folder in (self.folder, self.steps, self.state):
            sweep(folder)

    def hold(self, inherited: int | None = None) -> Lock:
        """Take the lock until it is released or the process ends. Raises RunError if another process has it.

        A trainer that the app started was born with the lock, in the open file `inherited`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if inherited is not None and os.fstat(inherited).st_ino == (self.folder / "lock").stat().st_ino:
            return Held(inherited)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0.3, poll_interval=0.02)  # `held` may touch it for a moment
        except Timeout as error:
            raise RunError(f"The run {self.folder.name} is already being trained by another process.") from error
        return lock

    def held(self) -> bool:
        """Whether a trainer lives: asked of the kernel, which lets go of the lock however the trainer ends."""
        if fcntl is None:
            return False
        try:
            handle = os.open(self.folder / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False


@dataclass(frozen=True)
class Held:
    """A lock that this process was born with."""

    handle: int

    def release(self) -> None:
        """Let go of it."""
        os.close(self.handle)


Lock = FileLock | Held


def home() -> Path:
    """Where the runs are: NANOSCOPE_RUNS from the environment, or `runs` in the project."""
    return Path(os.environ.get("NANOSCOPE_RUNS") or Path(__file__).resolve().parents[2] / "runs")


def find(name: str) -> Run:
    """The run of that id. Raises RunError for one that is not there; nothing but an id ever names a folder."""
    if not ID.match(name) or not Run(home() / name).description.is_file():
        raise RunError("There is no such run: choose one of the table.")
    return Run(home() / name)


def every() -> list[Run]:
    """All runs, in no order."""
    if not home().is_dir():
        return []
    return [run for run in map(Run, home().iterdir()) if ID.match(run.folder.name) and run.description.is_file()]


def waiting() -> list[Run]:
    """The runs that wait for a slot, the first first."""
    found = []
    for run in every():
        with suppress(OSError, ValueError):
            found.append((json.loads((run.folder / "queued").read_bytes())["since"], run.folder.name, run))
    return [run for _, _, run in sorted(found, key=lambda entry: entry[:2])]
