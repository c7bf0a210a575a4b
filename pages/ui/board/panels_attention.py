"""The pictures of the attention page: all heads by what they do, and one of them stage by stage."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gpt.analysis import arithmetic, heads, switches, torch_reference
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.trace import Trace
from pages.ui import cache
from pages.ui.board import payload
from pages.ui.board.panels_model import Panel
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Look, look


@dataclass(frozen=True)
class Scope:
    """One prompt in one model, as it is and as the switches make it."""

    seen: Look  # with the switches turned: what every panel shows
    model: GPT  # with the switches turned
    on: tuple[str, ...]  # the switches that this model has and that are turned
    plain: Trace | None  # with none turned


def focus(chosen: Inputs) -> Scope:
    """Read the visitor's text, with the switches that this model has."""
    seen = look(chosen)
    config = seen.loaded.config
    on = turned(config, chosen.switches)
    chosen.layer, chosen.head = min(chosen.layer, max(config.n_layer - 1, 0)), min(chosen.head, config.n_head - 1)
    if not on or seen.trace is None:
        return Scope(seen, seen.loaded.model, on, seen.trace)
    model, trace = cache.switched(chosen.model, chosen.step, seen.ids, on, chosen.layer, chosen.head)
    return Scope(dataclasses.replace(seen, trace=trace), model, on, seen.trace)


def turned(config: GPTConfig, asked: Sequence[str]) -> tuple[str, ...]:
    """Those of the switches that this model has; of those that contradict each other, the one turned last."""
    last = [name for name in asked if name in switches.ONE_OF][-1:]
    there = switches.available(config)
    return tuple(name for name in there if name in asked and (name not in switches.ONE_OF or name in last))


def roles(scope: Scope) -> Panel:
    """All heads, to be ordered by what they do on this prompt."""
    config, trace, tokens = scope.model.config, scope.seen.trace, scope.seen.tokens
    more: dict[str, Any] = {}
    found = []
    if trace is not None and len(trace.pattern):
        by_role = heads.scores(trace.pattern, tokens)  # (L, H) each
        found = heads.describe(trace.pattern, tokens, by_role)
        scores = {**by_role, "diffuse": heads.entropy_share(trace.pattern)}  # (L, H) each
        more["scores"] = {name: [round(x, 4) for x in score.ravel().tolist()] for name, score in scores.items()}
        more["words"], more["clear"] = heads.WORDS, heads.CLEAR
        more["titles"] = {**heads.ROLES, "diffuse": "nothing in particular (diffuse)"}
        more["order"] = [layer * config.n_head + head for layer, head in heads.similar(trace.pattern)]
    return "heads", 20, payload.attention(trace, config.n_layer, config.n_head, config.causal, found, **more)


def stages(chosen: Inputs, scope: Scope) -> Panel:
    """The six pictures of the chosen head."""
    config, trace, tokens = scope.model.config, scope.seen.trace, scope.seen.tokens
    header = {"T": len(tokens), "D": config.head_size, "L": config.n_layer, "layer": chosen.layer, "head": chosen.head}
    header |= {"tokens": tokens, "causal": config.causal, "cell": None, "note": ""}
    if trace is None or not config.n_layer:
        return "stages", 60, payload.stages(None, header)
    found = arithmetic.stages(scope.model, trace, chosen.layer, chosen.head)
    header["cell"], header["note"] = cell(chosen, scope, trace), twin_sentence(chosen, scope)
    return "stages", 60, payload.stages(found, header)


def twin_sentence(chosen: Inputs, scope: Scope) -> str:
    """How far PyTorch's own attention is from ours, on this prompt."""
    if scope.seen.trace is None or scope.on:
        return ""  # PyTorch knows nothing of our switches
    twin = torch_reference.twins(scope.model, scope.seen.trace, chosen.layer, chosen.head)
    return (
        "PyTorch's own attention, given the same weights, gives the same numbers: scaled_dot_product_attention to "
        f"{tiny(twin.fused_difference)}, nn.MultiheadAttention to {tiny(twin.module_difference)}."
    )


def tiny(difference: float) -> str:
    """A difference that is next to nothing, or nothing."""
    return f"{difference:.0e}" if difference else "0"


def cell(chosen: Inputs, scope: Scope, trace: Trace) -> tuple[str, int, int]:
    """The number to work out: the one chosen if it is there, else the largest share of the token one looks at."""
    config, T = scope.model.config, len(scope.seen.tokens)
    if chosen.cell is not None:
        stage, row, column = chosen.cell
        if row < T and column < (config.head_size if stage in "qkvz" else T):
            return chosen.cell
    query = T - 1 if chosen.pin is None else chosen.pin
    return "pattern", query, int(trace.pattern[chosen.layer, chosen.head, query].argmax())


def lines(seen: Look) -> Panel:
    """Who looks at whom."""
    return "lines", 26, {"tokens": seen.tokens}


def strongest(seen: Look) -> Panel:
    """The six strongest keys, and a search."""
    return "strongest", 18, {"tokens": seen.tokens}


def neuron(seen: Look) -> Panel:
    """The products of a query and a key, number by number."""
    return "neuron", 24, {"tokens": seen.tokens}
