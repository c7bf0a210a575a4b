"""Memory that was given back is there for the next step, without asking the system for its pages again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import ROOT

COUNT = """
import resource, sys, threading
from gpt.train.allocator import keep_freed_memory
keep_freed_memory(one_heap=sys.argv[1] == "server")
def step():
    pieces = [bytearray(6 << 20) for _ in range(8)]
    del pieces
def run():
    if sys.argv[1] == "server":
        thread = threading.Thread(target=step)
        thread.start()
        thread.join()
    else:
        step()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(2):
    run()
before = faults()
for _ in range(5):
    run()
print(faults() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
@pytest.mark.parametrize("whose", ["trainer", "server"])
def test_steps_fetch_no_pages_anew(whose: str) -> None:
    """48 MB a step are some 12,000 pages, each of which the system would have to clear."""
    done = subprocess.run([sys.executable, "-c", COUNT, whose], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1_000
