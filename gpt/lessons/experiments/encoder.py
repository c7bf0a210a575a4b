"""Lesson 12, encoder, decoder and cross-attention: the mask on and off, what leaks, and who looks at whom."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis.stages import block_of, head_input
from gpt.lessons.passage import read
from gpt.model import GPT, CausalSelfAttention
from gpt.train import batches as data
from gpt.weights import with_config

TOGETHER = 128  # windows in one pass


@dataclass(frozen=True)
class Leak:
    """One model judged with and without its mask, in nats a character."""

    masked: float  # no token sees the future
    open: float  # every token sees the whole window, and with it the answer
    places: tuple[float, ...]  # (T,) the open loss at each place of the window; `open` is their mean

    @property
    def last(self) -> float:
        """At the last place, whose answer alone lies outside of the window: there a leaking model must guess."""
        return self.places[-1]


def leak(model: GPT, ids: Tensor) -> Leak:
    """Judge a model both ways on all windows of ids (N,)."""
    opened = by_place(with_config(model, causal=False), ids)  # (T,)
    masked = by_place(with_config(model, causal=True), ids)  # (T,)
    return Leak(float(masked.mean()), float(opened.mean()), tuple(opened.tolist()))


@torch.no_grad()
def by_place(model: GPT, ids: Tensor) -> Tensor:
    """Mean loss at each place of the window (T,), over all windows of ids (N,)."""
    inputs, targets = data.windows(ids, model.config.block_size)  # (W, T), (W, T)
    total = torch.zeros(model.config.block_size, dtype=torch.float64)  # (T,)
    for x, y in zip(inputs.split(TOGETHER), targets.split(TOGETHER), strict=True):
        logits = model(x)  # (B, T, V)
        total += F.cross_entropy(logits.transpose(1, 2), y, reduction="none").double().sum(dim=0)  # (T,)
    return total / len(inputs)  # (T,)


def in_window(T: int) -> float:
    """What share of a window's answers stands in the window itself: all but the last, (T - 1) / T."""
    if T < 1:
        raise ValueError(f"T is {T}, but a window must hold 1 token or more.")
    return (T - 1) / T


# ---- who looks at whom


@dataclass(frozen=True)
class Cross:
    """Decoder tokens that look at encoder tokens."""

    pattern: Tensor  # (H, T, S) each row sums to 1, no mask
    out: Tensor  # (T, C) what each decoder token takes from them


@torch.no_grad()
def cross_attention(attn: CausalSelfAttention, asking: Tensor, answering: Tensor) -> Cross:
    """Attention whose questions come from one text and whose answers from another (Vaswani et al. 2017, 3.2.3).

    asking (T, C) from the decoder, answering (S, C) from the encoder. The only change from self-attention: keys and
    values are made of `answering`. Nothing there lies in the future, so there is no mask.
    """
    q = attn.split(attn.query(asking[None]))[0]  # (H, T, D)
    k = attn.split(attn.key(answering[None]))[0]  # (H, S, D)
    v = attn.split(attn.value(answering[None]))[0]  # (H, S, D)
    pattern = F.softmax(q @ k.transpose(-2, -1) * attn.scale, dim=-1)  # (H, T, S)
    z = (pattern @ v).transpose(0, 1).flatten(1)  # (T, C)
    return Cross(pattern, attn.project(z))  # out (T, C)


@dataclass(frozen=True)
class Looks:
    """One head's weights on a text: row = who looks, column = who is looked at."""

    weights: Tensor  # (T, S)
    asking: tuple[str, ...]  # (T,)
    answering: tuple[str, ...]  # (S,)


SOURCE = "Juliet is the sun"  # the finished text that the rectangle looks at


def shapes(text: str, layer: int, head: int, source: str = SOURCE) -> dict[str, Looks]:
    """The same head of three kinds of attention on a text: the encoder's, the decoder's, and across to another text.

    The first and the last use this rung's weights, the decoder those of the layer norm rung. No weights were trained
    for looking across; what the picture shows of it is its shape. Raises ValueError for a text without known letters.
    """
    encoder, decoder, other = read("encoder", text), read("norm", text), read("encoder", source)
    model = encoder.loaded.model
    asking, answering = (head_input(model, one.trace, layer) for one in (encoder, other))  # (T, C), (S, C)
    across = cross_attention(block_of(model, layer).attn, asking, answering).pattern[head]  # (T, S)
    return {
        "encoder": Looks(encoder.pattern[layer, head], encoder.tokens, encoder.tokens),
        "decoder": Looks(decoder.pattern[layer, head], decoder.tokens, decoder.tokens),
        "cross-attention": Looks(across, encoder.tokens, other.tokens),
    }
