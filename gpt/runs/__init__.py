"""The run folder: the only place where trainer and app meet. No torch.

runs/<id>/  run.json       config, corpus and its sha256, seed, argv, pid
            metrics.jsonl  append-only, one write a line; a torn last line is ignored
            steps/         immutable models to look at, step-000123.safetensors
            state/         what a run needs to go on, the newest two
            lock           held by the trainer for life: the only truth about "running"
            queued         waits for a free slot;  control.json  asks the trainer to pause or stop
            corpus.txt     a text of one's own;    start.safetensors  the weights of a fork
            batch.json     what the trainer looks at right now

folder.py has the files and the lock of one of them, log.py the lines of its log, description.py its run.json,
contents.py its other files; status.py reads all, cheaply enough to look at 50 of them every second; create.py, queue.py
and control.py make, start and steer them; cost.py and machine.py say what fits here.
"""

from gpt.runs.contents import export, reading, step_file
from gpt.runs.folder import ID, MODELS_KEPT, Held, Lock, Run, RunError, every, find, finite, home
from gpt.runs.log import Tail
from gpt.runs.queue import waiting
from gpt.runs.status import Status, listing, status_of, tail, titles
from gpt.storage.jsonl import START, Mark

__all__ = ["ID", "MODELS_KEPT", "START", "Held", "Lock", "Mark", "Run", "RunError", "Status", "Tail"]
__all__ += ["every", "export", "find", "finite", "home", "listing", "reading", "status_of", "step_file", "tail"]
__all__ += ["titles", "waiting"]
