"""A model as boxes, in the order in which a token passes them, and as one line of words: both read from its config.

What a switch says, and in which box, is written at its field in gpt/config/architecture.py. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gpt.config import GPTConfig
from gpt.size import count, parameters

Kind = Literal["stream", "attention", "mlp", "norm", "join"]


@dataclass(frozen=True)
class Box:
    """One thing that happens to a token's vector."""

    kind: Kind
    text: str
    parameters: int  # that it learns; in a block: in one block


@dataclass(frozen=True)
class Diagram:
    """A whole model."""

    before: tuple[Box, ...]  # what makes the stream
    times: str  # how many blocks; "" for none
    block: tuple[Box, ...]  # what happens in each
    after: tuple[Box, ...]  # what makes logits of the stream
    total: int  # all parameters
    words: str  # every switch that matters in this model, in one line


def parts_of(config: GPTConfig) -> set[str]:
    """The parts that a model has, by the names that the fields' `parts` use."""
    there = {"tokens", "positions", "input", "output"}  # input: what the first block gets
    there |= {"table"} if config.head == "untied" else set()
    there |= {"block", "attention", "join"} if config.n_layer else set()  # join: how a part is written onto the stream
    there |= {"mlp"} if config.n_layer and config.feed_forward else set()
    there |= {"biases"} if config.n_layer and config.bias else set()
    there |= {"final"} if config.n_layer and config.norm == "post" else set()
    there |= {"logits"} if config.head == "tied" or (config.head == "untied" and not config.bias) else set()
    return there | ({"norms"} if config.n_layer and config.norm != "none" else set())


def said(config: GPTConfig, *parts: str) -> list[str]:
    """What the fields say about these parts of a model, in the fields' order; nothing about parts that it lacks."""
    there, found = parts_of(config).intersection(parts), []
    for name, one in config.settings().items():
        if there.intersection(one.parts) and not (one.unless and getattr(config, one.unless)):
            found.append(one.says(getattr(config, name)))
    return [words for words in found if words]


def diagram(config: GPTConfig) -> Diagram:
    """Draw a model of this config."""
    L, learned = config.n_layer, parameters(config)
    V, T, C, H, D = config.vocab_size, config.block_size, config.n_embd, config.n_head, config.head_size

    def text(first: str, *parts: str) -> str:
        return ", ".join([first, *said(config, *parts)])

    before = [Box("stream", text(f"token vectors, {V:,} × {C:,}", "tokens"), learned["token_embedding"])]
    if config.position != "none":
        place = ", ".join([*said(config, "positions"), f"{T:,} × {C:,}"])
        before.append(Box("stream", f"+ {place}", learned["position_embedding"]))
    before[-1] = replace(before[-1], text=text(before[-1].text, "input"))
    attention = text(f"attention, {H} head{'s' if H > 1 else ''} of {D}", "attention")
    parts = [Box("attention", attention, per_block(config, "attention"))]
    if config.feed_forward:
        parts.append(Box("mlp", text(f"MLP, {config.neurons:,} neurons", "mlp"), per_block(config, "mlp")))
    after = (
        [Box("norm", text("final layer norm", "norms", "final"), learned["norm_final"])]
        if learned["norm_final"]
        else []
    )
    after.append(
        Box(
            "stream",
            ", ".join([*said(config, "output"), *said(config, "table"), *said(config, "logits")]),
            learned["unembed"],
        )
    )
    return Diagram(
        before=tuple(before),
        times=text(f"block × {L}", "block", "biases") if L else "",
        block=tuple(box for part in parts for box in written(config, part)) if L else (),
        after=tuple(after),
        total=count(config),
        words="; ".join(said(config, *parts_of(config))),
    )


def per_block(config: GPTConfig, part: str) -> int:
    """How many numbers a part learns in one block."""
    return parameters(config)[part] // max(1, config.n_layer)


def written(config: GPTConfig, part: Box) -> list[Box]:
    """A part of a block with what stands around it: the norms, and how it is written onto the stream."""
    learned = per_block(config, "norms") // (2 if config.feed_forward else 1)
    norm = Box("norm", ", ".join(["layer norm", *said(config, "norms")]), learned)
    before, after = [norm] if config.norm == "pre" else [], [norm] if config.norm == "post" else []
    return [*before, part, Box("join", ", ".join(said(config, "join")), 0), *after]
