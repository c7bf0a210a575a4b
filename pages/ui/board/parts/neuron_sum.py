"""The sum behind one number of the chosen neuron."""

from __future__ import annotations

from gpt.analysis import mlp_sums, sums
from gpt.analysis.mlp_sums import Place
from pages.ui.board.feedforward import Look, token_of, waiting
from pages.ui.board.panels.worked import COUNTED, TERMS, Worked, label, loading, multiplied, outcome, spelled
from pages.ui.board.parts.edited_sums import honest
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


def panel(seen: Reading, shown: Look | None) -> Worked:
    """The chosen number; the neuron's effect, if none is."""
    if shown is None:
        return Worked(sentence=waiting(seen, "Click any number: the sum behind it will stand here."))
    kind, token = seen.inputs.feedforward.number, shown.token
    if kind == "push":
        pushed = token_of(seen, seen.inputs.feedforward.push)
        token = token if pushed is None else pushed
    which = seen.inputs.head if kind == "head" else shown.neuron
    place = Place(kind, shown.layer, which, shown.position, token)
    found = mlp_sums.worked(seen.model, shown.trace, place)
    first, smaller, rest = sums.cut(found.sum.terms, TERMS)
    who = f"{'head' if kind == 'head' else 'neuron'} {which + 1}"
    of = {
        "push": f"push of {quoted(seen.vocabulary[token])}",
        "effect": f"effect on {shown.called}",
        "head": f"effect on {shown.called}",
    }.get(kind, kind)
    where = "" if kind == "push" else f" at {shown.place}"
    out = outcome(found.shown, found.sum.value, found.difference)
    made = Worked(
        formula=found.sum.formula,
        sentence=f"Layer {shown.layer + 1}, {who}, {of}{where}. {COUNTED}",
        terms=[(label(term.label, seen.tokens), multiplied(term.factors), term.product) for term in first],
        sum=spelled(found.text, smaller, rest, out, found.sum.bias),
        difference=found.difference,
        code=mlp_sums.pytorch(loading(seen), seen.ids, found.sum),
    )
    return honest(seen, made, found.shown, found.sum.value)
