"""Many passes over one prompt, done in the background for everyone who looks: one pass at a time for all visitors.

What nobody looks at any more is not begun: who types on is answered for the newest text alone. After each part comes
as long a rest for all of them: however many look, a class that types elsewhere has the processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from pages.ui.derived.background import end_with_the_server, rest
from pages.ui.derived.search import low_priority

UNASKED = 2.0  # seconds after which nobody looks any more: a page that waits asks every 0.7
QUICK = 0.05  # seconds that a page waits, for what is found at once

_turn = threading.Lock()  # one part at a time


class Measuring:
    """Work of several parts that any number of visitors wait for; what is kept of it is the subclass's own."""

    def __init__(self) -> None:
        self.problem = ""  # why it cannot be measured, in a sentence
        self.finished = 0  # parts that are done
        self.quick = 0  # parts that are too small to rest after
        self.looked = 0.0
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def parts(self) -> Sequence[Callable[[], None]]:
        """What is to be done, in its order; each part is done once. A ValueError of one is the `problem` of all."""
        raise NotImplementedError

    @property
    def done(self) -> float:
        """The share that is measured."""
        return self.finished / len(self.parts())

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return bool(self.problem) or self.done >= 1

    def look(self) -> None:
        """Somebody looks: begin, or go on. What is quick is there when this returns."""
        self.begin()
        if self.thread is not None:
            self.thread.join(QUICK)

    def begin(self) -> None:
        """The same, without waiting for anything."""
        self.looked = time.monotonic()
        with self.lock:
            if not self.over and (self.thread is None or not self.thread.is_alive()):
                self.thread = threading.Thread(target=self.work, name=type(self).__name__, daemon=True)
                self.thread.start()
                end_with_the_server(self.thread)

    def leave(self) -> None:
        """Somebody looks elsewhere: who still waits here asks again."""
        self.looked = 0.0

    def work(self) -> None:
        """Part after part, while somebody looks."""
        low_priority()
        for number, measure in enumerate(self.parts()):
            if number < self.finished:
                continue
            with _turn:
                if time.monotonic() - self.looked > UNASKED:
                    return
                began = time.monotonic()
                try:
                    measure()
                except ValueError as error:
                    self.problem = str(error)
                    return
                self.finished = number + 1
                if rest(time.monotonic() - began if self.finished > self.quick else 0.0):  # and no one else begins
                    return
