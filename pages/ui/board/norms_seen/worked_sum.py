"""The sum behind one number of a norm, in the panel that shows any worked sum."""

from __future__ import annotations

from gpt.analysis import norm_sums, sums
from gpt.analysis.norm_sums import WHOLE
from pages.ui.board.norms_seen.view import View, waiting
from pages.ui.board.panels.worked import TERMS, Worked, loading
from pages.ui.board.words import quoted, tiny
from pages.ui.state.reading import Reading


def panel(seen: Reading, view: View | None) -> Worked:
    """The chosen number; the token's first output, if none is chosen."""
    if view is None:
        return Worked(sentence=waiting(seen))
    (step, dimension), token = view.number, seen.query
    found = norm_sums.worked(seen.model, view.trace, view.place, token, step, dimension)
    first, smaller, rest = sums.cut(found.terms, TERMS)
    what = step if step in WHOLE else f"{step}, number {dimension + 1}"
    more = f"{smaller} smaller terms together {rest:.4f}. " if smaller else ""
    lines = [
        *(["import torch"] if "torch." in found.code else []),
        "from gpt import checkpoint",
        "from gpt.trace import trace",
        f"model = {loading(seen)}.model",
        f"seen = trace(model, {list(seen.ids)})",
        f"print(({found.code}).item())",
    ]
    return Worked(
        formula=found.formula,
        sentence=f"Token {token + 1} {quoted(seen.tokens[token])}, {view.name}: {what}. Everything counts from 1; only "
        "the lines of PyTorch count from 0.",
        terms=[(term.label, " × ".join(f"{x:.4f}" for x in term.factors), term.product) for term in first],
        sum=f"{found.text}. {more}Shown {found.shown:.6g}, recomputed in double precision {found.recomputed:.6g}: "
        f"difference {tiny(found.difference)}.",
        difference=found.difference,
        code="\n".join(lines),
    )
