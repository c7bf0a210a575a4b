"""The queue: runs that wait carry a file `queued`, and `pump` starts them while slots are free. No torch.

A trainer is born holding its run's lock (it inherits the open file), so there is no moment at which two processes could
believe that a run is nobody's. Whatever starts or changes runs does it `alone`, under one lock on the home of all runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gpt import runs
from gpt.runs import Run, RunError, machine
from gpt.storage.atomic import write_durable

PROJECT = Path(__file__).resolve().parents[2]
_children: list[subprocess.Popen[bytes]] = []  # asked now and then whether they ended, so that none stays a zombie


@contextmanager
def alone() -> Iterator[None]:
    """The one who may start and change runs, among all threads and servers."""
    runs.home().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(runs.home() / ".lock", timeout=60, poll_interval=0.01, is_singleton=False):
            yield
    except Timeout as error:
        raise RunError("Another start takes unusually long: try again in a minute.") from error


def line_up(run: Run, budget: int | None = None) -> None:
    """Put a run at the end of the queue."""
    (run.folder / "control.json").unlink(missing_ok=True)
    write_durable(run.folder / "queued", json.dumps({"since": time.time_ns(), "budget": budget}).encode())


def pump() -> tuple[str, ...]:
    """Start what waits while slots are free; returns the ids that were started. Cheap when nothing waits."""
    _children[:] = [child for child in _children if child.poll() is None]
    if not runs.waiting():
        return ()
    with alone():
        return start_waiting()


def start_waiting() -> tuple[str, ...]:
    """Start what waits while slots are free. Only for who is alone."""
    waiting = runs.waiting()
    free = machine.slots() - sum(run.held() for run in runs.every())
    started = []
    for run in waiting:
        if len(started) >= free:
            break
        if not run.held() and spawn(run):
            started.append(run.folder.name)
    return tuple(started)


def spawn(run: Run) -> bool:
    """Start the trainer of a run, in a session of its own, born with the run's lock. Only for who is alone."""
    try:
        import fcntl
    except ImportError as error:
        raise RunError("Background training needs Linux or macOS: use `python -m gpt.train` here.") from error
    wish = json.loads((run.folder / "queued").read_bytes())
    command = [sys.executable, "-m", "gpt.train", str(run.folder.absolute()), "--memory", str(machine.budget())]
    if wish.get("budget"):
        command += ["--budget", str(int(wish["budget"]))]
    lock = os.open(run.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
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
        with (run.folder / "output.log").open("ab") as output:
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
        (run.folder / "queued").unlink(missing_ok=True)
    finally:
        os.close(lock)
    return True
