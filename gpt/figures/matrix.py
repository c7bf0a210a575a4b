"""What a picture of matrices shows: cells coloured by their numbers, under one scale. The browser draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

TINY = 1e-3  # of the largest number: what is less far below zero is no other sign


@dataclass(frozen=True)
class Cells:
    """One matrix, row 0 on top; places without a number (NaN) stay empty."""

    values: np.ndarray  # (R, C)
    across: Sequence[str]  # (C,) the columns' names
    down: Sequence[str]  # (R,) the rows'
    title: str = ""
    text: Sequence[Sequence[str]] = ()  # (R, C) what stands in the cells, if anything does; "\n" begins a line


@dataclass(frozen=True)
class Matrix:
    """One or several matrices, `columns` of them side by side; the height of all is in pixels of a usual page."""

    cells: Sequence[Cells]
    x: str  # what a column is
    y: str  # what a row is
    unit: str
    kind: Literal["share", "signed"]  # numbers from 0 to `most`, or from -most to most
    most: float
    form: str = ".4g"  # how a number is written, as Axis.form
    columns: int = 1
    height: int = 420
    key: bool = True  # whether the picture tells what its colours mean


def extent(values: np.ndarray) -> tuple[Literal["share", "signed"], float]:
    """How numbers are coloured: 0 is the ground, and numbers of both signs go from blue through the ground to red."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < -TINY * high:
        return "signed", max(-low, high)
    return "share", high if high > 0 else 1.0
