"""One slip of a tutorial: the two lines, what each of them gives in numbers, and the law by which one notices it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gpt.lessons.tutorials.listing import Picture, Turn

Turned = Mapping[str, str]  # what a visitor has turned: key of a Turn -> one of its options
NAMES = ("broken", "mended")


@dataclass(frozen=True)
class Number:
    """One quantity, measured with the broken line and with the mended one."""

    what: str  # "largest sum of a row", with its unit if it has one
    both: Sequence[float]  # (2,) broken, mended
    form: str = ".3f"

    @property
    def told(self) -> tuple[str, str]:
        """Both as they are written, broken first."""
        broken, mended = (format(number, self.form) for number in self.both)
        return broken, mended


@dataclass(frozen=True)
class Effect:
    """What comes out of both lines, with what is turned."""

    numbers: tuple[Number, ...]  # two to five; the first is the one that the law speaks of
    obeys: tuple[bool, bool]  # whether the law holds: with the broken line, with the mended one
    said: str  # a sentence or two with these numbers
    pictures: tuple[Picture, ...] = ()
    texts: tuple[str, str] = ("", "")  # what the two write, if they write


@dataclass(frozen=True)
class Slip:
    """A slip, told in our own words and code; `run` measures it anew, in well under a second."""

    key: str  # "zeros-mask": stands in the link
    title: str  # what the line is about; it must not tell which of the two is broken
    what: str  # Markdown: what the line is there for; no more
    name: str  # what the slip is called, once it may be told
    wrong: str  # Markdown: what the broken line does instead
    law: str  # how one notices: what must hold, and does not; one sentence that `Effect.obeys` tests
    source: str  # where one finds it: a kind of place
    code: tuple[Callable[..., object], Callable[..., object]]  # broken and mended: what runs, and whose source is shown
    run: Callable[[Turned], Effect]
    live: tuple[str, str]  # the page that shows the mended thing, and the words of that link
    turns: tuple[Turn, ...] = ()

    def fit(self, turned: Turned) -> dict[str, str]:
        """Every turn with an option that it has; whatever does not fit is its first."""
        return {turn.key: turn.fit(turned.get(turn.key)) for turn in self.turns}

    def effect(self, turned: Turned = {}) -> Effect:  # noqa: B006 - a Mapping is never changed
        """What both lines give with what is turned."""
        return self.run(self.fit(turned))

    @property
    def lines(self) -> tuple[str, str]:
        """Both functions as they stand in the engine, broken first, under the same name: the name must not tell."""
        return anonymous(self.code[0]), anonymous(self.code[1])


def anonymous(what: Callable[..., object]) -> str:
    """The source of a function or a class under the name `line`, without docstrings: neither must tell which it is."""
    source = textwrap.dedent(inspect.getsource(what)).strip()
    told = set[int]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            told |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = [line for number, line in enumerate(source.splitlines(), 1) if number not in told]
    lines[0] = re.sub(r"(def|class) \w+", r"\1 line", lines[0])
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines).replace(":\n\n", ":\n"))
