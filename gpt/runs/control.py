"""Starting and steering runs from a page, safe against double clicks, thirty students and a server that dies. No torch.

`owner` is the token of a visitor's browser: only who started a run, or the teacher, may control it.
Everything raises a ValueError with one sentence for the page, or OSError when the disk does not do as it is told.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from gpt import bundled, record, runs, tokenizers
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.corpora.upload import MOST_STORED
from gpt.runs import Run, RunError, Status, cost
from gpt.runs.create import Asked, Parent, check_quota, create_run, fork_run, text_of, too_few, trained_on, write_run
from gpt.runs.description import Description, describe
from gpt.runs.log import Control, End, Paused, Snapshot, Stopped
from gpt.runs.machine import slots
from gpt.runs.queue import enqueue, pump, queue_lock, start_waiting
from gpt.storage.atomic import write_durable
from gpt.storage.bounded import is_regular, read_bounded
from gpt.storage.printable import plain_name
from gpt.storage.safetensors_header import read_header
from gpt.storage.step_files import step_name

__all__ = ["create", "delete", "fork", "fork_bundled", "import_model", "may_control", "pause", "pump", "rename"]
__all__ += ["resume", "slots", "step_once", "stop"]


def create(
    config: GPTConfig,
    train: TrainConfig,
    corpus: str,
    name: str,
    owner: str,
    request: str,
    text: str | None = None,
    teacher: bool = False,
) -> str:
    """Make a run and let it start as soon as a slot is free; returns its id.

    `corpus` names a text of the shelf, or titles one's own `text`, which is stored with the run. The text decides the
    vocabulary; of byte pairs as many are merged as `config.vocab_size` asks for and the text gives. The same `request`
    of the same owner gives the same run: a double click is one start.
    Raises ConfigError, CorpusUnavailable, or RunError when it does not fit or its owner has enough already.
    """
    chosen = text_of(corpus, text)
    tokenizer = tokenizers.of_text(train.tokenizer, trained_on(chosen, train), config.vocab_size)
    config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
    files = {"corpus.txt": chosen.text.encode("utf-8")} if text is not None else {}
    if train.tokenizer == "bpe":
        if refusal := too_few(tokenizer, chosen, config.block_size):
            raise ConfigError(refusal)
        files["tokenizer.json"] = json.dumps(tokenizer.to_json()).encode()
    return create_run(config, train, chosen, Asked(name, owner, request, teacher), files, {})


def fork(
    run: str, step: int, changes: Mapping[str, Any], asked: Asked, corpus: str | None = None, text: str | None = None
) -> str:
    """A new run from the weights of a kept step of another, with a fresh optimizer; returns its id.

    `changes` are fields of TrainConfig. The text is the parent's, unless `corpus` (and `text`) name another whose
    characters the model knows; a model that was uploaded has no text, so it needs one. Raises as `create`.
    """
    about = readable(run)
    recipe = {"corpus": about.corpus, "model": about.model, "train": about.train}
    own = read_bounded(runs.find(run).own_text, MOST_STORED).decode("utf-8") if about.own_text else None
    parent = Parent(run, step, runs.export(run, step), recipe, own)
    return fork_run(parent, changes, corpus, text, asked)


def fork_bundled(
    model: str, step: int, changes: Mapping[str, Any], asked: Asked, corpus: str | None = None, text: str | None = None
) -> str:
    """As `fork`, from a kept step of a model that comes with the app: its file tells how it was trained.

    Only the numbers that its layers computed in are not taken over: they suited the machine that it was made on.
    """
    known = {shelved.name: dict(shelved.files) for shelved in bundled.shelf()}
    if step not in known.get(model, {}):
        raise RunError(f"There is no step {step:,} of a bundled model {model[:40]!r}: choose one of the list.")
    weights = known[model][step].read_bytes()
    recipe = record.clean(json.loads(read_header(weights)[0]["record"]))
    return fork_run(Parent(model, step, weights, recipe), {"precision": "auto", **changes}, corpus, text, asked)


def may_control(status: Status, owner: str, teacher: bool = False) -> bool:
    """Whether someone may control a run: who started it, or the teacher."""
    return teacher or bool(owner) and status.owner == owner


def controlled(name: str, owner: str, teacher: bool) -> Run:
    """The run, if this person may control it. Raises RunError otherwise."""
    if not may_control(runs.status_of(name), owner, teacher):
        raise RunError("Only who started a run, or the teacher, can do that: fork it to have your own.")
    return runs.find(name)


def readable(name: str) -> Description:
    """What a run's description says. Raises RunError for one that cannot be read."""
    status = runs.status_of(name)
    if not status.readable:
        raise RunError(status.message)
    return describe(runs.find(name))


