"""The app and a browser, started from Python: for the benchmark of keys and for the browser tests."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PLACES = (  # where macOS and Windows have it, which put it on no PATH
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
# Headless, and silent: a browser that looks for updates would spoil both the clock and the promise of no traffic.
BROWSER_ARGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


class BenchError(ValueError):
    """A part that cannot be measured here; the message is one sentence that says what would do."""


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    process: subprocess.Popen[bytes]


def find_chromium() -> str | None:
    """The browser on the PATH or where the system keeps it, if there is one."""
    return next((path for name in (*BROWSERS, *PLACES) if (path := shutil.which(name))), None)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def healthy(port: int) -> bool:
    """Whether a server answers there."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        link.request("GET", "/_stcore/health")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


@contextmanager
def serving(log: IO[bytes] | int = subprocess.DEVNULL, wait: float = 60.0) -> Iterator[Server]:
    """The app on a free port of this machine, as `make run` starts it; stopped at the end. Raises BenchError."""
    port = free_port()
    command = [sys.executable, "app.py", "--server.address", "127.0.0.1", "--server.port", str(port)]
    with tempfile.TemporaryDirectory() as empty:  # only what is bundled, whatever was trained here
        clean = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
        clean |= {"OMP_NUM_THREADS": "1", "NANOSCOPE_RUNS": empty}
        process = subprocess.Popen(  # noqa: S603 (this very Python, on our own file)
            command, cwd=ROOT, env=clean, stdout=log, stderr=log
        )
        with stopping(process):
            until = time.monotonic() + wait
            while not healthy(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise BenchError(f"The app did not start within {wait:.0f} seconds: try `make run` to see why.")
                time.sleep(0.1)
            yield Server(f"http://127.0.0.1:{port}", process)


@contextmanager
def stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the process at the end, by force if it must be."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
