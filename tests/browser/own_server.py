"""A server of one's own, with runs of its own: it may be killed and started again, and leaves no trainer behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from gpt.bench.app_server import ROOT, Server, free_port, healthy
from tests.browser.conftest import faults_of
from tests.browser.driver import Driver
from tests.browser.windows import Windows

SLOW = 60.0  # seconds: a trainer has to import torch, perhaps on a busy machine


class OwnServer:
    """`python app.py` on a port that it keeps over its deaths."""

    def __init__(self, folder: Path) -> None:
        self.port, self.runs, self.log = free_port(), folder / "runs", folder / "log.txt"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "NANOSCOPE_"))}
        own = {"NANOSCOPE_RUNS": str(self.runs), "NANOSCOPE_DATA": str(folder / "data"), "NANOSCOPE_SLOTS": "1"}
        self.environment = {**kept, **own, "OMP_NUM_THREADS": "1"}
        self.start()

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [sys.executable, "app.py", "--server.port", str(self.port), "--server.address", "127.0.0.1"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.server = Server(f"http://127.0.0.1:{self.port}", process)
        until(lambda: healthy(self.port), "the server does not answer")

    def kill(self) -> None:
        """End it as a crash does."""
        self.server.process.kill()
        self.server.process.wait()

    def trainers(self) -> list[psutil.Process]:
        """The living trainers of the runs in this folder, and of no other."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if any(part.startswith(str(self.runs)) for part in process.info["cmdline"] or ()):
                found.append(process)
        return found


def crowded() -> float:
    """How much more there is to do on this machine than it has cores for: 1 on a quiet one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def until(true: Callable[[], bool], otherwise: str, seconds: float = SLOW) -> None:
    """Wait for something that takes a while."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.25)  # to look at every process costs


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """A server for one test; nothing of it lives on."""
    own = OwnServer(folder)
    try:
        yield own
    finally:
        own.kill()
        for trainer in own.trainers():
            trainer.kill()
    told = own.log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in told, f"the server's log holds a traceback:\n{told[-4_000:]}"


@contextmanager
def another(windows: Windows, server: Server, dies: bool = False, **options: Any) -> Iterator[Driver]:
    """One more browser, with a memory of its own; `dies`: the server will, and the browser may say so."""
    page = Driver(windows.open(server.url, **options), server)
    try:
        yield page
        faults = faults_of(page)
    finally:
        windows.close(page.page)
    assert not [fault for fault in faults if not (dies and "127.0.0.1" in fault and "console" in fault)], faults
