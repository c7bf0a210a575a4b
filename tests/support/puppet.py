"""A run without a trainer: the test holds its lock and writes its log, so that it trains as fast as a test wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from gpt import runs
from gpt.presets import PRESETS
from gpt.runs import Run, control, log
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_name
from tests.support import shipped

MODEL = "mini"  # whose steps it keeps


@dataclass(frozen=True)
class Puppet:
    """A run that seems to train."""

    run: Run

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.folder.name

    def reach(self, step: int, loss: float, text: str = "ROMEO:\n", speed: int = 1_000) -> None:
        """Tell of this step: the step itself, its losses, what it writes and reads; keep the bundled model's."""
        rates = {"rate": 1.0, "lr": loss / 1e3, "muon_lr": loss / 1e2, "grad_norm": loss**3}
        self.run.append(log.Train(step, loss=loss, **rates, tokens_per_second=speed, seconds=step / 7))
        self.run.append(log.Eval(step, train=loss, val=loss, seconds=step / 7))
        self.run.append(log.Sample(step, text))
        read = log.Reading(step, text, tuple(text), (None, *[loss] * (len(text) - 1)))
        write_durable(self.run.reading, json.dumps(read.to_json()).encode())
        known = dict(shipped.shelved(MODEL).files)
        if step in known:
            (self.run.steps / step_name(step)).write_bytes(known[step].read_bytes())
            self.run.append(log.Snapshot(step, step_name(step)))


@contextmanager
def puppet(name: str, owner: str = "nobody") -> Iterator[Puppet]:
    """A run of the size mini that trains for as long as this lasts."""
    preset = PRESETS[MODEL]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gpt.runs.queue.spawn", lambda run: False)
        made = control.create(preset.model, preset.train, "shakespeare", name, owner, "", teacher=True)
    run = runs.find(made)
    lock = run.hold()
    run.queued.unlink()
    try:
        yield Puppet(run)
    finally:
        lock.release()
