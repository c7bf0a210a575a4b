"""Starting and steering runs from a page, safe against double clicks, thirty students and a server that dies. No torch.

`owner` is the token of a visitor's browser: only who started a run, or the teacher, may steer it.
Everything raises a ValueError with one sentence for the page, or OSError when the disk does not do as it is told.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping
from typing import Any

from gpt import bundled, runs
from gpt.config import GPTConfig, TrainConfig
from gpt.runs import Run, RunError, Status, cost
from gpt.runs.create import enough, found_run, grown, plain, text_of, write_run
from gpt.runs.machine import slots
from gpt.runs.queue import alone, line_up, pump, start_waiting
from gpt.storage.atomic import write_durable
from gpt.storage.safetensors_header import read_header
from gpt.storage.step_files import step_name
from gpt.tokenizers import CharTokenizer

__all__ = ["create", "delete", "fork", "fork_bundled", "import_model", "may", "pause", "pump", "rename", "resume"]
__all__ += ["slots", "step_once", "stop"]


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
    vocabulary. The same `request` of the same owner gives the same run: a double click is one start.
    Raises ConfigError, CorpusUnavailable, or RunError when it does not fit or its owner has enough already.
    """
    chosen = text_of(corpus, text)
    config = dataclasses.replace(config, vocab_size=CharTokenizer.from_text(chosen.text).vocab_size)
    extra = {"corpus.txt": chosen.text.encode("utf-8")} if text is not None else {}
    return found_run(config, train, chosen, name, owner, request, teacher, extra, {})


def fork(
    run: str,
    step: int,
    changes: Mapping[str, Any],
    name: str,
    owner: str,
    request: str,
    teacher: bool = False,
    corpus: str | None = None,
    text: str | None = None,
) -> str:
    """A new run from the weights of a kept step of another, with a fresh optimizer; returns its id.

    `changes` are fields of TrainConfig. The text is the parent's, unless `corpus` (and `text`) name another whose
    characters the model knows; a model that was uploaded has no text, so it needs one. Raises as `create`.
    """
    parent, weights = runs.find(run).read(), runs.step_file(run, step).read_bytes()
    if corpus is None and text is None and parent.get("own_text"):
        corpus = str(parent.get("corpus"))
        text = (runs.find(run).folder / "corpus.txt").read_bytes().decode("utf-8")
    return grown(parent, weights, changes, name, owner, request, teacher, corpus, text, (run, step))


def fork_bundled(
    model: str,
    step: int,
    changes: Mapping[str, Any],
    name: str,
    owner: str,
    request: str,
    teacher: bool = False,
    corpus: str | None = None,
    text: str | None = None,
) -> str:
    """As `fork`, from a kept step of a model that comes with the app: its file tells how it was trained."""
    known = {shelved.name: dict(shelved.files) for shelved in bundled.shelf()}
    if step not in known.get(model, {}):
        raise RunError(f"There is no step {step:,} of a bundled model {model[:40]!r}: choose one of the list.")
    weights = known[model][step].read_bytes()
    parent = json.loads(read_header(weights)[0]["record"])
    return grown(parent, weights, changes, name, owner, request, teacher, corpus, text, (model, step))


def may(status: Status, owner: str, teacher: bool = False) -> bool:
    """Whether someone may steer a run: who started it, or the teacher."""
    return teacher or bool(owner) and status.owner == owner


def steered(name: str, owner: str, teacher: bool) -> Run:
    """The run, if this person may steer it. Raises RunError otherwise."""
    if not may(runs.status_of(name), owner, teacher):
        raise RunError("Only who started a run, or the teacher, can do that: fork it to have your own.")
    return runs.find(name)


def pause(name: str, owner: str, teacher: bool = False) -> None:
    """Ask a run to save everything and rest; one that waits leaves the queue. Raises RunError."""
    ask(name, owner, teacher, "pause", "paused", "Paused before it started; Resume puts it back into the queue.")


def stop(name: str, owner: str, teacher: bool = False) -> None:
    """Ask a run to save everything and end. Raises RunError."""
    ask(name, owner, teacher, "stop", "stopped", "Stopped while it was not running; Resume goes on.")


def ask(name: str, owner: str, teacher: bool, word: str, kind: str, message: str) -> None:
    """Leave a note that the trainer reads before its next step, or do it here when there is no trainer."""
    with alone():
        run = steered(name, owner, teacher)
        state = runs.status_of(name)
        if state.state == "running":
            write_durable(run.folder / "control.json", json.dumps({"do": word}).encode())
        elif state.state == "queued" or (word == "stop" and state.resumable and state.state != kind):
            run.append({"kind": kind, "step": state.step, "message": message})
            (run.folder / "queued").unlink(missing_ok=True)
        else:
            raise RunError(f"It is not running (it is {state.state}): there is nothing to {word}.")


def resume(name: str, owner: str, teacher: bool = False, budget: int | None = None) -> None:
    """Queue a run that rests, to go on from its newest state; starts at once if a slot is free. Raises RunError."""
    with alone():
        run = steered(name, owner, teacher)
        state = runs.status_of(name)
        if not state.resumable:
            advice = "pause it first" if budget else "there is nothing to resume"
            raise RunError(f"It is {state.state}: {advice}.")
        if refusal := cost.fit(GPTConfig.from_json(state.model), TrainConfig.from_json(state.train)):
            raise RunError(refusal)
        enough(owner, teacher)
        line_up(run, budget)
        start_waiting()


def step_once(name: str, owner: str, teacher: bool = False) -> None:
    """Let a run that rests take exactly one optimizer step, then rest again. Raises RunError."""
    resume(name, owner, teacher, budget=1)


def rename(name: str, new: str, owner: str, teacher: bool = False) -> None:
    """Give a run another display name. Raises RunError."""
    with alone():
        run = steered(name, owner, teacher)
        write_durable(run.description, json.dumps({**run.read(), "name": plain(new, "Untitled")}, indent=1).encode())


def delete(name: str, owner: str, teacher: bool = False) -> None:
    """Remove a run and all that it made. Raises RunError for one that runs."""
    with alone():
        run = steered(name, owner, teacher)
        lock = run.hold()
        try:
            gone = run.folder.rename(run.folder.with_name(f".gone-{run.folder.name}"))
        finally:
            lock.release()
        shutil.rmtree(gone, ignore_errors=True)


def import_model(data: bytes, name: str, owner: str) -> str:
    """A finished run that holds one uploaded model; returns its id. Raises ModelFileError when it is none."""
    from gpt import checkpoint  # torch is needed to judge a model, but not to list and start runs

    model = checkpoint.loads(data)
    train = {**TrainConfig().to_json(), "steps": max(1, model.step)}
    about = {
        "corpus": plain(str(model.record.get("corpus", "")), "unknown"),
        "corpus_sha256": "",
        "model": model.config.to_json(),
        "train": train,
        "imported": True,
    }
    with alone():
        file = step_name(model.step)
        run = write_run(about, name, owner, "", {f"steps/{file}": data})
        run.append({"kind": "snapshot", "step": model.step, "file": file})
        run.append({"kind": "end", "step": model.step})
    return run.folder.name
