"""Whole numbers of 16 bits in as few as they need: in blocks of eight, each as wide as its largest number.

A block of width w is w bytes, its bit planes: byte j holds bit j of all eight numbers. Widths stand in front, four bits
each. Source: binary packing (Lemire & Boytsov 2015, section 4); turning eight bytes: Warren, Hacker's Delight, 7-3.
"""

from __future__ import annotations

import numpy as np

BLOCK = 8  # numbers
WIDEST, LAST = 16, 15  # bits; four bits cannot say 16: the last they can say stands for it
EVEN = 2 * BLOCK  # numbers whose two widths fill a byte
WIDTHS = np.array(
    [min(number.bit_length(), LAST) for number in range(1 << WIDEST)], np.uint8
)  # of each number, as told
PLANES = np.arange(WIDEST) < np.array([*range(LAST), WIDEST])[:, None]  # (16, 16) bool: which a block of a width has
# A square of 8 x 8 bits is turned in three steps: across the diagonal of each 2 x 2, of each 4 x 4, of the whole.
TURNS = tuple(
    (np.uint64(by), np.uint64(where))
    for by, where in ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
)


def packed(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (N,) uint16 -> two widths a byte, and the planes of all blocks, one block after the other; both uint8."""
    whole = np.zeros(-(-len(numbers) // EVEN) * EVEN, np.uint16)  # (B * 8,) with zeros behind
    whole[: len(numbers)] = numbers
    fours = whole.view(np.uint64)  # (2 B,) four numbers each
    ored = fours[::2] | fours[1::2]  # (B,)
    ored |= ored >> np.uint64(32)
    ored |= ored >> np.uint64(16)
    width = WIDTHS.take(ored.astype(np.uint16))  # (B,)
    planes = np.empty((len(width), 2, BLOCK), np.uint8)  # (B, 2, 8): eight low bytes, and eight high ones
    planes[:, 0] = whole.astype(np.uint8).reshape(-1, BLOCK)
    planes[:, 1] = (whole >> 8).astype(np.uint8).reshape(-1, BLOCK)
    turn(planes.view(np.uint64))
    there = PLANES.take(width, axis=0)  # (B, 16)
    return width[::2] | width[1::2] << 4, planes.reshape(-1)[there.reshape(-1)]


def turn(squares: np.ndarray) -> None:
    """Squares of 8 x 8 bits, uint64, in place: bit i of byte j becomes bit j of byte i."""
    for by, where in TURNS:
        moved = squares >> by
        moved ^= squares
        moved &= where
        squares ^= moved
        moved <<= by
        squares ^= moved


def differences(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """How far numbers are from earlier ones, around the end if need be: 0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ...

    All uint16.
    """
    by = (new - old).view(np.int16)
    return ((by << 1) ^ (by >> 15)).view(np.uint16)
