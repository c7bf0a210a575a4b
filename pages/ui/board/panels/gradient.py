"""Residual connections off: the switch, and the gradient at each boundary with and without them, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.lens import boundary_names
from gpt.analysis.perplexity import surprise
from gpt.numerals import short
from pages.ui.board.panel import Panel
from pages.ui.board.stream import Stream
from pages.ui.derived import residual
from pages.ui.derived.residual import SEEDS, Gradients
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Gradient(Panel):
    """A switch, a button, and a line a series once they are measured. It tells both as `choice`."""

    name = "gradient"
    names: Sequence[str]  # of the boundaries (S,)
    can: bool  # whether there are residual connections
    off: bool
    lost: str  # what the switch does to this prompt
    measured: bool
    series: Sequence[tuple[str, Sequence[float]]] = ()  # name, lengths (S,)
    sentence: str


def panel(seen: Reading, stream: Stream | None) -> Gradient:
    """Measured behind a click: it takes a second, once a model."""
    config, chosen = seen.checkpoint.config, seen.inputs
    names, off = boundary_names(config), stream is not None and stream.off
    can = config.residual and config.n_layer > 0
    if not can:
        why = "has no blocks" if not config.n_layer else "was built without residual connections"
        other = "Choose shakespeare, or lesson 7's model, to switch them off."
        sentence = f"This model {why}, so there is nothing to switch off here. {other}"
        return Gradient(names=names, can=False, off=False, lost="", measured=False, sentence=sentence)
    lost = "" if stream is None else what_is_lost(seen, stream)
    if not chosen.residual.measured:
        sentence = "Measure how long the gradient of the loss on the stream is at each boundary, with and without x +."
        return Gradient(names=names, can=True, off=off, lost=lost, measured=False, sentence=sentence)
    found = residual.gradients(chosen.model, chosen.step, seen.ids)
    if found is None:
        sentence = "A gradient needs a next token: type two tokens or more."
        return Gradient(names=names, can=True, off=off, lost=lost, measured=True, sentence=sentence)
    normed = config.norm != "none"
    seeds = f"fresh weights, {len(SEEDS)} seeds"
    series = (
        ("this model", found.trained),
        ("this model without x +", found.trained_off),
        (seeds, found.fresh),
        (f"{seeds}, without x +", found.fresh_off),
        *(
            [(f"{seeds}, no norms", found.plain), (f"{seeds}, no norms, without x +", found.plain_off)]
            if normed
            else []
        ),
    )
    return Gradient(
        names=names, can=True, off=off, lost=lost, measured=True, series=series, sentence=said(found, normed)
    )


def said(found: Gradients, normed: bool) -> str:
    """What arrives at the embedding of what was at the end, in fresh models, with and without."""
    where = f"{found.texts} held-out texts of up to {found.tokens} tokens" if found.texts else "this prompt"
    free, blocked = share(found.fresh), share(found.fresh_off)
    text = (
        f"Mean length of the loss's gradient on the stream, over {where}. In fresh models the first boundary has "
        f"{free} times the gradient of the last one with residual connections, {blocked} times without"
    )
    if not normed:
        return f"{text}."
    return (
        f"{text}; without norms, which bring every stream to one size again, {share(found.plain)} and "
        f"{share(found.plain_off)} times."
    )


def share(lengths: Sequence[float]) -> str:
    """The first length over the last."""
    return short(lengths[0] / max(lengths[-1], 1e-30))


def what_is_lost(seen: Reading, stream: Stream) -> str:
    """Loss and first guess on this prompt, with and without."""
    if seen.before is None:
        return ""
    if not stream.off:
        return "Switched off, each part takes the place of the stream instead of being added to it."
    if len(seen.ids) < 2:
        return "Off: everything on this page is now of the same weights without x +."
    before, after = (float(surprise(one.logits, seen.ids).mean()) for one in (seen.before, stream.trace))
    return (
        f"Off: the loss on this prompt is {after:.3f} nats a token instead of {before:.3f}, and all else on this page "
        "is of the same weights without x +."
    )
