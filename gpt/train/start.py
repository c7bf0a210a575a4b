"""Beginning a run in its folder, or going on with it: the recipe is checked, the log is made to fit the state."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from contextlib import suppress
from typing import Any

from gpt import checkpoint, tokenizers
from gpt.checkpoint import Checkpoint
from gpt.config import GPTConfig, TrainConfig, refuse
from gpt.corpora import Corpus
from gpt.runs import Lock, Run, RunError
from gpt.runs.log import Resumed, Saved
from gpt.runs.queue import queue_lock
from gpt.storage.atomic import write_durable
from gpt.storage.bounded import UnfitFile, read_bounded
from gpt.storage.step_files import step_of
from gpt.tokenizers import BPETokenizer, CharTokenizer, Tokenizer
from gpt.train.device import device_of
from gpt.train.distributed import Team, join
from gpt.train.failures import logged_failures
from gpt.train.loop import Loop, kept_steps
from gpt.train.precision import KINDS, Choice, choice_of, choose
from gpt.train.resume import Store
from gpt.train.stop_request import StopRequest
from gpt.train.trainer import Trainer, own_randomness

MOST_TOKENIZER = 1_000_000  # bytes of a run's tokenizer; of 8,192 tokens it has some 90 kB
RESERVE = 1 << 14  # bytes that are given back when the disk is full


def start(
    run: Run,
    corpus: Corpus,
    config: GPTConfig,
    train: TrainConfig,
    quiet: bool = False,
    budget: int | None = None,
    lock: Lock | None = None,
    stop_request: StopRequest | None = None,
) -> str:
    """Begin or go on with the run in a folder; returns the sample written at the end, or "" when it was paused.

    `stop_request` tells afterwards whether a signal ended it. Raises RunError, ConfigError. Started by torchrun, every
    process calls this, and the first one writes.
    """
    stop_request = stop_request or StopRequest(run, budget)
    device = device_of(train.device)
    team = join(train.batch_size)
    if team.size > 1 and device.type != "cpu":
        raise refuse("device", train.device, "cpu where several processes train one model")
    own = run.hold() if team.first and lock is None else None
    try:
        origin = fork_origin(run)
        tokenizer = origin.tokenizer if origin else tokenizer_of(run, corpus, config, train)
        config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
        before = run.read() if run.description.exists() else None
        if team.first:
            run.sweep()
            run.queued.unlink(missing_ok=True)
        with own_randomness(train.seed, train.threads), stop_request.listening():
            choice = chosen(run, before, config, train, team)
            trainer = Trainer(corpus, tokenizer, config, train, team, choice)
            store = Store(run, trainer)
            if origin:
                trainer.model.load_state_dict(origin.model.state_dict())
            managed = bool(before and "owner" in before)
            if before:
                go_on(store, before)
            elif team.first:
                recipe = {name: trainer.recipe[name] for name in ("corpus", "corpus_sha256", "model", "train")}
                about = {"id": run.folder.name, **recipe, **choice.to_json(), "argv": sys.argv, "pid": os.getpid()}
                run.create(about)
            if managed and team.first:
                with suppress(OSError):
                    run.reserve.write_bytes(bytes(RESERVE))
            with logged_failures(store):
                return Loop(store, stop_request, kept_steps(train, managed), quiet or not team.first).train()
    finally:
        if own:
            own.release()


def tokenizer_of(run: Run, corpus: Corpus, config: GPTConfig, train: TrainConfig) -> Tokenizer:
    """The tokenizer that a run began with, or else that of its text; byte pairs are written down before the first step.

    The characters of a text are always the same ones; how pairs were merged, another library may see differently.
    """
    if train.tokenizer == "char":
        return CharTokenizer.from_text(corpus.text)
    try:
        return BPETokenizer.from_json(json.loads(read_bounded(run.tokenizer, MOST_TOKENIZER)))
    except FileNotFoundError:
        found = tokenizers.of_text(train.tokenizer, corpus.split()[0], config.vocab_size)
        write_durable(run.tokenizer, json.dumps(found.to_json()).encode())
        return found
    except (UnfitFile, ValueError, RecursionError) as error:
        raise RunError(
            f"The run's tokenizer cannot be read ({str(error)[:200].rstrip('.')}): fork a kept step."
        ) from error


def chosen(run: Run, before: dict[str, Any] | None, config: GPTConfig, train: TrainConfig, team: Team) -> Choice:
    """What it computes in: the first process says it for all, and a run that is there already remembers it."""
    if not team.first:
        return choice_of(team.same(KINDS[0], KINDS), config, train)
    choice = choose(config, train, before)
    team.same(choice.precision, KINDS)
    if before and before.get("precision") != choice.precision and train.precision == "auto":
        with queue_lock():  # somebody may give it another name meanwhile
            write_durable(run.description, json.dumps({**run.read(), **choice.to_json()}, indent=1).encode())
    return choice


def go_on(store: Store, before: dict[str, Any]) -> None:
    """Restore the newest state of a run that was described as `before`. Raises RunError for another recipe."""
    was, now = fixed(before), fixed(store.trainer.recipe)
    for name in now:
        if was[name] != now[name]:
            this = f"{name} = {was[name]!r}, not {now[name]!r}"
            raise RunError(f"The run {store.run.folder.name} was started with {this}: choose another folder.")
    differs = store.restore_newest()
    if store.trainer.team.first:
        fit_log(store, differs)


def fit_log(store: Store, differs: str) -> None:
    """Make the log end where the trainer goes on, and say that it does."""
    run, step = store.run, store.trainer.done
    has_state = bool(store.states())
    if not has_state and not run.metrics.exists():
        return  # made by the app, and this is its first start
    if has_state:
        run.truncate_log(step, store.measured_step == step)
    else:
        run.truncate_log(-1)  # without a state, what was measured at step 0 is told again
    if step and not any(isinstance(line, Saved) and line.step == step for line in run.lines()):
        run.append(Saved(step))  # the trainer died between saving it and saying so
    run.append(Resumed(step, differs, resume_message(store, differs)))
    for path in store.damaged:  # told, and of no use
        path.unlink(missing_ok=True)


def resume_message(store: Store, differs: str) -> str:
    """What the page should tell about how a run was resumed, or nothing when all is as it was."""
    told = []
    if store.damaged:
        steps = " and ".join(f"{step_of(path.name):,}" for path in store.damaged)
        told.append(f"The saved state of step {steps} is damaged: it goes on from step {store.trainer.done:,} instead.")
    if differs:
        told.append(f"It goes on with another setup than before: the curve is {differs}.")
    return " ".join(told)


def fork_origin(run: Run) -> Checkpoint | None:
    """The model that a forked run starts from."""
    return checkpoint.load(run.origin) if run.origin.exists() else None


def fixed(description: dict[str, Any]) -> dict[str, Any]:
    """What a run's description fixes, by name. Not threads and device: others change only the last bits."""
    values = {name: description.get(name) for name in ("corpus", "corpus_sha256")}
    values |= GPTConfig.from_json(description.get("model")).to_json()
    values |= TrainConfig.from_json(description.get("train")).to_json()
    del values["threads"], values["device"]
    return values
