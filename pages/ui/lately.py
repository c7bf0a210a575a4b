"""The passes of late, and which of them goes furthest along with a text: that far it need not be read again.

They are only remembered here, not kept: a pass that the cache has forgotten takes no memory.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from gpt.model import GPT

F = TypeVar("F")
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
        for read, trace in known:
            if read[: kept + 1] == ids[: kept + 1] and len(read) > kept and len(ids) > kept:
                kept = common(read, ids)
                best = trace
        return (best, kept) if best is not None else (None, 0)


def common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How many tokens two texts have in common from the beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
