"""A text that a model writes with a stack of edits and without, by the same draws: written once for all visitors.

It is begun when somebody looks a second time at the same prompt, so that who types does not pay for it, and given up
when nobody looks any more. One text at a time, with a pause after each token.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt.analysis.edit_lines import Line
from gpt.config import SamplingConfig
from pages.ui import cache
from pages.ui.derived.background import end_with_the_server, rest
from pages.ui.derived.search import low_priority
from pages.ui.shared import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpt.sampling import Choice

JOBS = 96  # texts that are kept
LENGTH = 60  # tokens
UNASKED = 3.0  # seconds after which nobody looks any more: a page that waits asks every 0.7
BREATH = 0.5  # of the time that a token took, for whoever types meanwhile

_turn = threading.Lock()  # one text at a time


@dataclass(frozen=True)
class Asked:
    """What is written on from, and how; without lines it is the model as it was trained."""

    name: str
    step: int
    ids: tuple[int, ...]
    lines: tuple[Line, ...]
    other_ids: tuple[int, ...]
    knobs: SamplingConfig


class Job:
    """One text."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.ids: tuple[int, ...] = ()  # written so far
        self.looks = 0
        self.looked = 0.0
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    @property
    def done(self) -> float:
        """The share that is written."""
        return len(self.ids) / LENGTH

    def look(self) -> None:
        """Somebody looks: begin at the second time, or go on."""
        self.looked = time.monotonic()
        with self.lock:
            self.looks += 1
            if self.done < 1 and self.looks > 1 and (self.thread is None or not self.thread.is_alive()):
                self.thread = threading.Thread(target=self.work, name="edited text", daemon=True)
                self.thread.start()
                end_with_the_server(self.thread)

    def choices(self) -> Iterator[Choice]:
        """What comes after what is written already."""
        from gpt.analysis.stacks import Edited
        from gpt.sampling import generate

        asked, before = self.asked, self.ids
        model = cache.model(asked.name, asked.step).model
        edited = Edited(model, asked.lines, asked.other_ids) if asked.lines else model
        ids = (*asked.ids, *before)
        return generate(edited, ids, asked.knobs, LENGTH - len(before), skip=len(before))

    def work(self) -> None:
        """Token after token, while somebody looks."""
        low_priority()
        with _turn:
            began = time.monotonic()
            for choice in self.choices():
                self.ids = (*self.ids, choice.id)
                now = time.monotonic()
                if now - self.looked > UNASKED or rest(BREATH * (now - began)):
                    return
                began = time.monotonic()


@shared(JOBS)
def job(asked: Asked) -> Job:
    """A text, for everyone who looks."""
    return Job(asked)


def looked(asked: Asked) -> Job:
    """The same, begun or gone on with."""
    found = job(asked)
    found.look()
    return found
