"""What is found of a pass row by row, a row a token: one that was read on from another has its first rows from it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from gpt.trace import Trace

F = TypeVar("F")

_origins: WeakKeyDictionary[Trace, tuple[weakref.ref[Trace], int]] = WeakKeyDictionary()


def grew(trace: Trace, seen: Trace | None, kept: int) -> None:
    """Note that the first `kept` rows of a pass are those of an earlier one, bit for bit."""
    if seen is not None:
        _origins[trace] = weakref.ref(seen), kept


class Rows(Generic[F]):
    """What was found of the rows of each pass; it is kept as long as the pass is. Threads may share it."""

    def __init__(self) -> None:
        self.found: WeakKeyDictionary[Trace, F] = WeakKeyDictionary()

    def of(self, trace: Trace, find: Callable[[int], F], join: Callable[[F, int, F], F]) -> F:
        """All rows: `find(start)` gives those from `start` on, `join(old, kept, new)` lays them behind earlier ones."""
        known = self.found.get(trace)
        if known is None:
            earlier, kept = self.earlier(trace)
            known = find(0) if earlier is None else join(earlier, kept, find(kept))
            self.found[trace] = known
        return known

    def earlier(self, trace: Trace) -> tuple[F | None, int]:
        """What was found of the pass that this one was read on from, and how many of its rows are this one's."""
        origin, kept = _origins.get(trace, (None, 0))
        seen = origin() if origin else None
        return (None, 0) if seen is None else (self.found.get(seen), kept)
