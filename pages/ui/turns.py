"""Who draws now: one key after the other, first come, first served.

Thirty keys at once would all take longer, for they share one interpreter: each of the hundred small steps of a pass
gives its lock away, and waits in line to get it back. In turns the first is done while the last still waits, and the
last is done sooner, too. Who draws for long is no key, and lets the others pass.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LONG = 0.1  # seconds after which the next one begins, too


class Turns:
    """A door that opens for one at a time."""

    def __init__(self, long: float = LONG) -> None:
        self.long, self.lock = long, threading.Lock()
        self.inside: object | None = None  # whose turn it is
        self.since = 0.0
        self.waiting: deque[threading.Lock] = deque()  # each is released when its turn comes

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn; it is over at the end."""
        mine = threading.Lock()
        mine.acquire()
        with self.lock:
            self.waiting.append(mine)
            self.let_in()
        while not mine.acquire(timeout=self.long):
            with self.lock:
                self.let_in()
        try:
            yield
        finally:
            with self.lock:
                if self.inside is mine:
                    self.inside = None
                self.let_in()

    def let_in(self) -> None:
        """The next one, if nobody is inside, or one that has been there for long. Called with the lock held."""
        now = time.monotonic()
        if self.waiting and (self.inside is None or now - self.since > self.long):
            self.inside, self.since = self.waiting.popleft(), now
            self.inside.release()


turns = Turns()
