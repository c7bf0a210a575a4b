"""What the runs have told so far, read on from where the last look ended: all visitors of a server share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import streamlit as st

from gpt import runs
from gpt.runs import START, Mark, log

POINTS = 400  # of a curve, about

Point = tuple[int, float | None]  # step, nats a character


@dataclass
class History:
    """One run's log, sorted by what it tells."""

    mark: Mark = START
    train: list[Point] = field(default_factory=list)
    val: list[Point] = field(default_factory=list)
    samples: list[log.Sample] = field(default_factory=list)
    latest: log.Train | None = None  # the newest step
    lock: Lock = field(default_factory=Lock, repr=False)

    def read_on(self, run: str) -> None:
        """Add what is new. Raises RunError for a run that is gone."""
        with self.lock:
            new = runs.tail(run, self.mark)
            if new.again:
                self.train, self.val, self.samples, self.latest = [], [], [], None
            self.mark = new.mark
            for line in new.lines:
                match line:
                    case log.Train():
                        self.train.append((line.step, line.by_character))
                        self.latest = line
                    case log.Eval():
                        self.val.append((line.step, line.by_character[1]))
                    case log.Sample():
                        self.samples.append(line)

    def thinned(self) -> list[Point]:
        """The training losses, at most some 400 of them."""
        return self.train[:: max(1, len(self.train) // POINTS)]


@st.cache_resource(max_entries=200, show_spinner=False)
def known(run: str) -> History:
    """What was read of a run so far."""
    return History()


def history_of(run: str) -> History:
    """What a run has told until now. Raises RunError."""
    found = known(run)
    found.read_on(run)
    return found
