"""What can ask a training to end before its last step: a control file, SIGTERM or Ctrl-C, and a budget of steps."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from gpt.runs import Run
from gpt.runs.log import CONTROLS, Control
from gpt.storage.bounded import read_bounded

MOST_BYTES = 1_000  # of a control file


class Interrupted(Exception):
    """Asked to end amid a measurement, which changes nothing and can be done again."""


@dataclass
class StopRequest:
    """Asked before every step whether, and how, to end."""

    run: Run
    budget: int | None = None  # steps of this sitting
    signalled: bool = False
    measuring: bool = field(default=False, repr=False)

    def now(self, taken: int, last: bool) -> Control | None:
        """What is asked after `taken` steps of this sitting; None to go on."""
        if self.signalled:
            return "pause"
        if last:
            return None
        word = self.controlled()
        if word is None and self.budget is not None and taken >= self.budget:
            return "pause"
        return word

    def spent(self, taken: int) -> bool:
        """Whether nothing but the budget asks to end after `taken` steps of this sitting."""
        return not self.signalled and self.budget is not None and taken >= self.budget and self.controlled() is None

    def controlled(self) -> Control | None:
        """What the control file asks, if there is a readable one."""
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            word = json.loads(read_bounded(self.run.control, MOST_BYTES))["do"]
            return next((known for known in CONTROLS if known == word), None)
        return None

    def signal(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C: save and end after this step, or at once while it only measures."""
        self.signalled = True
        if self.measuring:
            self.measuring = False
            raise Interrupted

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """A measurement: a signal ends it at once, as Interrupted."""
        self.measuring = True
        try:
            yield
        finally:
            self.measuring = False

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
