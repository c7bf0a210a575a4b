"""The queue: runs that wait carry a file `queued`, and `pump` starts them while slots are free. No torch.

A trainer is born holding its run's lock (it inherits the open file), so there is no moment at which two processes could
believe that a run is nobody's. Whatever starts or changes runs holds the queue's lock, one for the home of all runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from gpt.runs import machine
from gpt.runs.description import describe
from gpt.runs.folder import Run, RunError, every, home
from gpt.storage.atomic import write_durable
from gpt.storage.bounded import FLAGS, NO_LINKS, read_bounded
from gpt.storage.step_files import MAX_STEP

PROJECT = Path(__file__).resolve().parents[2]
MOST_BYTES = 1_000  # of a file `queued`
_children: list[subprocess.Popen[bytes]] = []  # asked now and then whether they ended, so that none stays a zombie


class Entry(NamedTuple):
    """A run's place in the queue."""

    since: int  # nanoseconds
    budget: int | None  # steps, after which it is paused again


@contextmanager
def queue_lock() -> Iterator[None]:
    """Held by the one who starts and changes runs, among all threads and servers."""
    home().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home() / ".lock", timeout=60, poll_interval=0.01, is_singleton=False):
            yield
    except Timeout as error:
        raise RunError("Another start takes unusually long: try again in a minute.") from error


def enqueue(run: Run, budget: int | None = None) -> None:
    """Put a run at the end of the queue."""
    run.control.unlink(missing_ok=True)
    write_durable(run.queued, json.dumps({"since": time.time_ns(), "budget": budget}).encode())


def entry_of(run: Run) -> Entry | None:
    """A run's place in the queue, or None when it has none: no file, or none that this version wrote."""
    with suppress(OSError, ValueError, RecursionError):
        values = json.loads(read_bounded(run.queued, MOST_BYTES))
        if isinstance(values, dict) and type(since := values.get("since")) is int:
            budget = values.get("budget")
            return Entry(since, budget if type(budget) is int and 0 < budget <= MAX_STEP else None)
    return None


def waiting() -> list[Run]:
    """The runs that wait for a slot, the first first; those that cannot be read wait for nothing."""
    found = []
    for run in every():
        if entry := entry_of(run):
            with suppress(RunError):  # deleted meanwhile
                if not describe(run).fault:
                    found.append((entry.since, run.folder.name, run))
    return [run for _, _, run in sorted(found, key=lambda one: one[:2])]


def pump() -> tuple[str, ...]:
    """Start what waits while slots are free; returns the ids that were started. Cheap when nothing waits."""
    _children[:] = [child for child in _children if child.poll() is None]
    if not waiting():
        return ()
    with queue_lock():
        return start_waiting()


def start_waiting() -> tuple[str, ...]:
    """Start what waits while slots are free. Only for the holder of the queue's lock.

    One that cannot be started keeps none behind it from starting. Raises the OSError if none was.
    """
    order = waiting()
    free = machine.slots() - sum(run.held() for run in every())
    started: list[str] = []
    failure: OSError | None = None
    for run in order:
        if len(started) >= free:
            break
        try:
            if not run.held() and spawn(run):
                started.append(run.folder.name)
        except OSError as error:
            failure = error
    if failure and not started:
        raise failure
    return tuple(started)


def spawn(run: Run) -> bool:
    """Start the trainer of a run, in a session of its own, born with the run's lock.

    Only for the holder of the queue's lock. Raises OSError when the system does not let it.
    """
    try:
        import fcntl
    except ImportError as error:
        raise RunError("Background training needs Linux or macOS: use `python -m gpt.train` here.") from error
    entry = entry_of(run)
    command = [sys.executable, "-m", "gpt.train", str(run.folder.absolute()), "--memory", str(machine.budget())]
    if entry and entry.budget:
        command += ["--budget", str(entry.budget)]
    lock = os.open(run.lock, os.O_RDWR | os.O_CREAT | NO_LINKS, 0o644)
    try:
        for _ in range(20):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                time.sleep(0.01)  # someone looks whether it is held
        else:
            return False
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NANOSCOPE_LOCK": str(lock)}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | FLAGS | NO_LINKS
        with os.fdopen(os.open(run.output, flags, 0o644), "ab") as output:
            process = subprocess.Popen(  # noqa: S603 (this Python, our own module, an id made by us)
                command,
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(lock,),
            )
        _children.append(process)
        run.queued.unlink(missing_ok=True)
    finally:
        os.close(lock)
    return True
