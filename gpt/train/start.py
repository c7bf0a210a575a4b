"""Beginning a run in its folder, or taking it up where it was put down: the recipe is checked, the log made to fit."""

from __future__ import annotations

import dataclasses
import os
import sys
from contextlib import suppress
from typing import Any

from gpt import checkpoint
from gpt.checkpoint import Checkpoint
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.runs import Lock, Run, RunError
from gpt.storage.step_files import step_of
from gpt.tokenizers import CharTokenizer
from gpt.train.distributed import join
from gpt.train.loop import RESERVE, Wish, guarded, kept_steps
from gpt.train.trainer import Trainer, own_randomness


def start(
    run: Run,
    corpus: Corpus,
    config: GPTConfig,
    train: TrainConfig,
    quiet: bool = False,
    budget: int | None = None,
    lock: Lock | None = None,
    wish: Wish | None = None,
) -> str:
    """Begin or go on with the run in a folder; returns the sample written at the end, or "" when it was put down.

    `wish` tells afterwards whether a signal ended it. Raises RunError, ConfigError. Started by torchrun, every process
    calls this, and the first one writes.
    """
    wish = wish or Wish(run, budget)
    team = join(train.batch_size)
    own = run.hold() if team.first and lock is None else None
    try:
        origin = ancestor(run)
        tokenizer = origin.tokenizer if origin else CharTokenizer.from_text(corpus.text)
        config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
        recipe = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "model": config.to_json(),
            "train": train.to_json(),
        }
        known = run.read() if run.description.exists() else None
        if team.first:
            run.sweep()
            (run.folder / "queued").unlink(missing_ok=True)
        with own_randomness(train.seed, train.threads), wish.listening():
            trainer = Trainer(run, corpus, tokenizer, config, train, team)
            if origin:
                trainer.model.load_state_dict(origin.model.state_dict())
            if known:
                was, now = settings(known), settings(recipe)
                if changed := [name for name in now if was[name] != now[name]]:
                    this = f"{changed[0]} = {was[changed[0]]!r}, not {now[changed[0]]!r}"
                    raise RunError(f"The run {run.folder.name} was started with {this}: choose another folder.")
                differs = trainer.load_state()
                if team.first:
                    take_up_log(trainer, differs)
            elif team.first:
                run.create({"id": run.folder.name, **recipe, "argv": sys.argv, "pid": os.getpid()})
            managed = bool(known and "owner" in known)
            if managed and team.first:
                with suppress(OSError):
                    (run.folder / "reserve").write_bytes(bytes(RESERVE))
            return guarded(trainer, quiet or not team.first, wish, kept_steps(train, managed))
    finally:
        if own:
            own.release()


def take_up_log(trainer: Trainer, differs: str) -> None:
    """Make the log end where the trainer goes on, and say so."""
    run, started = trainer.run, bool(trainer.states())
    if not started and not run.metrics.exists():
        return  # made by the app, and this is its first start
    if started:
        run.forget_after(trainer.done, trainer.told == trainer.done)
    else:
        run.forget_after(-1)  # without a state, what was measured at step 0 is told again
    if trainer.done and not any(line.get("kind") == "state" and line["step"] == trainer.done for line in run.lines()):
        run.append({"kind": "state", "step": trainer.done})  # the trainer died between saving it and saying so
    run.append({"kind": "resumed", "step": trainer.done, "differs": differs, "message": going_on(trainer, differs)})
    for path in trainer.damaged:  # told, and of no use
        path.unlink(missing_ok=True)


def going_on(trainer: Trainer, differs: str) -> str:
    """What the page should tell about how a run was taken up, or nothing when all is as it was."""
    told = []
    if trainer.damaged:
        steps = " and ".join(f"{step_of(path.name):,}" for path in trainer.damaged)
        told.append(f"The saved state of step {steps} is damaged: it goes on from step {trainer.done:,} instead.")
    if differs:
        told.append(f"It goes on with another setup than before: the curve is {differs}.")
    return " ".join(told)


def ancestor(run: Run) -> Checkpoint | None:
    """The model that a forked run starts from."""
    path = run.folder / "start.safetensors"
    return checkpoint.load(path) if path.exists() else None


def settings(description: dict[str, Any]) -> dict[str, Any]:
    """What a run's description fixes, by name. Not the threads: another number of them changes only the last bits."""
    fixed = {name: description.get(name) for name in ("corpus", "corpus_sha256")}
    fixed |= GPTConfig.from_json(description.get("model")).to_json()
    fixed |= TrainConfig.from_json(description.get("train")).to_json()
    del fixed["threads"]
    return fixed
