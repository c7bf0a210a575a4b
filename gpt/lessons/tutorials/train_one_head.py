"""Training the lecture's one head as its script does, with a line every 300 and every 500 steps: a minute of one core.

`python -m gpt.lessons.tutorials.train_one_head` writes the file that `one_head.py` reads.
"""

from __future__ import annotations

import json
import sys

import torch
from tqdm import tqdm

from gpt.lessons.tutorials import one_head
from gpt.storage.atomic import write_durable


def make() -> None:
    """Train both, and write every line with more digits than are shown."""
    torch.set_num_threads(1)
    found = dict[str, list[list[float]]]()
    for every in one_head.EVERY:
        total = -(-one_head.STEPS // every)
        lines = tqdm(one_head.train(every, one_head.STEPS), total=total, unit="line", disable=None)
        found[str(every)] = [[step, round(train, 7), round(val, 7)] for step, train, val in lines]
    parts = (f' "{every}": [\n  ' + ",\n  ".join(map(json.dumps, lines)) + "\n ]" for every, lines in found.items())
    write_durable(one_head.FILE, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


if __name__ == "__main__":
    make()
    sys.exit(0)
