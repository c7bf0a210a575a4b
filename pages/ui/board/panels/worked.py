"""The sum behind one number of the chosen head, and PyTorch that gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gpt.analysis import arithmetic
from gpt.analysis.arithmetic import Term
from pages.ui.board.panel import Panel
from pages.ui.board.parts.edited_sums import honest
from pages.ui.board.words import quoted, tiny
from pages.ui.state.reading import VECTORS, Reading

PROJECT = Path(__file__).resolve().parents[4]
TERMS = 6  # that are shown one by one
COUNTED = "Everything counts from 1; only the lines of PyTorch count from 0."


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked(Panel):
    """The formula with its largest terms; no formula while there is no number."""

    name = "worked"
    title: str = "The sum behind one number"
    formula: str = ""
    sentence: str
    terms: Sequence[tuple[str, str, float]] = ()  # label, operands, product
    sum: str = ""
    difference: float = 0.0
    code: str = ""


def panel(seen: Reading) -> Worked:
    """The chosen number; the largest share of the token one looks at, if none is chosen."""
    chosen = seen.inputs
    if seen.trace is None or seen.cell is None:
        return Worked(sentence="Click any number: the sum behind it will stand here.")
    stage, row, column = seen.cell
    sum_ = arithmetic.worked(seen.model, seen.trace, chosen.layer, chosen.head, stage, row, column)
    first, smaller, rest = arithmetic.split(sum_, TERMS)
    what = f"number {column + 1}" if stage in VECTORS else f"looks at token {column + 1}"
    what = f"token {row + 1}, {what}" if stage in VECTORS else f"token {row + 1} {what}"
    found = Worked(
        formula=sum_.formula,
        sentence=f"Stage {stage}, {what}. {COUNTED}",
        terms=[(label(term.label, seen.tokens), operands(stage, term), term.product) for term in first],
        sum=spelled(sum_.text, smaller, rest, outcome(sum_.shown, sum_.recomputed, sum_.difference), sum_.bias),
        difference=sum_.difference,
        code=arithmetic.pytorch(loading(seen), seen.ids, sum_, chosen.switches),
    )
    return honest(seen, found, sum_.shown, sum_.recomputed)


def label(name: str, tokens: Sequence[str]) -> str:
    """A term's label; a token also shows its text."""
    kind, _, place = name.partition(" ")
    return f"token {place} {quoted(tokens[int(place) - 1])}" if kind == "token" and place.isdigit() else name


def operands(stage: str, term: Term) -> str:
    """What is multiplied; of the softmax, what is raised."""
    if stage == "pattern":
        return "exp({:.4f} - {:.4f})".format(*term.factors)
    return multiplied(term.factors)


def multiplied(factors: Sequence[float]) -> str:
    """The factors of a term."""
    return " × ".join(f"{x:.4f}" for x in factors)


def spelled(text: str, smaller: int, rest: float, out: str, bias: float | None = None) -> str:
    """A sum in one line, what its smaller terms are together, its bias, and what comes out."""
    more = f"{smaller} smaller terms together {rest:.4f}. " if smaller else ""
    added = f"Bias {bias:.4f}. " if bias is not None else ""
    return f"{text}. {more}{added}{out}"


def outcome(shown: float, recomputed: float, difference: float) -> str:
    """What comes out: shown, recomputed, difference."""
    return f"Shown {shown:.6g}, recomputed in double precision {recomputed:.6g}: difference {tiny(difference)}."


def loading(seen: Reading) -> str:
    """The expression that loads this very model, from the project's folder."""
    path = seen.inputs.shelved.file(seen.inputs.step)
    # Where else on the server runs lie is nobody's business: then the name of the file that one can download.
    shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else Path(path.name)
    return f'checkpoint.load("{shown.as_posix()}")'
