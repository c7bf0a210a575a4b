"""The run folder: the only place where trainer and app meet. No torch.

runs/<id>/  run.json       config, corpus and its sha256, seed, argv, pid
            metrics.jsonl  append-only, one write a line; a torn last line is ignored
            steps/         immutable models to look at, step-000123.safetensors
            state/         what a run needs to go on, the newest two
            lock           held by the trainer for life: the only truth about "running"
            queued         waits for a free slot;  control.json  asks the trainer to pause or stop
            corpus.txt     a text of one's own;    start.safetensors  the weights of a fork
            batch.json     what the trainer looks at right now

`gpt.launch` is what starts and steers runs; here they are only read, cheaply enough to look at 50 of them every second.
"""

from gpt.files import START, Mark, Tail
from gpt.runs.folder import ID, Held, Lock, Run, RunError, every, find, finite, home, queue
from gpt.runs.look import Status, batch, export, listing, status, step_file, step_files, tail

__all__ = [
    "ID",
    "START",
    "Held",
    "Lock",
    "Mark",
    "Run",
    "RunError",
    "Status",
    "Tail",
    "batch",
    "every",
    "export",
    "find",
]
__all__ += ["finite", "home", "listing", "queue", "status", "step_file", "step_files", "tail"]
