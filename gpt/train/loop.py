"""One sitting of a training: step after step, and what is due at each: measure, keep a model, save a state.

It ends at the last step, by a stop request (a control file, SIGTERM, a budget of steps), or in failure: a full disk
pauses it, a loss that is not a number and a lack of memory end it. The log's final event says so in one sentence.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress

from tqdm import tqdm

from gpt.config import EVAL_BATCH, GPTConfig, TrainConfig
from gpt.runs import MODELS_KEPT, finite
from gpt.runs.log import Control, End, Paused, Reading, Sample, Saved, Stopped
from gpt.sampling import sample
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_files
from gpt.train.failures import diverged
from gpt.train.resume import Store
from gpt.train.schedule import snapshot_steps
from gpt.train.stop_request import Interrupted, StopRequest

LOG_LINES = 4_000  # a long run logs every n-th step, so that its log stays readable
MOST_MEASURED = 0.2  # of a training's time, to measure at the kept steps too
SAMPLE_LENGTH = 200  # tokens
SAMPLE_COST = 10_000  # trained tokens in whose time a sample is written, at most (measured: 1,200 to 9,200)


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


def also_shown(config: GPTConfig, train: TrainConfig) -> set[int]:
    """The steps 10, 20, 50, 100, 200, ... at which it shows what it writes and reads, between two evaluations.

    Of them the first, as long as all their samples take no more than a share of the training's time.
    """
    series = (factor * 10**power for power in range(1, 8) for factor in (1, 2, 5))
    between = [step for step in series if step < train.steps and step % train.eval_every]
    affordable = MOST_MEASURED * train.steps * train.batch_size * config.block_size / SAMPLE_COST
    return set(between[: int(affordable)])


class Loop:
    """A sitting: where the trainer is, what is kept in its run, who may ask it to end, and which steps are special."""

    def __init__(self, store: Store, stop_request: StopRequest, kept: set[int], quiet: bool = False) -> None:
        self.store, self.stop_request, self.kept = store, stop_request, kept
        self.trainer, self.run = store.trainer, store.run
        self.also_measured = also_measured(self.trainer.train, kept)
        self.also_shown = also_shown(self.trainer.model.config, self.trainer.train)
        self.bar = tqdm(
            total=self.trainer.train.steps, initial=self.trainer.done, unit="step", disable=quiet, mininterval=1.0
        )
        self.sample = ""  # the latest one

    def train(self) -> str:
        """Step to the last step; returns the sample written at the end, "" when it was ended before.

        Raises RunError when the numbers or the memory, and OSError when the disk, do not let it go on.
        """
        trainer, leads = self.trainer, self.trainer.team.first
        train, began = trainer.train, trainer.done
        log_every = max(1, train.steps // LOG_LINES)
        with self.bar:
            while True:
                step, last = trainer.done, trainer.done == train.steps
                asked = trainer.team.agree(self.stop_request.now(step - began, last))
                if asked is None and leads and self.store.measured_step != step:
                    try:
                        self.do_due_work()
                    except Interrupted:
                        asked = "pause"
                if asked is not None:
                    if leads:
                        self.pause_or_stop(asked, show=self.stop_request.spent(step - began))
                    return ""
                if last:
                    return self.end() if leads else ""

                line = trainer.step()
                failed = trainer.done == step
                if leads and (failed or trainer.done % log_every == 0):
                    self.run.append(line)
                if failed:
                    raise diverged(self.store)
                self.bar.update()

    def do_due_work(self) -> None:
        """All that is due at this step: measure, keep the model, save a state, each where its turn has come."""
        train, step = self.trainer.train, self.trainer.done
        last = step == train.steps
        evaluation = last or step % train.eval_every == 0
        if evaluation or step in self.also_measured:
            self.measure(with_sample=evaluation or step in self.also_shown)
        elif step in self.also_shown:
            self.show()
        if step in self.kept:
            self.run.append(self.store.keep_model())
        self.store.measured_step = step
        if last or (step and step % train.save_every == 0):
            self.save_state()

    def measure(self, with_sample: bool) -> None:
        """The losses, what the model writes, and what it read last. Raises Interrupted, RunError."""
        trainer, run = self.trainer, self.run
        with self.stop_request.interruptible():
            line = trainer.evaluate()
            numbers = all(loss is not None and math.isfinite(loss) for loss in (line.train, line.val))
            written = self.write_sample() if with_sample and numbers else ""
            reading = trainer.reading() if numbers else None
        run.append(line)
        if not numbers:
            raise diverged(self.store)
        self.tell(written, reading)
        self.bar.set_postfix(train=line.train, val=line.val)

    def show(self) -> None:
        """What the model writes, and what it read last: nothing of it changes the training. Raises Interrupted.

        Where a loss is no number, nothing is written: the next step finds out, and says so.
        """
        with self.stop_request.interruptible():
            reading = self.trainer.reading()
            numbers = all(loss is None or math.isfinite(loss) for loss in reading.loss)
            written = self.write_sample() if numbers else ""
        self.tell(written, reading)

    def tell(self, written: str, reading: Reading | None) -> None:
        """Log what was written, and keep what was read last."""
        if written:
            self.sample = written
            self.run.append(Sample(self.trainer.done, written))
        if reading:
            write_durable(self.run.reading, json.dumps(finite(reading.to_json())).encode())

    def write_sample(self) -> str:
        """What the model writes now."""
        return sample(self.trainer.on_processor(), self.trainer.tokenizer, SAMPLE_LENGTH)

    def save_state(self) -> None:
        """Save a state, and say so once it is durable."""
        self.store.save_state()
        self.run.append(Saved(self.trainer.done))

    def pause_or_stop(self, asked: Control, show: bool = False) -> None:
        """Save everything, keep the model to look at, and log that the training rests.

        Whoever asked for one step wants to see what it did: then what it writes and read last is shown, too.
        """
        step = self.trainer.done
        self.save_state()
        if len(step_files(self.run.steps)) < 2 * MODELS_KEPT:  # somebody may press Step a thousand times
            self.run.append(self.store.keep_model())
        if show:
            with suppress(Interrupted):
                self.show()
        if asked == "pause":
            self.run.append(Paused(step, f"Paused at step {step:,}; Resume goes on from there."))
        else:
            self.run.append(Stopped(step, f"Stopped at step {step:,}; Resume goes on from there."))
        self.run.control.unlink(missing_ok=True)

    def end(self) -> str:
        """Log that it is done; returns the last sample, written now if none was."""
        self.run.append(End(self.trainer.done))
        return self.sample or self.write_sample()