def pause(name: str, owner: str, teacher: bool = False) -> None:
    """Ask a run to save everything and rest; one that waits leaves the queue. Raises RunError."""
    message = "Paused before it started; Resume puts it back into the queue."
    request_stop(name, owner, teacher, "pause", message)


def stop(name: str, owner: str, teacher: bool = False) -> None:
    """Ask a run to save everything and end. Raises RunError."""
    request_stop(name, owner, teacher, "stop", "Stopped while it was not running; Resume goes on.")


def request_stop(name: str, owner: str, teacher: bool, request: Control, message: str) -> None:
    """Leave a request that the trainer reads before its next step, or do it here when there is no trainer."""
    with queue_lock():
        run = controlled(name, owner, teacher)
        status = runs.status_of(name)
        if status.running:
            write_durable(run.control, json.dumps({"do": request}).encode())
        elif status.queued or (request == "stop" and status.resumable and status.state != "stopped"):
            event = Paused(status.step, message) if request == "pause" else Stopped(status.step, message)
            run.append(event)
            run.queued.unlink(missing_ok=True)
        else:
            raise RunError(f"It is not running (it is {status.state}): there is nothing to {request}.")


def resume(name: str, owner: str, teacher: bool = False, budget: int | None = None) -> None:
    """Queue a run that rests, to go on from its newest state; starts at once if a slot is free. Raises RunError."""
    with queue_lock():
        run = controlled(name, owner, teacher)
        status = runs.status_of(name)
        if not status.resumable:
            advice = "pause it first" if budget else "there is nothing to resume"
            raise RunError(f"It is {status.state}: {advice}.")
        if refusal := cost.fit(GPTConfig.from_json(status.model), TrainConfig.from_json(status.train)):
            raise RunError(refusal)
        check_quota(owner, teacher)
        enqueue(run, budget)
        start_waiting()


def step_once(name: str, owner: str, teacher: bool = False) -> None:
    """Let a run that rests take exactly one optimizer step, then rest again. Raises RunError."""
    resume(name, owner, teacher, budget=1)


def rename(name: str, new: str, owner: str, teacher: bool = False) -> None:
    """Give a run another display name. Raises RunError."""
    with queue_lock():
        run = controlled(name, owner, teacher)
        values = {**run.read(), "name": plain_name(new, "Untitled")}
        write_durable(run.description, json.dumps(values, indent=1).encode())


def delete(name: str, owner: str, teacher: bool = False, expected_name: str | None = None) -> None:
    """Remove a run and all that it made.

    Raises RunError for one that runs, and for one that is not called `expected_name` (any more): whoever confirmed that
    name meant another run.
    """
    with queue_lock():
        run = controlled(name, owner, teacher)
        found = runs.status_of(name).name
        if expected_name is not None and found != expected_name:
            raise RunError(f"This run is called “{found}”, not “{expected_name[:60]}”: nothing was deleted.")
        # Where the lock is no file, no trainer can hold it.
        lock = run.hold() if is_regular(run.lock) or not os.path.lexists(run.lock) else None
        try:
            gone = run.folder.rename(run.folder.with_name(f".gone-{run.folder.name}"))
        finally:
            if lock:
                lock.release()
        if gone.is_symlink():
            gone.unlink()
        shutil.rmtree(gone, ignore_errors=True)


def import_model(data: bytes, name: str, owner: str) -> str:
    """A finished run that holds one uploaded model; returns its id. Raises ModelFileError when it is none."""
    from gpt import checkpoint  # torch is needed to judge a model, but not to list and start runs

    model = checkpoint.loads(data)
    kind = {"tokenizer": "bpe"} if isinstance(model.tokenizer, tokenizers.BPETokenizer) else {}
    about = {
        "corpus": plain_name(str(model.record.get("corpus", "")), "unknown"),
        "corpus_sha256": "",
        "model": model.config.to_json(),
        "train": {**known_training(model.record), **kind, "steps": max(1, model.step)},
        "imported": True,
    }
    with queue_lock():
        file = step_name(model.step)
        run = write_run(about, Asked(name, owner, ""), {f"steps/{file}": data})
        run.append(Snapshot(model.step, file))
        run.append(End(model.step))
    return run.folder.name


def known_training(told: Mapping[str, Any]) -> dict[str, Any]:
    """How a model was trained, as far as its record says so in settings that this version knows."""
    known: dict[str, Any] = {}
    for name, value in told.get("train", {}).items():
        with suppress(ConfigError, TypeError):
            TrainConfig.from_json({**known, name: value})
            known[name] = value
    return known
