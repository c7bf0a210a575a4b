"""What stands inside a part of the whole model, level by level: the part, then one of its numbers with its operands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pages.ui.board import feedforward, stream
from pages.ui.board.norms_seen import worked_sum
from pages.ui.board.norms_seen.view import View, view_of
from pages.ui.board.panel import Panel
from pages.ui.board.panels import neurons, normsteps, stages, worked, writes
from pages.ui.board.parts import neuron_sum, stream_worked
from pages.ui.state.reading import Reading

UP = {"ln-sum": "", "neuron": "0", "worked": ""}  # the words of the link by which a part's number is let go of


@dataclass(frozen=True)
class Inside:
    """One part: what it is called, the number that is chosen in it, the page about it, and what is shown."""

    title: str
    number: str  # "" while none is chosen: then the part itself is shown
    page: str
    sentence: str
    panel: Panel


def inside(seen: Reading) -> Inside | None:
    """What is looked into, if it was chosen, and this model has it; None without a text."""
    kind = seen.inputs.whole.dive
    return KINDS[kind](seen) if kind in KINDS and seen.trace is not None else None


def head(seen: Reading) -> Inside | None:
    """A head: its stages, then a cell of one."""
    chosen = seen.inputs
    if not seen.config.n_layer:
        return None
    number = f"{chosen.cell[0]} {chosen.cell[1] + 1}, {chosen.cell[2] + 1}" if chosen.cell else ""
    return Inside(
        title=f"Block {chosen.layer + 1}, head {chosen.head + 1}",
        number=number,
        page="attention",
        sentence="From what the head reads to what it hands on. Click a number to see the sum behind it.",
        panel=worked.panel(seen) if number else stages.panel(seen),
    )


def norm(seen: Reading) -> Inside | None:
    """A norm: one token step by step, then one of its numbers."""
    view: View | None = view_of(seen)
    if view is None:
        return None
    chosen = seen.inputs.layernorm.number
    return Inside(
        title=f"Layer norm {view.name}",
        number="" if chosen is None else f"{chosen[0]} {chosen[1] + 1}",
        page="layernorm",
        sentence="Mean, variance, subtract, divide, gain. Click a number to see the sum behind it.",
        panel=normsteps.panel(seen, view) if chosen is None else worked_sum.panel(seen, view),
    )


def mlp(seen: Reading) -> Inside | None:
    """The neurons of the open block, then one of them."""
    look = feedforward.look(seen)
    if look is None:
        return None
    chosen = seen.inputs.feedforward.neuron
    return Inside(
        title=f"Block {look.layer + 1}, {look.trace.mlp_pre.shape[-1]:,} neurons",
        number="" if chosen is None else f"neuron {look.neuron + 1}",
        page="mlp",
        sentence="Before and behind the activation. Click a neuron to see what it adds to a logit, and why.",
        panel=neurons.panel(seen, look) if chosen is None else neuron_sum.panel(seen, look),
    )


def residual(seen: Reading) -> Inside | None:
    """The stream of one token as the sum that it is, then one number of it."""
    here = None if seen.trace is None else stream.stream(seen, seen.trace, off=False)
    if here is None:
        return None
    chosen = seen.inputs.residual.number
    return Inside(
        title=f"The stream of token {here.position + 1}",
        number=chosen.replace(".", " "),
        page="residual",
        sentence="What every part writes onto it, up to a logit. Click a number to see the sum behind it.",
        panel=stream_worked.panel(seen, here) if chosen else writes.panel(seen, here),
    )


KINDS: dict[str, Callable[[Reading], Inside | None]] = {"head": head, "norm": norm, "neurons": mlp, "stream": residual}
