"""How a text repeats itself. Likely texts do: the likeliest that a search finds often goes round in circles.

Sources: Li et al. 2016, section 5 (distinct n-grams); Holtzman et al. 2020, section 4 (texts of maximal probability).
"""

from __future__ import annotations

from collections.abc import Sequence

N = 4  # tokens of a piece


def distinct(ids: Sequence[int], n: int = N) -> float | None:
    """Of all pieces of n tokens in a text, how many are different, as a share of 1; None for a text without one."""
    pieces = [tuple(ids[i : i + n]) for i in range(len(ids) - n + 1)]
    return len(set(pieces)) / len(pieces) if pieces else None


def longest_repeat(ids: Sequence[int]) -> int:
    """How long the longest stretch is that stands in the text twice (the two may overlap)."""
    ids, low, high = tuple(ids), 0, max(0, len(ids) - 1)
    while low < high:  # a stretch that comes again has beginnings that do: so by halves
        n = (low + high + 1) // 2
        pieces = [ids[i : i + n] for i in range(len(ids) - n + 1)]
        low, high = (n, high) if len(set(pieces)) < len(pieces) else (low, n - 1)
    return low
