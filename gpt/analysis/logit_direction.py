"""From a logit back to the stream: which direction, written at each place of the model, lifts that logit."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gpt.analysis.norms import stream_before
from gpt.analysis.stages import block_of
from gpt.config import need_int
from gpt.model import GPT
from gpt.trace import Trace


@dataclass
class Way:
    """What a vector added at a place of the stream does to the logit: their product. All in float64."""

    embed: Tensor  # (C,) for the embeddings
    attn: Tensor  # (L, C) for what each layer's attention writes
    mlp: Tensor  # (L, C) for what each layer's MLP writes
    added: dict[str, float] = field(default_factory=dict)  # what norms and the output table add on their own


def logit_direction(model: GPT, token: int) -> tuple[Tensor, float]:
    """A logit minus the mean of all, as a direction (C,) of the levelled stream and a constant."""
    if model.config.head == "none":  # the stream is the logits
        direction = torch.full((model.config.n_embd,), -1.0 / model.config.vocab_size, dtype=torch.float64)  # (C,)
        direction[token] += 1.0
        return direction, 0.0
    table, bias = model.unembed.weight.detach(), model.unembed.bias
    direction = table[token].double() - table.mean(dim=0, dtype=torch.float64)  # (C,)
    return direction, float(bias[token].double() - bias.double().mean()) if isinstance(bias, Tensor) else 0.0


def spread_of(norm: nn.LayerNorm, stream: Tensor) -> float:
    """What a norm divides a stream (C,) by: its standard deviation, with the norm's eps under the root."""
    return float((stream.double().var(correction=0) + norm.eps).sqrt())


def through(norm: nn.Module, stream: Tensor, direction: Tensor) -> tuple[Tensor, float]:
    """A direction after a norm, as one before it: (C,), and what the norm's shift adds to the product.

    The norm is taken as what it does to this stream (C,): subtract the mean, divide by a fixed spread, times the gain.
    """
    if not isinstance(norm, nn.LayerNorm):
        return direction, 0.0
    before = direction * norm.weight.detach().double() / spread_of(norm, stream)  # (C,)
    shift = float(norm.bias.detach().double() @ direction) if isinstance(norm.bias, Tensor) else 0.0
    return before - before.mean(), shift  # (C,)


def read_backwards(model: GPT, trace: Trace, position: int, token: int | None = None) -> Way:
    """Go from the logit of a token (the predicted one, if none is given) back through the model along the stream.

    Raises ValueError for a position or token that is not there.
    """
    config, (T, V) = model.config, trace.logits.shape
    need_int("position", position, 0, T - 1)
    token = int(trace.logits[position].argmax()) if token is None else token
    need_int("token", token, 0, V - 1)
    added: dict[str, float] = {}
    direction, added["output bias"] = logit_direction(model, token)  # (C,)
    if config.n_layer:
        direction, added["final norm"] = through(model.norm_final, trace.resid_post[-1, position], direction)
    attn = torch.zeros(config.n_layer, config.n_embd, dtype=torch.float64)  # (L, C)
    mlp = torch.zeros_like(attn)  # (L, C)
    for layer in reversed(range(config.n_layer)):
        for part, rows in (("mlp", mlp), ("attn", attn)):
            if part == "mlp" and not config.feed_forward:
                continue
            if config.norm == "post":  # the norm comes after the part was written
                block, before = block_of(model, layer), stream_before(model, trace, part)[layer, position]  # (C,)
                norm = block.norm2 if part == "mlp" else block.norm1
                direction, added[f"layer {layer} norm after {part}"] = through(norm, before, direction)
            rows[layer] = direction
            if not config.residual:  # a part takes the place of all that was there
                direction = torch.zeros_like(direction)  # (C,)
    return Way(direction, attn, mlp, {name: value for name, value in added.items() if value})
