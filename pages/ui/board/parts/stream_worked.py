"""The sum behind one number of the residual stream, as the panel `worked` shows it."""

from __future__ import annotations

from gpt.analysis import stream_sums
from gpt.analysis.lens import boundary_names
from gpt.analysis.stream_sums import Found
from gpt.analysis.sums import cut
from pages.ui.board.panels import dropout
from pages.ui.board.panels.worked import COUNTED, TERMS, Worked, loading, outcome, spelled
from pages.ui.board.parts.edited_sums import honest
from pages.ui.board.stream import Stream
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


def panel(seen: Reading, stream: Stream | None) -> Worked:
    """The chosen number; the logit, if none is chosen or there is no such number here."""
    if stream is None:
        return Worked(sentence="Click any number: the sum behind it will stand here.")
    (what, found), number = chosen(stream), stream.seen.inputs.residual.number
    first, smaller, rest = cut(found.terms, TERMS)
    difference = abs(found.shown - found.value)
    made = Worked(
        formula=found.formula,
        sentence=f"{what}. {COUNTED}",
        terms=[(term.label, operands(number, term.factors), term.product) for term in first],
        sum=spelled(found.text, smaller, rest, outcome(found.shown, found.value, difference)),
        difference=difference,
        code=lines(stream, found),
    )
    return honest(stream.seen, made, found.shown, found.value)


def operands(number: str, factors: tuple[float, ...]) -> str:
    """What is multiplied, or raised."""
    numbers = [f"{x:.4f}" for x in factors]
    if number.startswith("share") and len(numbers) == 2:
        return f"exp({numbers[0]} - {numbers[1]})"
    return " × ".join(numbers)


def chosen(stream: Stream) -> tuple[str, Found]:
    """What the number is, in words, and its sum."""
    kind, _, rest = stream.seen.inputs.residual.number.partition(".")
    places = [int(place) for place in rest.split(".") if place]
    position, rows, found = stream.position, stream.rows, stream.found
    S, T, C = stream.streams.shape
    who = f"token {position + 1}, {quoted(stream.seen.tokens[position])}"
    if kind in ("length", "cosine", "effect") and len(places) == 1 and places[0] < len(rows):
        one = rows[places[0]]
        if kind == "length":
            return f"Length of what {one.name} writes at {who}", stream_sums.length_sum(one, position)
        if kind == "cosine":
            where = "their sum" if one.layer < 0 else "the stream that it is added to"
            return f"Cosine of {one.name} with {where}, at {who}", stream_sums.cosine_sum(one, position)
        logit = f"the logit of {quoted(stream.words[found.token])}"
        return f"Effect of {one.name} on {logit} at {who}", stream_sums.effect_sum(one, position, found.token)
    if kind == "share" and len(places) in (2, 3) and places[0] < S and places[1] < T:
        boundary, at = places[:2]
        token = places[2] if len(places) == 3 else int(stream_best(stream, boundary, at))
        if token < len(stream.words):
            words = [quoted(word) for word in stream.words]
            name = boundary_names(stream.seen.config)[boundary]
            where = f"{quoted(stream.words[token])}, read at {name}, after token {at + 1}"
            made = stream_sums.share_sum(stream.seen.model, stream.streams, boundary, at, token, words)
            return f"Probability of {where}", made
    if kind == "number" and len(places) == 2 and places[0] < S and places[1] < C:
        boundary, column = places
        made = stream_sums.number_sum(stream.seen.model, stream.trace, stream.seen.ids, found, boundary, column)
        name = boundary_names(stream.seen.config)[boundary]
        return f"Number {column + 1} of the stream at {name}, {who}", made
    if kind == "drop" and len(places) == 1 and places[0] < C:
        asked, (values, what) = stream.seen.inputs.residual, dropout.vector(stream)
        share = dropout.dropped(stream.seen)
        code = dropout.vector_code(stream)
        made = stream_sums.mean_sum(values, code, share, asked.seed, asked.draws, places[0])
        return f"{what}: the mean of number {places[0] + 1} over draws of dropout", made
    return f"The logit of {quoted(stream.words[found.token])} after {who}", stream_sums.logit_sum(found)


def stream_best(stream: Stream, boundary: int, at: int) -> int:
    """The likeliest token of a reading."""
    if stream.start <= at < stream.start + stream.lens.best.shape[1]:
        return int(stream.lens.best[boundary, at - stream.start, 0])
    return int(stream.found.token)


def lines(stream: Stream, found: Found) -> str:
    """PyTorch that prints the same number."""
    code = ["import torch"] if "torch." in found.code and "import torch" not in found.imports else []
    code += [found.imports] if found.imports else []
    code += ["from gpt import checkpoint", "from gpt.trace import trace"]
    loaded = f"{loading(stream.seen)}.model"
    if stream.off:
        code.append("from gpt.weights import with_config")
        loaded = f"with_config({loaded}, residual=False)"
    code.append(f"model = {loaded}")
    code += [f"ids = {list(stream.seen.ids)}", "seen = trace(model, ids)", f"print(({found.code}).item())"]
    return "\n".join(code)
