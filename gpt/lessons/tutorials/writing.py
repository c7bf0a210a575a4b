"""How a listing writes its numbers: as torch prints them, beside what was printed."""

from __future__ import annotations

from torch import Tensor

from gpt.lessons.tutorials.listing import Printed

SUMMED = "torch sums in another order on another processor or in another version, and the last digits are rounded anew"


def beside(what: str, printed: str, ours: object, because: str = SUMMED) -> Printed:
    """A printed number, row or text beside ours; the reason stands there only where the two differ."""
    here = str(ours)
    return Printed(what, printed, here, "" if here == printed else because)


def number(value: Tensor) -> str:
    """One number () as torch prints it: "1.0449"."""
    return str(value.detach()).removeprefix("tensor(").removesuffix(")")


def lines(values: Tensor) -> list[str]:
    """The rows of a matrix (R, C) as torch prints them: "0.1574, 0.8426", without brackets."""
    written = str(values.detach()).removeprefix("tensor(").removesuffix(")").splitlines()
    return [line.strip().rstrip(",").strip("[] ") for line in written]


def rows(what: str, printed: str, ours: Tensor, because: str = SUMMED) -> tuple[Printed, ...]:
    """A printed matrix beside ours (R, C), one line of `printed` a row."""
    theirs = [line.strip() for line in printed.strip().splitlines()]
    both = zip(theirs, lines(ours), strict=True)
    return tuple(beside(f"{what}, row {i}", one, other, because) for i, (one, other) in enumerate(both, 1))
