"""The places of a model's own text that fire its neurons most: found in the background, once for all visitors.

One window of the text at a time, whoever's model it is, and then as long a rest: a class that types meanwhile has the
processor. A search that nobody looks at stops, and goes on where it was when somebody does.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from gpt import corpora, runs
from gpt.corpora.upload import MOST_STORED
from gpt.storage.bounded import read_bounded
from pages.ui import cache
from pages.ui.derived.background import end_with_the_server, rest
from pages.ui.derived.neurons import Losses, without_each
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.analysis.search import Search

JOBS = 6  # searches that are kept
UNASKED = 30.0  # seconds after which nobody looks any more
LOW = 5  # niceness: lower still, a thread that holds the interpreter's lock would keep the others waiting
MOST = 4_000_000  # characters of a text that are searched
MISSING = "The text that this model learned from is not on this computer, so there is nothing to search."

_turn = threading.Lock()  # one window at a time, of all searches


class Job:
    """One model at one step. `search` is there once its text is read; `problem` says why there will be none."""

    def __init__(self, name: str, step: int) -> None:
        self.name, self.step = name, step
        self.search: Search | None = None
        self.problem = ""
        self.losses: Losses | None = None  # of what is broken, once they are measured
        self.asked = 0.0
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        """Whether there is nothing more to find."""
        return bool(self.problem) or (self.search is not None and self.search.over)

    def look(self) -> None:
        """Somebody looks: begin, or go on."""
        self.asked = time.monotonic()
        with self.lock:
            if not self.over and (self.thread is None or not self.thread.is_alive()):
                self.thread = threading.Thread(target=self.work, name=f"search of {self.name}", daemon=True)
                self.thread.start()
                end_with_the_server(self.thread)

    def work(self) -> None:
        """Window after window, while somebody looks."""
        low_priority()
        try:
            with _turn:
                self.losses = self.losses or without_each(self.name, self.step)
            search = self.search = self.search or prepared(self.name, self.step)
        except (ValueError, KeyError, OSError):
            self.problem = MISSING
            return
        while not search.over and time.monotonic() - self.asked < UNASKED:
            with _turn:
                began = time.monotonic()
                search.read()
            if rest(time.monotonic() - began):
                return


def low_priority() -> None:
    """This thread gives way to the others; only Linux knows priorities of threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW)


def prepared(name: str, step: int) -> Search:
    """A search that has not begun. Raises ValueError, KeyError or OSError for a text or a model that is gone."""
    from gpt.analysis.search import Search

    loaded = cache.model(name, step)
    ids = loaded.tokenizer.encode_known(text_of(name, str(loaded.record.get("corpus"))))[0]
    return Search(loaded.model, ids, loaded.tokenizer.tokens)


def text_of(name: str, corpus: str) -> str:
    """The text that a model learned from. Raises CorpusUnavailable, RunError or OSError when it is not here."""
    if name not in cache.offered_at_start():
        own = runs.find(name).own_text
        if own.exists():
            return read_bounded(own, MOST_STORED).decode("utf-8")[:MOST]
    return corpora.load(corpus).text[:MOST]


@shared(JOBS)
def job(name: str, step: int) -> Job:
    """The search of a model at a step, for everyone who looks."""
    return Job(name, step)


def looked(name: str, step: int) -> Job:
    """The same, begun or gone on with."""
    found = job(name, step)
    found.look()
    return found
