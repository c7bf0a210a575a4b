"""Pictures of activation patching: how much of an answer each patch brings over, by head and by token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix

LETTERS = 13  # columns up to which each cell has its number in it
ROW = 46  # pixels of a layer


def heads(share: np.ndarray) -> Matrix:
    """Shares of every head (L, H): a row a layer."""
    return picture(share, [f"head {h + 1}" for h in range(share.shape[1])], "head")


def tokens(share: np.ndarray, texts: Sequence[str], others: Sequence[str], first: int) -> Matrix:
    """Shares of every layer and token (L, N), from token `first` (counted from 0) on; where both differ, "5 b/f"."""
    both = zip(texts, others, strict=True)
    named = [glyph(text) if text == other else f"{glyph(text)}/{glyph(other)}" for text, other in both]
    return picture(share, [f"{first + t + 1} {name}" for t, name in enumerate(named)], "token")


def picture(share: np.ndarray, across: Sequence[str], x: str) -> Matrix:
    """Cells (L, N) on one scale, on which 1 is all of the answer."""
    L, N = share.shape
    most = float(np.nanmax(np.abs(np.append(share, 1.0))))
    text = [[written(one) for one in row] for row in share] if N <= LETTERS else ()
    cells = Cells(share, across, [f"layer {layer + 1}" for layer in range(L)], text=text)
    height = max(120, min(400, ROW * L))
    return Matrix([cells], x, "layer", "of the answer", "signed", most, form=".2f", height=height)


def written(share: float) -> str:
    """A share as its cell has it, never "-0.00"; nothing of one that is not measured yet."""
    return "" if np.isnan(share) else f"{share:.2f}".replace("-0.00", "0.00")
