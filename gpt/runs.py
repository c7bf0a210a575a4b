"""The run folder: the only place where trainer and app meet. No torch.

runs/<id>/  run.json       config, corpus and its sha256, seed, argv, pid
            metrics.jsonl  append-only, one write a line; a torn last line is ignored
            steps/         immutable models to look at, step-000123.safetensors
            state/         what a run needs to go on, the newest two
            lock           held by the trainer for life: the only truth about "running"
"""

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

from gpt.files import sweep, write_durable

ID = re.compile(r"^[a-z0-9-]{1,40}\Z")  # $ would let a newline at the end pass


class RunError(ValueError):
    """A run that cannot do what was asked; the message is one sentence fit for the page."""


def finite(value: Any) -> Any:
    """JSON has no NaN: numbers that are not finite are written as null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
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
        except (OSError, ValueError) as error:
            raise RunError(f"The folder {self.folder.name} holds no readable run: choose another folder.") from error
        if not isinstance(values, dict):
            raise RunError(f"The run.json of {self.folder.name} does not describe a run: choose another folder.")
        return values

    def append(self, line: dict[str, Any]) -> None:
        """Add one line to the log, in one write."""
        data = (json.dumps(finite(line)) + "\n").encode()
        handle = os.open(self.metrics, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every complete line of the log; a torn or unreadable one is skipped."""
        if not self.metrics.exists():
            return
        for line in self.metrics.read_bytes().split(b"\n")[:-1]:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value

    def forget_after(self, step: int) -> None:
        """Drop the log's lines after `step`, so that a resumed run does not tell them twice."""
        kept = [line for line in self.lines() if line.get("step", 0) <= step]
        write_durable(self.metrics, "".join(json.dumps(line) + "\n" for line in kept).encode())

    def sweep(self) -> None:
        """Remove what a trainer that died left half written. Only for the holder of the lock."""
        for folder in (self.folder, self.steps, self.state):
            sweep(folder)

    def hold(self) -> FileLock:
        """Take the lock until it is released or the process ends. Raises RunError if another process has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RunError(f"The run {self.folder.name} is already being trained by another process.") from error
        return lock
