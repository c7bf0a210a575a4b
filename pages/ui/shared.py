"""What is found once for all visitors: remembered by name, number and tuple, the least used forgotten first.

Streamlit's own cache does the same, but takes a tenth of a millisecond to find what it has; a key asks it thirty times.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from cachetools import LRUCache, cached

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class Shared(Protocol[P, R]):
    """A function whose results are remembered."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The remembered result, or a new one."""
        ...

    def cache_clear(self) -> None:
        """Find its results anew."""
        ...

    def forget(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Find one of them anew, if it is asked for again."""
        ...


_forget: list[Callable[[], None]] = []


def shared(most: int, size: Callable[[Any], int] | None = None) -> Callable[[Callable[P, R]], Shared[P, R]]:
    """Remember the last `most` results of a function, for all threads; who asks for one that is being found waits.

    With `size`, a result's share of `most`, they are as many as fit. What it raises is not remembered.
    """

    def decorate(function: Callable[P, R]) -> Shared[P, R]:
        results, ready = LRUCache(most, size), threading.Condition()
        found: Any = cached(results, condition=ready)(function)

        def forget(*args: P.args, **kwargs: P.kwargs) -> None:
            with ready:
                results.pop(found.cache_key(*args, **kwargs), None)

        found.forget = forget
        _forget.append(found.cache_clear)
        return found

    return decorate


def forget_all() -> None:
    """Find everything anew."""
    for forget in _forget:
        forget()
