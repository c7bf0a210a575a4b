"""The sum behind one number of a norm, in the panel that shows any worked sum."""

from __future__ import annotations

from gpt.analysis import norm_sums, sums
from gpt.analysis.norm_sums import WHOLE
from pages.ui.board.norms_seen.view import View, waiting
from pages.ui.board.panels.worked import COUNTED, TERMS, Worked, loading, multiplied, outcome, spelled
from pages.ui.board.parts.edited_sums import honest
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


def panel(seen: Reading, view: View | None) -> Worked:
    """The chosen number; the token's first output, if none is chosen."""
    if view is None:
        return Worked(sentence=waiting(seen))
    (step, dimension), token = view.number, seen.query
    found = norm_sums.worked(seen.model, view.trace, view.place, token, step, dimension)
    first, smaller, rest = sums.cut(found.terms, TERMS)
    what = step if step in WHOLE else f"{step}, number {dimension + 1}"
    out = outcome(found.shown, found.recomputed, found.difference)
    lines = [
        *(["import torch"] if "torch." in found.code else []),
        "from gpt import checkpoint",
        "from gpt.trace import trace",
        f"model = {loading(seen)}.model",
        f"seen = trace(model, {list(seen.ids)})",
        f"print(({found.code}).item())",
    ]
    made = Worked(
        formula=found.formula,
        sentence=f"Token {token + 1} {quoted(seen.tokens[token])}, {view.name}: {what}. {COUNTED}",
        terms=[(term.label, multiplied(term.factors), term.product) for term in first],
        sum=spelled(found.text, smaller, rest, out),
        difference=found.difference,
        code="\n".join(lines),
    )
    return honest(seen, made, found.shown, found.recomputed)
