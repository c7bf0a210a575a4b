"""Trains a run in a child process and kills it, again and again, at random moments.

`python -m tests.support.killer FOLDER KILLS`.

A process of its own, because it forks: each child has torch loaded already, so a life takes a moment, not seconds.
Prints what it found as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from gpt import checkpoint
from gpt.runs import Run
from gpt.storage.safetensors_header import read_header
from gpt.train import loop
from gpt.train.start import start
from tests.support.tiny import MODEL, TEXT, logged, settings

RECIPE = settings(steps=5_000, eval_every=4, eval_batches=1, save_every=2, snapshots=60)


def life(run: Run) -> None:
    """Train until the end, which comes from outside."""
    loop.SAMPLE_LENGTH = 3
    start(run, TEXT, MODEL, RECIPE, quiet=True)


def size(run: Run) -> int:
    """How much was logged."""
    return run.metrics.stat().st_size if run.metrics.exists() else 0


def judge(run: Run, seen: dict[str, str]) -> dict[str, int]:
    """What can no longer be read, and what was announced but is not there. `seen` holds what was judged before."""
    found = {"unreadable": 0, "lost": 0, "step": 0, "left": len(list(run.folder.rglob(".*.tmp-*")))}
    for file in run.steps.glob("step-*"):
        data, new = file.read_bytes(), file.name not in seen
        digest = hashlib.sha256(data).hexdigest()
        found["lost"] += seen.setdefault(file.name, digest) != digest
        if not new:
            continue  # its bytes are those that were read as a model before
        try:
            checkpoint.loads(data)
        except ValueError:
            found["unreadable"] += 1
    states = [json.loads(read_header(file.read_bytes())[0]["state"])["step"] for file in run.state.glob("step-*")]
    for line in logged(run):
        if line["kind"] == "snapshot":
            found["lost"] += not (run.steps / line["file"]).exists()
        if line["kind"] == "state":
            found["step"] = line["step"]
    found["lost"] += found["step"] > max(states, default=0)
    return found


def main() -> None:
    """Kill, judge, repeat."""
    run, kills, dice = Run(Path(sys.argv[1])), int(sys.argv[2]), random.Random(7)
    total, seen, left = {"unreadable": 0, "lost": 0, "kills": 0, "swept": 0, "left": 0}, {}, 0
    for _ in range(kills):
        before, child = size(run), os.fork()
        if not child:
            life(run)
            os._exit(0)
        begun = time.monotonic()
        while size(run) <= before and time.monotonic() - begun < 20:  # a slow machine gets as far as a fast one
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = judge(run, seen)
        total["kills"] += 1
        for name in ("unreadable", "lost"):
            total[name] += found[name]
        total["swept"] += max(0, left)
        left = found["left"]
        total["step"] = found["step"]
    lock = run.hold()  # free at once, and what the next start does first
    run.sweep()
    lock.release()
    total["left"] = judge(run, seen)["left"]
    sys.stdout.write(json.dumps(total))


if __name__ == "__main__":
    main()
