"""What flowed at one site of a text that was read in pieces: laid together when somebody looks at it, and once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

MOST = 16  # pieces; more of them are laid together before the next one comes
HELD = 2  # so many times its own rows a text may keep in memory: each piece keeps all that it began with

Rows = Tensor | Sequence[Tensor]  # of n tokens: (L, ..., n, .), or one (1, ..., n, .) a layer, as the pass left them


class Pieces:
    """The rows of T tokens at one site, (L, ..., T, .): each piece from its first token to where the next one begins.

    A `square` site has a column for each token, too; what a piece has none for, its future, is 0.
    """

    def __init__(self, parts: Sequence[tuple[int, Rows]], T: int, square: bool = False) -> None:
        self.parts, self.T, self.square = tuple(parts), T, square

    def then(self, kept: int, rows: Rows, T: int) -> Pieces:
        """The first `kept` tokens of these, and behind them `rows`, up to T tokens."""
        parts = [part for part in self.parts if part[0] < kept]
        held = sum((part if isinstance(part, Tensor) else part[0]).shape[-2] for _, part in parts)
        if len(parts) > MOST or held > HELD * kept:
            parts = [(0, Pieces(parts, kept, self.square).stacked())]
        return Pieces([*parts, (kept, rows)] if kept < T else parts, T, self.square)

    def stacked(self) -> Tensor:
        """All of them, (L, ..., T, .)."""
        (start, rows), *others = self.parts
        if not others:
            cut = [self.cut(layer, self.T) for layer in ([rows] if isinstance(rows, Tensor) else rows)]
            return cut[0] if isinstance(rows, Tensor) else torch.cat(cut)  # (L, ..., T, .)
        one = rows if isinstance(rows, Tensor) else rows[0]
        whole = one.new_zeros(len(rows), *one.shape[1:-2], self.T, self.T if self.square else one.shape[-1])
        ends = [start for start, _ in others] + [self.T]
        for (start, rows), end in zip(self.parts, ends, strict=True):
            for layer, into in zip(rows, whole, strict=True):
                piece = self.cut(layer if isinstance(rows, Tensor) else layer[0], end - start)  # (..., end - start, .)
                into[..., start:end, : piece.shape[-1]] = piece
        return whole

    def count(self) -> int:
        """How many numbers they are."""
        rows = self.parts[0][1]
        *shape, columns = (rows if isinstance(rows, Tensor) else rows[0]).shape
        return len(rows) * math.prod(shape[1:-1]) * self.T * (self.T if self.square else columns)

    def cut(self, rows: Tensor, n: int) -> Tensor:
        """The first n rows, and of a square site the columns of T tokens."""
        return rows[..., :n, : self.T] if self.square else rows[..., :n, :]

    def layers(self, kept: int) -> Iterator[Tensor]:
        """Layer by layer the first `kept` tokens, (1, ..., kept, .)."""
        rows = self.parts[0][1] if len(self.parts) == 1 else self.stacked()
        for layer in rows:
            yield (layer[None] if isinstance(rows, Tensor) else layer)[..., :kept, :]
