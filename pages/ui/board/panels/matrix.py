"""Any picture of one or several matrices: what gpt/figures describes, in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypedDict

import numpy as np

from gpt.figures import matrix as figures
from pages.ui.board.panel import Panel, array


class Cells(TypedDict):
    """One matrix: its title, its size, the names of its rows and columns, and what stands in its cells."""

    title: str
    R: int
    C: int
    across: Sequence[str]
    down: Sequence[str]
    text: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Matrix(Panel):
    """Matrices under one scale, one behind the other. A second one on the same board is a class with another name."""

    name = "matrix"
    N: int  # numbers in all
    title: str  # empty: no card around it, as beside the text of a lesson
    note: str
    alt: str  # what it shows, for whoever cannot see it
    file: str  # what the picture and its numbers are called when they are saved
    height: int
    columns: int
    x: str
    y: str
    unit: str
    form: str
    kind: str
    most: float
    key: bool
    cells: Sequence[Cells]
    values: np.ndarray = array("float32", "N")  # NaN: no number

    @classmethod
    def of(cls, matrix: figures.Matrix, alt: str, file: str, title: str = "", note: str = "") -> Self:
        """These matrices; `alt` is a sentence with their numbers."""
        values = np.concatenate([np.asarray(one.values, np.float32).ravel() for one in matrix.cells])
        cells = [
            Cells(
                title=one.title,
                R=one.values.shape[0],
                C=one.values.shape[1],
                across=list(one.across),
                down=list(one.down),
                text=[list(row) for row in one.text],
            )
            for one in matrix.cells
        ]
        return cls(
            N=len(values), title=title, note=note, alt=alt, file=file, height=matrix.height, columns=matrix.columns,
            x=matrix.x, y=matrix.y, unit=matrix.unit, form=matrix.form, kind=matrix.kind, most=matrix.most,
            key=matrix.key, cells=cells, values=values,
        )  # fmt: skip
