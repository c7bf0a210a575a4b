"""A stack of edits, line by line, made in a model: what flows with all of them, for any prompt.

A line that names what is not there (layer 9 of 4, token 40 of 12) is left out, with a sentence, and comes back when it
fits. No line lets a token see the future, but for `off.mask`, whose point that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from torch import Tensor

from gpt.analysis.edit_lines import MOST_LINES, Line, read_lines, write_lines
from gpt.analysis.edit_said import said
from gpt.analysis.switches import available
from gpt.config import GPTConfig
from gpt.edits import (
    AblateHead,
    AblateNeuron,
    AblateSite,
    AddDifference,
    CutEdge,
    ScaleSite,
    SetWeight,
    SilenceToken,
    direction,
    row_from,
    start_from,
)
from gpt.model import GPT, Block
from gpt.tap import Edit, Tap, untapped
from gpt.trace import Trace, trace
from gpt.weights import with_config

__all__ = ["MOST_LINES", "Edited", "Line", "build", "fitting", "flows", "problem", "read_lines", "said", "write_lines"]

OFF: dict[str, dict[str, Any]] = {
    "norm": {"norm": "none"},
    "positions": {"position": "none"},
    "mask": {"causal": False},
    "scale": {"attention_scale": False},
}
LACKS = {
    "norm": "This model has no layer norm to switch off.",
    "positions": "This model has no positions to switch off.",
    "mask": "This model has no causal mask to switch off.",
    "scale": "This model has no scale to switch off.",
}
ENDLESS = "With these edits the numbers outgrow what 32 bits hold: turn one down or off."


def has(config: GPTConfig, part: str) -> bool:
    """Whether such a model has this part, so that it can be off."""
    return config.n_layer > 0 and config.norm != "none" if part == "norm" else part in available(config)


def problem(config: GPTConfig, T: int, line: Line, other: int = 0) -> str:
    """Why a line cannot be made in such a model on T tokens, with another prompt of `other` tokens; "" if it can.

    Layers, heads, tokens and neurons in the sentence count from 1.
    """
    if line.kind == "off":
        return "" if has(config, line.part) else LACKS[line.part]
    if not config.n_layer:
        return "This model has no blocks, so there is nothing to edit in them."
    layers = (line.layer, line.of_layer)
    if beyond := [i for i in layers if i is not None and i >= config.n_layer]:
        return f"There is no layer {beyond[0] + 1}: this model has {config.n_layer}."
    if line.head is not None and line.head >= config.n_head:
        return f"There is no head {line.head + 1}: a layer of this model has {config.n_head}."
    if not config.feed_forward and needs_mlp(line):
        return "This model has no MLPs."
    neurons = (line.neuron, line.of if line.direction == "neuron" else None)
    if beyond := [i for i in neurons if i is not None and i >= config.neurons]:
        return f"There is no neuron {beyond[0] + 1}: an MLP of this model has {config.neurons:,}."
    if line.direction == "token" and line.of is not None and line.of >= config.vocab_size:
        return f"There is no token of the id {line.of}: this model's ids end at {config.vocab_size - 1:,}."
    if beyond := [i for i in (line.token, line.key) if i is not None and i >= T]:
        return f"There is no token {beyond[0] + 1}: the model reads {T} here."
    return edge_problem(config, T, line) if line.kind in ("weight", "cut") else other_problem(config, T, line, other)


def needs_mlp(line: Line) -> bool:
    """Whether a line is about an MLP."""
    return line.kind in ("mlp", "neuron") or line.site.startswith("mlp") or line.direction == "neuron"


def edge_problem(config: GPTConfig, T: int, line: Line) -> str:
    """The same for an edge between two tokens."""
    query, key = cast(int, line.token), cast(int, line.key)
    if config.causal and key > query:
        return f"Token {query + 1} cannot see token {key + 1}, which comes later."
    seen = query + 1 if config.causal else T
    return "" if seen > 1 else "The first token sees nothing but itself: that edge cannot change."


def other_problem(config: GPTConfig, T: int, line: Line, other: int) -> str:
    """The same for what comes from the other prompt."""
    if line.kind != "patch" and line.direction != "prompts":
        return ""
    if not other:
        return "There is no other prompt to take it from: type one on the page Edits."
    if line.kind == "patch" and line.token is not None and line.token >= other:
        return f"There is no token {line.token + 1} in the other prompt, which has {other}."
    if line.kind == "patch" and line.token is None and not config.causal and other != T:
        return f"Without the causal mask both prompts must be equally long; they have {other} and {T} tokens."
    return ""


def turned(config: GPTConfig, lines: Sequence[Line]) -> dict[str, Any]:
    """The fields of the config that lines of the kind "off" change, as far as such a model has what is off."""
    parts = [line.part for line in lines if line.on and line.kind == "off" and has(config, line.part)]
    return {field: value for part in parts for field, value in OFF[part].items()}


def fitting(
    model: GPT, T: int, lines: Sequence[Line], other: int = 0
) -> tuple[tuple[Line, ...], tuple[tuple[Line, str], ...]]:
    """Of the lines that are on those that can be made here, and each that cannot, with the sentence why.

    `other` is how many tokens the other prompt has; 0 is none.
    """
    config, fit, left = model.config, list[Line](), list[tuple[Line, str]]()
    fields = turned(config, lines)
    changed = with_config(model, **fields).config if fields else config
    for line in (line for line in lines if line.on):
        why = problem(config if line.kind == "off" else changed, T, line, other)
        left.append((line, why)) if why else fit.append(line)
    return tuple(fit), tuple(left)


def build(
    model: GPT, ids: Sequence[int], lines: Sequence[Line], other_ids: Sequence[int] = ()
) -> tuple[GPT, tuple[Edit, ...]]:
    """The model with what is off, and the edits for `trace`: of the lines that are on, in their order.

    The weights are shared and nothing is changed; with no line on it is the given model itself and no edits. What
    comes from the other prompt is what flows on it in the model with the same parts off, and no other edit. Raises
    ValueError, before any pass of this prompt, for a line that cannot be made here.
    """
    fit, left = fitting(model, len(ids), lines, len(other_ids))
    for line, why in left:
        raise ValueError(f"{said(line)}: {why[0].lower()}{why[1:]}")
    return made(model, fit, other_ids)


def made(model: GPT, fit: Sequence[Line], other_ids: Sequence[int]) -> tuple[GPT, tuple[Edit, ...]]:
    """The same of lines that fit: the edits are those of any prompt that has their tokens."""
    fields = turned(model.config, fit)
    changed = with_config(model, **fields) if fields else model
    asks = any(line.kind == "patch" or line.direction == "prompts" for line in fit)
    source = trace(changed, other_ids) if asks else None
    return changed, tuple(edit for line in fit for edit in edits_of(changed, line, source))


def edits_of(model: GPT, line: Line, source: Trace | None) -> list[Edit]:
    """The edits that a line is in a model; `source` is the trace of the other prompt."""
    config = model.config
    layer, head, token = cast(int, line.layer), line.head, cast(int, line.token)
    if line.kind == "head":
        return [AblateHead(layer, cast(int, head), line.mode)]
    if line.kind in ("mlp", "attn"):
        return [AblateSite(f"{line.kind}_out", layer, line.mode)]
    if line.kind == "token":
        return [SilenceToken(token, line.mode)]
    if line.kind == "neuron":
        return [AblateNeuron(layer, cast(int, line.neuron))]
    if line.kind == "scale":
        return [ScaleSite(line.site, layer, line.amount, head)]
    if line.kind == "weight":
        return [SetWeight(layer, head, token, cast(int, line.key), line.amount, config.causal)]
    if line.kind == "cut":
        layers = range(config.n_layer) if line.layer is None else (layer,)
        return [CutEdge(one, head, token, cast(int, line.key), causal=config.causal) for one in layers]
    if line.kind == "patch":
        trace_of = cast(Trace, source)
        whole = line.token is None
        return [
            start_from(trace_of, line.site, layer, head)
            if whole
            else row_from(trace_of, line.site, layer, token, head=head)
        ]
    return [pushed(model, line, source)] if line.kind == "add" else []


def pushed(model: GPT, line: Line, source: Trace | None) -> Edit:
    """The edit that adds a direction."""
    layer = cast(int, line.layer)
    if line.direction == "prompts":
        mean = getattr(cast(Trace, source), line.site)[layer].mean(0)  # (C,)
        plain = direction(line.site, layer, line.amount, mean, line.token)
        return AddDifference(plain.site, plain.layer, plain.factor, plain.data, plain.position)
    if line.direction == "neuron":
        block = cast(Block, model.blocks[cast(int, line.of_layer)])
        vector = block.mlp.project.weight[:, cast(int, line.of)]  # (C,)
    else:
        vector = model.token_embedding.weight[cast(int, line.of)]  # (C,)
    return direction(line.site, layer, line.amount, vector, line.token)


def edits_on(
    model: GPT, ids: Sequence[int], lines: Sequence[Line], other_ids: Sequence[int] = ()
) -> tuple[tuple[Line, ...], tuple[Edit, ...]]:
    """The lines that can be made in a model in which all that they switch off is off already, and their edits."""
    rest = [line for line in lines if line.kind != "off"]
    fit = fitting(model, len(ids), rest, len(other_ids))[0]
    return fit, made(model, fit, other_ids)[1]


class Editing:
    """A tap that makes edits, and writes nothing down."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits

    def __call__(self, site: str, layer: int, x: Tensor) -> Tensor:
        """Map x (B, ...) to what flows on."""
        for edit in self.edits:
            if edit.site == site and edit.layer == layer:
                x = edit(x)
        return x


