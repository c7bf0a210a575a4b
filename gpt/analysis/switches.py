"""What each piece of attention is for, seen by switching it off: the same weights in a slightly other model."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gpt.analysis import entropy
from gpt.analysis.perplexity import surprise
from gpt.analysis.stages import block_of, check_head
from gpt.config import GPTConfig
from gpt.edits import AblateHead
from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import Trace
from gpt.weights import with_config

# name -> what happens, for a learner; in the order in which a page shows them.
SWITCHES = {
    "mask": "No causal mask: every token also sees those after it, as in an encoder. It was never trained to.",
    "scale": "No 1 / sqrt(D): the scores are larger, so the softmax is sharper and heads look at fewer tokens.",
    "scale bug": "q·k times sqrt(C) instead of divided by sqrt(D), a slip of a well-known tutorial: "
    "almost all weight goes to one token.",
    "positions": "No position vectors: the order is told by the mask alone.",
    "head": "The chosen head hands on nothing, all others work as before.",
    "uniform": "Every token that can be seen gets the same weight: the mean of the past.",
}
ONE_OF = ("scale", "scale bug", "uniform")  # each says what the scores are multiplied by
FIELDS: dict[str, dict[str, Any]] = {
    "mask": {"causal": False},
    "scale": {"attention_scale": False},
    "positions": {"position": "none"},
    "uniform": {"uniform_attention": True},
}


def available(config: GPTConfig) -> tuple[str, ...]:
    """The switches that change something in such a model."""
    heads = config.n_layer > 0
    weighs = heads and not config.uniform_attention
    there = {
        "mask": heads and config.causal,
        "scale": weighs and config.attention_scale and config.head_size > 1,
        "scale bug": weighs and config.n_embd > 1,
        "positions": config.position != "none",
        "head": heads,
        "uniform": weighs,
    }
    return tuple(name for name in SWITCHES if there[name])


def compatible(config: GPTConfig, asked: Sequence[str]) -> tuple[str, ...]:
    """Those of the switches that such a model has; of those that contradict each other, the one turned last."""
    last = [name for name in asked if name in ONE_OF][-1:]
    return tuple(name for name in available(config) if name in asked and (name not in ONE_OF or name in last))


def switched(model: GPT, switches: Collection[str], layer: int = 0, head: int = 0) -> tuple[GPT, tuple[Edit, ...]]:
    """A model with these switched, and the edits to trace it with; `layer` and `head` say which head is switched off.

    It shares the given model's weights, frozen and in eval mode; the given one is not changed. With nothing switched
    it is the given model itself, and no edits. Raises ValueError for a switch that does not exist or changes nothing
    in this model, for two that contradict each other, and for a head that is not there.
    """
    can = available(model.config)
    for name in switches:
        if name not in SWITCHES:
            raise ValueError(f"There is no switch {name!r}; there are {', '.join(SWITCHES)}.")
        if name not in can:
            raise ValueError(
                f"The switch {name!r} changes nothing in this model; these do: {', '.join(can) or 'none'}."
            )
    if len(both := [name for name in ONE_OF if name in switches]) > 1:
        raise ValueError(f"The switches {' and '.join(both)} contradict each other: choose one of them.")
    edits: tuple[Edit, ...] = ()
    if "head" in switches:
        check_head(model.config, layer, head)
        edits = (AblateHead(layer, head),)
    if not set(switches) - {"head"}:
        return model, edits
    fields = {field: value for name in switches for field, value in FIELDS.get(name, {}).items()}
    other = with_config(model, **fields)
    if "scale bug" in switches:
        for place in range(other.config.n_layer):
            block_of(other, place).attn.scale = math.sqrt(model.config.n_embd)
    return other, edits


@dataclass(frozen=True)
class Change:
    """What a switch changed on one prompt. Nothing switched: no difference at all, to the last bit."""

    entropy_before: float  # bits; mean over the rows of the chosen head's pattern
    entropy_after: float
    largest: float  # the largest change of a weight in the chosen head's pattern
    largest_anywhere: float  # and in all heads
    kl: float  # bits; KL(before || after) of the next token's distribution after the last token
    top_before: tuple[tuple[int, float], ...]  # the five likeliest next tokens: (id, probability)
    top_after: tuple[tuple[int, float], ...]
    loss_before: float | None  # nats a token on this text; None for a single token, which nothing predicts
    loss_after: float | None


def row_entropy(pattern: Tensor) -> float:
    """Mean entropy of the rows of a pattern (T, T), in bits: 0 looks at one token, log2(n) at n tokens alike."""
    return float(entropy.bits(pattern.double()).mean())


def top(logits: Tensor, n: int = 5) -> tuple[tuple[int, float], ...]:
    """The n likeliest tokens of logits (V,) with their probabilities, the lowest id first on a tie."""
    shares = logits.double().softmax(dim=-1)  # (V,)
    order = shares.sort(descending=True, stable=True).indices[:n]  # (n,)
    return tuple((int(i), float(shares[i])) for i in order)


def compare(before: Trace, after: Trace, ids: Sequence[int], layer: int, head: int) -> Change:
    """Compare two traces of the same ids (T,), with the eyes on one head.

    KL is 0 when nothing changed and infinite when the switched model rules out what was possible.
    Raises ValueError when the traces are not of these ids' length or have no such head.
    """
    if not len(before.logits) == len(after.logits) == len(ids):
        raise ValueError(
            f"The traces have {len(before.logits)} and {len(after.logits)} tokens, the text {len(ids)}: "
            "compare two passes over one text."
        )
    if not (0 <= layer < len(before.pattern) and 0 <= head < before.pattern.shape[1]):
        L, H = before.pattern.shape[:2]
        raise ValueError(f"There is no head {head} in layer {layer}: the trace has {L} layers of {H} heads.")
    p, q = (one.logits[-1].double().log_softmax(dim=-1) for one in (before, after))  # (V,) each
    moved = (after.pattern - before.pattern).abs()  # (L, H, T, T)
    losses = [float(surprise(one.logits, ids).mean()) if len(ids) > 1 else None for one in (before, after)]
    return Change(
        entropy_before=row_entropy(before.pattern[layer, head]),
        entropy_after=row_entropy(after.pattern[layer, head]),
        largest=float(moved[layer, head].max()),
        largest_anywhere=float(moved.max()),
        kl=max(0.0, float((p.exp() * (p - q)).sum())) / math.log(2),
        top_before=top(before.logits[-1]),
        top_after=top(after.logits[-1]),
        loss_before=losses[0],
        loss_after=losses[1],
    )
