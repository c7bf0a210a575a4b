"""One sitting of a training: step after step, what is due at each, and every way in which it can end.

It ends well, or is put down by a wish (a control file, SIGTERM, a budget of steps), or by trouble: a full disk pauses
it, a loss that is not a number and a lack of memory end it. The log's last word says so in one sentence.
"""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tqdm import tqdm

from gpt.config import EVAL_BATCH, SamplingConfig, TrainConfig
from gpt.runs import MODELS_KEPT, Run
from gpt.sampling import generate
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_files
from gpt.train.failures import diverged, told
from gpt.train.schedule import snapshot_steps
from gpt.train.trainer import Trainer

LOG_LINES = 4_000  # a long run logs every n-th step, so that its log stays readable
MOST_MEASURED = 0.2  # of a training's time, to measure at the kept steps too
RESERVE = 1 << 14  # bytes that are given back when the disk is full, so that the log can say so
CONTROLS = ("pause", "stop")


class Interrupted(Exception):
    """Asked to end amid a measurement, which changes nothing and can be done again."""


@dataclass
class Wish:
    """What others want of this training: asked before every step."""

    run: Run
    budget: int | None = None  # steps of this sitting
    signalled: bool = False
    measuring: bool = field(default=False, repr=False)

    def now(self, taken: int, last: bool) -> str:
        """What to do after `taken` steps of this sitting: pause, stop, or "" to go on."""
        if self.signalled:
            return "pause"
        if last:
            return ""
        with suppress(OSError, ValueError, TypeError, KeyError):
            word = json.loads((self.run.folder / "control.json").read_bytes())["do"]
            if word in CONTROLS:
                return word
        return "pause" if self.budget is not None and taken >= self.budget else ""

    def signal(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C: put everything down after this step, or at once while it only measures."""
        self.signalled = True
        if self.measuring:
            self.measuring = False
            raise Interrupted

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let SIGTERM and Ctrl-C pause the training (only a main thread may listen)."""
        before = {}
        with suppress(ValueError):
            for number in (signal.SIGTERM, signal.SIGINT):
                before[number] = signal.signal(number, self.signal)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def sample(trainer: Trainer, length: int = 200) -> str:
    """What the model writes now, after a newline or the first token, always with the same seed."""
    tokens = trainer.tokenizer.tokens
    first = tokens.index("\n") if "\n" in tokens else 0
    trainer.model.eval()
    written = [choice.id for choice in generate(trainer.model, [first], SamplingConfig(temperature=0.8), length)]
    trainer.model.train()
    return trainer.tokenizer.decode(written)


def kept_steps(train: TrainConfig, evaluations: bool = False) -> set[int]:
    """The steps whose models are kept: spaced by equal ratios, and in the app also evaluations, 60 in all at most."""
    kept = set(snapshot_steps(train.steps, train.snapshots))
    if evaluations and (room := MODELS_KEPT - len(kept)) > 0:
        every = train.eval_every * max(1, math.ceil(train.steps / train.eval_every / room))
        kept |= set(range(every, train.steps, every))
    return kept


def also_measured(train: TrainConfig, kept: set[int]) -> set[int]:
    """The kept steps at which the losses are measured between two evaluations: all of them, where that costs little.

    An evaluation passes batches of both splits forward; a training step also goes back, which takes twice as long.
    """
    between = {step for step in kept if step % train.eval_every and step != train.steps}
    cost = len(between) * 2 * train.eval_batches * EVAL_BATCH / (3 * train.steps * train.batch_size)
    return between if cost <= MOST_MEASURED else set()


def loop(trainer: Trainer, quiet: bool = False, wish: Wish | None = None, kept: set[int] | None = None) -> str:
    """Train from where the trainer is to its last step; returns the sample written at the end, "" if put down before.

    Raises RunError when the numbers or the memory, and OSError when the disk, do not let it go on.
    """
    train, run, team, began = trainer.train, trainer.run, trainer.team, trainer.done
    wish = wish or Wish(run)
    kept = kept_steps(train) if kept is None else kept
    also = also_measured(train, kept)
    log_every = max(1, train.steps // LOG_LINES)
    text = ""
    with tqdm(total=train.steps, initial=trainer.done, unit="step", disable=quiet, mininterval=1.0) as bar:
        while True:
            step, last = trainer.done, trainer.done == train.steps
            word = team.agree(wish.now(step - began, last))
            if not word and team.first and trainer.told != step:
                try:
                    text = tell(trainer, wish, kept, also, bar) or text
                except Interrupted:
                    word = "pause"
            if word:
                return put_down(trainer, word) if team.first else ""
            if last:
                if team.first:
                    run.append({"kind": "end", "step": step})
                return (text or sample(trainer)) if team.first else ""
            line = trainer.step()
            failed = trainer.done == step
            if team.first and (failed or trainer.done % log_every == 0):
                run.append(line)
            if failed:
                raise diverged(trainer)
            bar.update()


def tell(trainer: Trainer, wish: Wish, kept: set[int], also: set[int], bar: Any) -> str:
    """Do what is due at this step: measure, keep, save, say so. Returns the sample if there is one."""
    train, run, step = trainer.train, trainer.run, trainer.done
    last, text = step == train.steps, ""
    due = last or step % train.eval_every == 0
    if due or step in also:
        wish.measuring = True
        line = trainer.evaluate()
        if not math.isfinite(line["train"] + line["val"]):
            wish.measuring = False
            run.append(line)
            raise diverged(trainer)
        text, seen = sample(trainer) if due else "", trainer.look()
        wish.measuring = False
        run.append(line)
        if text:
            run.append({"kind": "sample", "step": step, "text": text})
        if seen:
            write_durable(run.folder / "batch.json", json.dumps(seen).encode())
        bar.set_postfix(train=line["train"], val=line["val"])
    if step in kept:
        run.append(trainer.snapshot())
    trainer.told = step
    if last or (step and step % train.save_every == 0):
        trainer.save_state()
        run.append({"kind": "state", "step": step})
    return text


def put_down(trainer: Trainer, word: str) -> str:
    """Save everything, keep the model to look at, and say that the training rests."""
    run, step = trainer.run, trainer.done
    trainer.save_state()
    run.append({"kind": "state", "step": step})
    if len(step_files(run.steps)) < 2 * MODELS_KEPT:  # somebody may press Step a thousand times
        run.append(trainer.snapshot())
    kind, told = {"pause": ("paused", "Paused"), "stop": ("stopped", "Stopped")}[word]
    run.append({"kind": kind, "step": step, "message": f"{told} at step {step:,}; Resume goes on from there."})
    (run.folder / "control.json").unlink(missing_ok=True)
    return ""


def guarded(trainer: Trainer, quiet: bool, wish: Wish, kept: set[int]) -> str:
    """The loop; every trouble becomes the log's last word and a RunError with the same sentence."""
    with told(trainer):
        return loop(trainer, quiet, wish, kept)