@dataclass(frozen=True)
class Flow:
    """What flows with a stack of edits."""

    model: GPT  # with what is off
    edits: tuple[Edit, ...]  # that were made
    lines: tuple[Line, ...]  # of which they are
    left: tuple[tuple[Line, str], ...]  # lines that are on and could not be made, each with the sentence why
    trace: Trace


class Edited:
    """A model with a stack of edits: reads like a model, by whole passes, and makes what fits each prompt's length."""

    def __init__(self, model: GPT, lines: Sequence[Line], other_ids: Sequence[int] = ()) -> None:
        """Raises ValueError for another prompt that the model cannot read."""
        self.trained, self.lines = model, tuple(line for line in lines if line.on)
        self.other = tuple(other_ids)
        fields = turned(model.config, self.lines)
        self.model = with_config(model, **fields) if fields else model
        self.config, self.training = self.model.config, False
        self.made: dict[tuple[Line, ...], tuple[Edit, ...]] = {}

    def fitting(self, T: int) -> tuple[tuple[Line, ...], tuple[tuple[Line, str], ...]]:
        """What can be made on T tokens, and what cannot."""
        return fitting(self.trained, T, self.lines, len(self.other))

    def edits(self, fit: tuple[Line, ...]) -> tuple[Edit, ...]:
        """The edits of these lines."""
        found = self.made.get(fit)
        if found is None:
            self.made = {fit: (found := made(self.trained, fit, self.other)[1])}
        return found

    def __call__(self, ids: Tensor, tap: Tap = untapped) -> Tensor:
        """Logits (B, T, V) for ids (B, T); of the model as it was trained where numbers outgrow what 32 bits hold."""
        logits = self.model(ids, Editing(self.edits(self.fitting(ids.shape[1])[0])))  # (B, T, V)
        return logits if logits.isfinite().all() else self.trained(ids)  # (B, T, V)

    def flow(self, ids: Sequence[int]) -> Flow:
        """What flows on one prompt; without any edit, and a sentence, where numbers outgrow what 32 bits hold."""
        fit, left = self.fitting(len(ids))
        edits = self.edits(fit)
        found = trace(self.model, ids, edits)
        if all(getattr(found, site).isfinite().all() for site in ("logits", "resid_post", "scores")):
            return Flow(self.model, edits, fit, left, found)
        outgrown = tuple((line, ENDLESS) for line in fit)
        return Flow(self.trained, (), (), (*left, *outgrown), trace(self.trained, ids))


def flows(model: GPT, ids: Sequence[int], lines: Sequence[Line], other_ids: Sequence[int] = ()) -> Flow:
    """What flows in a model on ids (T,) with all the lines that are on and fit; what does not fit is told."""
    return Edited(model, lines, other_ids).flow(ids)
