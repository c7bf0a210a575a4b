"""What an exercise is made of: lines with what each does, which must stand before which, and what each slip does.

A line's text is only read by people. What runs is its `run`, a function of this project that is chosen by the line's
key: nothing that a visitor sends is ever executed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor, nn

MARGIN, BODY, DEEPEST = 0, 1, 3  # steps of indentation: of `def`, of the lines of its body, and the most there are


@dataclass(frozen=True)
class Line:
    """One line that may be chosen. A twin, with a slip, has the `slot` of the right line that it stands for."""

    key: str  # letters, as it stands in a link
    text: str  # what people read
    reads: tuple[str, ...]  # the names that it needs
    run: Callable[..., Any]  # of the module and what it reads -> what it makes; of a `for`, what it goes over
    writes: str = ""  # the name of what it makes; none: that is thrown away
    kind: Literal["make", "for", "return"] = "make"
    shape: str = ""
    depth: int = BODY
    twin: str = ""  # the key of the right line; of that itself none
    slip: str = ""  # what is wrong with it, and how one notices
    missing: str = ""  # what to tell while neither it nor a twin of it is there
    astray: str = ""  # what becomes of it inside of a loop where it does not belong

    @property
    def slot(self) -> str:
        """The key of the right line that it is, or stands for."""
        return self.twin or self.key

    @property
    def shown(self) -> str:
        """The line as a sentence quotes it."""
        return f"`{self.text}`"


@dataclass(frozen=True)
class Order:
    """One line must stand before another."""

    first: str
    then: str
    why: str  # what happens otherwise


Placed = Sequence[tuple[Line, int]]  # a program: lines with their depth


@dataclass(frozen=True)
class Exercise:
    """One forward to complete."""

    key: str
    title: str
    task: str
    head: str  # the line that is there from the beginning
    module: Callable[[], nn.Module]  # what `self` is; its own forward is the truth
    given: Callable[[], Mapping[str, Tensor]]  # what the function is called with
    lines: tuple[Line, ...]
    orders: tuple[Order, ...]
    columns: tuple[str, ...]  # names of the numbers of a token in what it returns

    @property
    def right(self) -> tuple[Line, ...]:
        """The right lines, in the order of the class."""
        return tuple(line for line in self.lines if not line.twin)

    @property
    def answer(self) -> tuple[tuple[Line, int], ...]:
        """The right program."""
        return tuple((line, line.depth) for line in self.right)

    def line(self, key: str) -> Line:
        """The line of a key. Raises KeyError where there is none."""
        return next((line for line in self.lines if line.key == key), None) or self.unknown(key)

    def unknown(self, key: str) -> Line:
        """Say that there is no such line."""
        raise KeyError(f"There is no line {key!r} in the exercise {self.key}.")

    @property
    def offered(self) -> tuple[Line, ...]:
        """All lines as they lie there to choose from: by their text, which tells nothing of their order."""
        return tuple(sorted(self.lines, key=lambda line: line.text.lower()))
