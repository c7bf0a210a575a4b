"""One run folder: its files, its log, and its lock. And where they all are."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # Windows: there the command line trains, and the app starts nothing
    fcntl = None

from gpt.runs import log
from gpt.runs.log import Line
from gpt.storage import jsonl
from gpt.storage.atomic import sweep, write_durable
from gpt.storage.bounded import FLAGS, NO_LINKS, UnfitFile, is_regular, read_bounded

MOST_DESCRIPTION = 1_000_000  # bytes of a run.json; ours have about 1 kB
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

    @property
    def control(self) -> Path:
        """What is asked of the trainer."""
        return self.folder / "control.json"

    @property
    def queued(self) -> Path:
        """Since when it waits for a free slot; there while it does."""
        return self.folder / "queued"

    @property
    def reading(self) -> Path:
        """What the trainer read last, and how surprising that was."""
        return self.folder / "batch.json"

    @property
    def own_text(self) -> Path:
        """The text of a run that brought its own."""
        return self.folder / "corpus.txt"

    @property
    def tokenizer(self) -> Path:
        """The pairs that were merged for a run of byte pairs."""
        return self.folder / "tokenizer.json"

    @property
    def origin(self) -> Path:
        """The model that a forked run starts from."""
        return self.folder / "start.safetensors"

    @property
    def reserve(self) -> Path:
        """Bytes that are given back when the disk is full, so that the log can say so."""
        return self.folder / "reserve"

    @property
    def output(self) -> Path:
        """What its trainer's process printed."""
        return self.folder / "output.log"

    @property
    def lock(self) -> Path:
        """Held by the trainer for life."""
        return self.folder / "lock"

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
            values = json.loads(read_bounded(self.description, MOST_DESCRIPTION))
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(f"The folder {self.folder.name} holds no readable run: choose another folder.") from error
        if not isinstance(values, dict):
            raise RunError(f"The run.json of {self.folder.name} does not describe a run: choose another folder.")
        return values

    def append(self, line: Line) -> None:
        """Add one line to the log, in one write. Raises OSError, with the log as it was."""
        jsonl.append(self.metrics, (json.dumps(finite(line.to_json())) + "\n").encode())

    def lines(self) -> Iterator[Line]:
        """Every line of the whole log that is of a known kind; a torn or damaged one is skipped. Raises RunError."""
        for _, values in self.raw_lines():
            yield from log.parse_all([values])[0]

    def raw_lines(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Every complete line as its bytes and as a JSON object, whatever it tells. Raises RunError."""
        try:
            yield from jsonl.raw_lines(self.metrics)
        except UnfitFile as error:
            raise RunError(f"The log of the run {self.folder.name} is {error}: choose another folder.") from error

    def truncate_log(self, step: int, measured: bool = True) -> None:
        """Drop the log's lines after `step`, so that a resumed run does not tell them twice.

        With `measured` False also what is due at `step` itself, if the training ended amid telling it.
        """

        def stays(values: dict[str, Any]) -> bool:
            at = values.get("step", 0) if isinstance(values.get("step", 0), int) else 0
            return at < step or at == step and (measured or values.get("kind") not in log.MEASURED)

        kept = b"".join(line for line, values in self.raw_lines() if stays(values))
        if not self.metrics.exists() or len(kept) != self.metrics.stat().st_size:  # some lines are dropped
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
        if inherited is not None and os.fstat(inherited).st_ino == self.lock.stat().st_ino:
            return Held(inherited)
        if os.path.lexists(self.lock) and not is_regular(self.lock):  # FileLock would empty what a link leads to
            raise RunError(f"The lock of the run {self.folder.name} is no file: remove it, then try again.")
        lock = FileLock(self.lock)
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
            handle = os.open(self.lock, os.O_RDWR | FLAGS | NO_LINKS)
        except OSError:  # there is none, or it is nothing that a trainer could hold
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
    if not ID.match(name) or not os.path.lexists(Run(home() / name).description):
        raise RunError("There is no such run: choose one of the table.")
    return Run(home() / name)


def every() -> list[Run]:
    """All runs, in no order; also those whose run.json is no file at all."""
    if not home().is_dir():
        return []
    runs = [Run(folder) for folder in home().iterdir() if ID.match(folder.name)]
    return [run for run in runs if os.path.lexists(run.description)]
