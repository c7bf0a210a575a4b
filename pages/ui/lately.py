"""The passes of late, and which of them goes furthest along with a text: that far it need not be read again.

They are only remembered here, not kept: a pass that the cache has forgotten takes no memory.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from gpt.model import GPT

F = TypeVar("F")
Name = tuple[str, int, tuple[int, ...]]  # model, step, ids
LEAST = 8  # tokens; a shorter beginning is read anew as fast


class Lately(Generic[F]):
    """The last passes of all visitors (or what was found of them), with the ids read. Threads may share it."""

    def __init__(self, most: int) -> None:
        self.lock = threading.Lock()
        self.read: deque[tuple[GPT, tuple[int, ...], weakref.ref[F]]] = deque(maxlen=most)

    def add(self, model: GPT, ids: tuple[int, ...], trace: F) -> None:
        """Remember a pass; the oldest one is forgotten."""
        with self.lock:
            self.read.append((model, ids, weakref.ref(trace)))

    def closest(self, model: GPT, ids: tuple[int, ...]) -> tuple[F | None, int]:
        """The pass of this model whose text begins as `ids` do for the longest, and for how many tokens that is."""
        with self.lock:
            known = [
                (read, trace) for owner, read, kept in self.read if owner is model and (trace := kept()) is not None
            ]
        best, kept = None, LEAST - 1
        for read, trace in reversed(known):  # of several the newest: its line is the text's own
            if read[: kept + 1] == ids[: kept + 1] and len(read) > kept and len(ids) > kept:
                kept = common(read, ids)
                best = trace
        return (best, kept) if best is not None else (None, 0)


class Lines(Generic[F]):
    """Which passes a text that grows has left behind: of each line, one pass read on from the other, a few are kept."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.names: WeakKeyDictionary[F, tuple[Name, ...]] = WeakKeyDictionary()  # a pass's own last, the oldest first

    def left_behind(self, trace: F, name: Name, seen: F | None) -> tuple[Name, ...]:
        """Note a pass and the one that it was read on from; returns the names of those that its line needs no more."""
        line = (*(self.names.get(seen, ()) if seen is not None else ()), name)
        self.names[trace] = line[-self.most :]
        return line[: -self.most]


def common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How many tokens two texts have in common from the beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
