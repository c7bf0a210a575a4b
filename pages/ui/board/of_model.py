"""What is found of a model alone, whatever it reads: found once, and kept as long as the model is.

A model that is shown is never changed: one with other weights is another model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from gpt.model import GPT

F = TypeVar("F")


class OfModel(Generic[F]):
    """A function of a model that remembers. Threads may share it: at worst two find the same."""

    def __init__(self, find: Callable[[GPT], F]) -> None:
        self.find = find
        self.found: WeakKeyDictionary[GPT, F] = WeakKeyDictionary()

    def __call__(self, model: GPT) -> F:
        """What was found of it, or is found now."""
        known = self.found.get(model)
        if known is None:
            known = self.found.setdefault(model, self.find(model))
        return known
