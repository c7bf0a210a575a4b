"""Memory with room for more tokens: a trace that goes on behind another writes its new rows there, and copies none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SPARE = 16  # rows beyond those that are needed now


class Room:
    """The numbers of a text that grows, site by site; each trace of it sees the rows of its own tokens only.

    Who claims the rows behind the last one may write them; another text that begins alike gets a room of its own.
    """

    def __init__(self, T: int, most: int) -> None:
        self.size, self.used = min(T + SPARE, most), T
        self.held: dict[str, Tensor] = {}  # (L, ..., size, .) each
        self.lock = threading.Lock()

    def claim(self, kept: int, T: int) -> bool:
        """Whether the rows from `kept` to T are still free; then they are the caller's."""
        with self.lock:
            free = kept == self.used and T <= self.size
            if free:
                self.used = T
            return free

    def rows(self, site: str, old: Tensor, T: int, square: bool = False) -> Tensor:
        """T rows (L, ..., T, .) of which the first are `old`, (L, ..., kept, .): copied the first time, then there."""
        held = self.held.get(site)
        if held is None:
            shape = *old.shape[:-2], self.size, self.size if square else old.shape[-1]
            held = self.held[site] = old.new_empty(shape)  # (L, ..., size, .)
            held[..., : old.shape[-2], : old.shape[-1]] = old
        return held[..., :T, :T] if square else held[..., :T, :]  # (L, ..., T, .)
