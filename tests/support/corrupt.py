"""Run folders as another version or person or a broken disk would leave them: a good one with one thing wrong."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpt.config import GPTConfig, TrainConfig
from gpt.runs import Run
from gpt.runs.log import End, Eval, Sample, Snapshot, Train
from gpt.storage import jsonl
from gpt.storage.step_files import step_name

MODEL = GPTConfig(block_size=64, n_layer=4, n_head=4, n_embd=64)  # the bundled `mini`'s
DESCRIPTION = {"name": "mine", "owner": "me", "created": "2025-01-02T03:04:05.678+00:00", "corpus": "shakespeare"}
DESCRIPTION |= {"model": MODEL.to_json(), "train": TrainConfig(steps=100).to_json()}


def good(folder: Path, model: Path) -> Run:
    """A run that is done and has one kept step, `model`'s file."""
    run = Run(folder)
    run.create({"id": folder.name, **DESCRIPTION})
    shutil.copy(model, run.steps / step_name(100))
    run.append(Train(99, loss=2.0, lr=0.003, seconds=9.0))
    run.append(Eval(100, train=1.9, val=2.0, seconds=10.0))
    run.append(Sample(100, "ROMEO:"))
    run.append(Snapshot(100, step_name(100)))
    run.append(End(100))
    return run


def described(**changes: Any) -> Callable[[Run], object]:
    """Other fields in run.json; ... takes one away."""
    values = {key: value for key, value in (DESCRIPTION | changes).items() if value is not ...}
    return lambda run: run.description.write_text(json.dumps(values))


def model_with(**changes: Any) -> Callable[[Run], object]:
    """Other fields of the model in run.json."""
    return described(model=MODEL.to_json() | changes)


def written(content: bytes, huge: int = 0, end: bytes = b"") -> Callable[[Run], object]:
    """A run.json of these bytes, so many x, and an end: what is huge is there only while it is written."""
    return lambda run: run.description.write_bytes(content + b"x" * huge + end)


def lines(*added: bytes, huge: int = 0, end: bytes = b"") -> Callable[[Run], object]:
    """More lines at the end of the log, the last of them with so many x before its end."""

    def add(run: Run) -> None:
        with run.metrics.open("ab") as file:
            file.writelines([*added, b"x" * huge, end])

    return add


def replaced(name: str, make: Callable[[Path], object]) -> Callable[[Run], object]:
    """Something else in the place of a file or folder."""

    def replace(run: Run) -> None:
        path = run.folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        make(path)

    return replace


def link(path: Path) -> None:
    """A link out of the run's folder, to a file that is there."""
    path.symlink_to("/etc/passwd")


def long_log(run: Run) -> None:
    """200 MB of good lines, sparse in the middle but for whole lines at both ends."""
    block = b"".join(
        json.dumps({"kind": "train", "step": i % 100, "loss": 2.0}).encode() + b"\n" for i in range(20_000)
    )
    with run.metrics.open("ab") as file:
        for _ in range(200_000_000 // len(block)):
            file.write(block)
    jsonl.append(run.metrics, b'{"kind": "end", "step": 100}\n')


# What is wrong -> how it is made. These cannot be read.
UNREADABLE: dict[str, Callable[[Run], object]] = {
    "no model": described(model=...),
    "model null": described(model=None),
    "model a word": described(model="large"),
    "model a list": described(model=[1]),
    "an unknown field": model_with(n_experts=8),
    "an unknown field with half a character": model_with(**{"\ud800\n": 8}),
    "heads that do not divide": model_with(n_head=7),
    "heads that are none": model_with(n_head=0),
    "a width as a word": model_with(n_embd="64"),
    "a layer too many": model_with(n_layer=10**9),
    "a number of 400 digits": model_with(n_embd=10**400),
    "dropout that is no number": model_with(dropout=float("nan")),
    "training null": described(train=None),
    "training of another version": described(train={"momentum": 0.9}),
    "steps that are true": described(train={"steps": True}),
    "a rate without end": described(train={"lr": float("inf")}),
    "an empty description": written(b""),
    "half a description": written(b'{"name": "mi'),
    "a list for a description": written(b"[]"),
    "no text at all": written(b"\xff\xfe\x00\xd8"),
    "100,000 brackets": written(b"[" * 100_000),
    "a number of 5,001 digits": written(b'{"model": ' + b"9" * 5_001 + b"}"),
    "a description of 50 MB": written(b'{"name": "', huge=50_000_000, end=b'"}'),
    "a pipe for a description": replaced("run.json", os.mkfifo),
    "a link for a description": replaced("run.json", link),
    "a folder for a description": replaced("run.json", Path.mkdir),
    "a pipe for a log": replaced("metrics.jsonl", os.mkfifo),
    "a link for a log": replaced("metrics.jsonl", link),
    "a folder for a log": replaced("metrics.jsonl", Path.mkdir),
    "a link for the steps": replaced("steps", lambda path: path.symlink_to("/etc")),
    "a file for the steps": replaced("steps", lambda path: path.write_bytes(b"")),
}
# These can: what is wrong is left out.
READABLE: dict[str, Callable[[Run], object]] = {
    "a name that is no text": described(name=["mine"]),
    "a name of half characters": described(name="\ud800 \x00\n*a* " * 99),
    "an owner that is a number": described(owner=7),
    "a parent that is a path": described(parent="../../etc", parent_step="last"),
    "a time that is none": described(created={"at": 1}),
    "a step as a word": lines(b'{"kind": "train", "step": "ten", "loss": 2.0}\n'),
    "a huge step": lines(b'{"kind": "train", "step": 1' + b"0" * 300 + b"}\n"),
    "lines without fields": lines(b"{}\n", b'{"kind": "eval"}\n', b'{"step": 3}\n', b"null\n", b"[1]\n"),
    "losses that are none": lines(b'{"kind": "eval", "step": 100, "val": NaN, "train": Infinity}\n'),
    "a sample of half a character": lines(b'{"kind": "sample", "step": 100, "text": "\\ud800"}\n'),
    "an unknown kind of line": lines(b'{"kind": "entropy", "step": {}}\n'),
    "a line of 100 MB": lines(b'{"kind": "sample", "step": 1, "text": "', huge=100_000_000, end=b'"}\n'),
    "a line of 100 MB without an end": lines(huge=100_000_000),
    "a log of 200 MB": long_log,
    "a pipe for what was read": replaced("batch.json", os.mkfifo),
    "nonsense for what was read": replaced("batch.json", lambda path: path.write_bytes(b'{"step": "x", "loss": 3}')),
    "a pipe for the queue": replaced("queued", os.mkfifo),
    "a list for the queue": replaced("queued", lambda path: path.write_bytes(b"[1]")),
    "a word for the queue": replaced("queued", lambda path: path.write_bytes(b'{"since": "now"}')),
    "a pipe for the lock": replaced("lock", os.mkfifo),
    "a folder for the lock": replaced("lock", Path.mkdir),
    "a pipe for the control": replaced("control.json", os.mkfifo),
    "a pipe among the steps": lambda run: os.mkfifo(run.steps / step_name(50)),
    "a link among the steps": lambda run: link(run.steps / step_name(60)),
}
