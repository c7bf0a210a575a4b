"""The sum behind one number of the chosen neuron."""

from __future__ import annotations

from gpt.analysis import mlp_sums, sums
from gpt.analysis.mlp_sums import Place
from pages.ui.board.feedforward import Look, token_of, waiting
from pages.ui.board.panels.worked import TERMS, Worked, label, loading
from pages.ui.board.words import quoted, tiny
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
    more = f"{smaller} smaller terms together {rest:.4f}. " if smaller else ""
    bias = f"Bias {found.sum.bias:.4f}. " if found.sum.bias is not None else ""
    return Worked(
        formula=found.sum.formula,
        sentence=f"Layer {shown.layer + 1}, {who}, {of}{where}. Everything counts from 1; only the lines "
        "of PyTorch count from 0.",
        terms=[
            (label(term.label, seen.tokens), " × ".join(f"{x:.4f}" for x in term.factors), term.product)
            for term in first
        ],
        sum=f"{found.text}. {more}{bias}Shown {found.shown:.6g}, recomputed in double precision {found.sum.value:.6g}: "
        f"difference {tiny(found.difference)}.",
        difference=found.difference,
        code=mlp_sums.pytorch(loading(seen), seen.ids, found.sum),
    )
