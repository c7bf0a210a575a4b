"""What each part writes onto the residual stream at one position: how long, which way, and to what effect.

Embeddings, heads, MLPs and biases each add a vector to the stream (Elhage et al. 2021, "A Mathematical Framework for
Transformer Circuits"). Its length says how loud a part is, its cosine with the stream whether it says again or takes
back what is there, and its product with the logit's direction what it does to a prediction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.edited_writes import ATTENTION, BEHIND, MLP, STREAM, with_edits
from gpt.analysis.lens import streams
from gpt.analysis.logit_direction import Way, read_backwards
from gpt.analysis.stages import block_of
from gpt.config import need_int
from gpt.model import GPT
from gpt.trace import Trace

KINDS = ("token", "position", "head", "bias", "MLP", "MLP bias")  # with edits also those of `edited_writes`
OF_MLP = ("MLP", "MLP bias", MLP)
OF_ATTENTION = ("head", "bias", ATTENTION)  # inside the sum that attention writes

NO_ROUNDING = 1e-4  # of a logit: more than this


@dataclass(frozen=True)
class Write:
    """One part's vector at one position, and the stream that it is added to. All in float64."""

    kind: str  # one of KINDS, or of an edit
    layer: int  # from 0; -1 of the embeddings
    head: int  # from 0; -1 of all but heads
    vector: Tensor  # (C,) what it writes
    stream: Tensor  # (C,) what it writes onto: before its block's attention or MLP; of the embeddings their sum
    direction: Tensor  # (C,) what lifts the chosen token's logit here, over the mean of all

    @property
    def name(self) -> str:
        """As people call it, counted from 1: "layer 2 head 3"."""
        where = f"layer {self.layer + 1} " if self.layer >= 0 else ""
        return f"{where}{self.kind}{f' {self.head + 1}' if self.head >= 0 else ''}"

    @property
    def length(self) -> float:
        """Of the vector."""
        return float(self.vector.norm())

    @property
    def cosine(self) -> float:
        """Of the vector with the stream: 1 says the same again, -1 takes it back; 0 where one of them is nothing."""
        product = float(self.vector.norm() * self.stream.norm())
        return max(-1.0, min(1.0, float(self.vector @ self.stream) / product)) if product else 0.0

    @property
    def effect(self) -> float:
        """What it adds to the chosen token's logit, over the mean of all logits, by itself; in nats."""
        return float(self.vector @ self.direction)


@dataclass(frozen=True)
class Written:
    """A logit as the sum of what was written, in the order in which it was."""

    position: int
    token: int  # whose logit it is
    writes: tuple[Write, ...]
    added: dict[str, float]  # what norms and the output table add by themselves
    mean: float  # of all logits at this position: what lifts no token over another
    logit: float  # the model's own
    edited: bool = False  # whether the trace has edits

    @property
    def total(self) -> float:
        """The sum of all parts and the mean."""
        return math.fsum([*(one.effect for one in self.writes), *self.added.values(), self.mean])

    @property
    def remainder(self) -> float:
        """What the sum misses of the model's logit: rounding; on a trace with edits also what they did."""
        return self.logit - self.total

    @property
    def besides(self) -> float:
        """What of the remainder edits did, as they did not write it: more than rounding; else 0."""
        return self.remainder if self.edited and abs(self.remainder) > NO_ROUNDING * max(1.0, abs(self.logit)) else 0.0


def vectors(model: GPT, trace: Trace, start: Tensor, position: int) -> list[tuple[str, int, int, Tensor]]:
    """Kind, layer, head and vector (C,) in float64 of everything that is written at a position, in order.

    `start` (C,) is the first stream there. Law: those of one layer's attention add up to its `attn_out`, those of an
    MLP to its `mlp_out`, those of the embeddings to `start`. Raises ValueError for a position that is not there.
    """
    config, start = model.config, start.double()  # (C,)
    need_int("position", position, 0, len(trace.logits) - 1)
    places = model.positions(len(trace.logits))  # (T, C) or None
    where = torch.zeros_like(start) if places is None else places[position].detach().double()  # (C,)
    found = [("token", -1, -1, start - where)]
    if places is not None:
        found.append(("position", -1, -1, where))
    for layer in range(config.n_layer):
        block = block_of(model, layer)
        z = trace.z[layer, :, position].double()  # (H, D)
        table = block.attn.project.weight.detach().double().unflatten(1, z.shape)  # (C, H, D)
        by_head = torch.einsum("hd,chd->hc", z, table)  # (H, C)
        found += [("head", layer, head, vector) for head, vector in enumerate(by_head)]
        if config.bias:
            found.append(("bias", layer, -1, block.attn.project.bias.detach().double()))
        if config.feed_forward:
            wrote = trace.mlp_out[layer, position].double()  # (C,)
            bias = block.mlp.project.bias.detach().double() if config.bias else torch.zeros_like(wrote)  # (C,)
            found.append(("MLP", layer, -1, wrote - bias))
            if config.bias:
                found.append(("MLP bias", layer, -1, bias))
    return found


def direction_at(way: Way, kind: str, layer: int) -> Tensor:
    """What lifts the logit (C,) at the place where such a part writes."""
    if layer < 0 or kind in STREAM:  # where edits are told so, all places of the stream have one way to the logit
        return way.embed  # (C,)
    return way.mlp[layer] if kind in OF_MLP else way.attn[layer]  # (C,)


def written(
    model: GPT, trace: Trace, ids: Sequence[int], position: int, token: int | None = None, edited: bool = False
) -> Written:
    """Take one logit of `trace`, a pass of `model` over ids (T,), apart: of the likeliest token, if none is given.

    Of an `edited` trace, what edits put in are writes, too. Law: on a trace without edits the remainder is rounding.
    It holds for pre-norm, post-norm and no norm; without residual connections only what is written last has an effect
    by itself. Raises ValueError for a position or token that is not there.
    """
    way = read_backwards(model, trace, position, token)
    logits = trace.logits[position].double()  # (V,)
    token = int(logits.argmax()) if token is None else token
    start, found = streams(model, trace, ids)[0, position], []  # (C,)
    parts = vectors(model, trace, start, position)
    for kind, layer, head, vector in with_edits(model, trace, ids, position, parts) if edited else parts:
        onto = trace.resid_mid if kind in (*OF_MLP, BEHIND) else trace.resid_pre  # (L, T, C)
        stream = start if layer < 0 else onto[layer, position]  # (C,)
        found.append(Write(kind, layer, head, vector, stream.double(), direction_at(way, kind, layer)))
    return Written(position, token, tuple(found), way.added, float(logits.mean()), float(logits[token]), edited)


def grouped(found: Written) -> tuple[Write, ...]:
    """The writes in their order, each layer's heads and bias behind their sum: a write of kind "attention"."""
    rows: list[Write] = []
    for layer in range(-1, max((one.layer for one in found.writes), default=-1) + 1):
        parts = [one for one in found.writes if one.layer == layer]
        heads = [one for one in parts if one.kind in OF_ATTENTION]
        if heads:
            whole = torch.stack([one.vector for one in heads]).sum(dim=0)  # (C,)
            rows.append(Write("attention", layer, -1, whole, heads[0].stream, heads[0].direction))
        rows += parts
    return tuple(rows)


@dataclass(frozen=True)
class Lengths:
    """How long the stream is at each boundary, and what each layer's attention and MLP write, at every position."""

    stream: Tensor  # (S, T)
    attn: Tensor  # (L, T)
    heads: Tensor  # (L, H, T)
    mlp: Tensor  # (L, T); (0, T) without feed-forward


def lengths(model: GPT, trace: Trace, ids: Sequence[int]) -> Lengths:
    """The sizes of all that is written in `trace`, for a picture of all positions at once."""
    T, H = len(trace.logits), model.config.n_head
    heads = torch.zeros(model.config.n_layer, H, T)  # (L, H, T)
    for layer, z in enumerate(trace.z):  # (H, T, D)
        table = block_of(model, layer).attn.project.weight.detach().unflatten(1, (H, -1))  # (C, H, D)
        heads[layer] = torch.einsum("htd,chd->htc", z, table).norm(dim=-1)  # (H, T)
    attn, mlp = (x.norm(dim=-1) for x in (trace.attn_out, trace.mlp_out))  # (L, T) each
    return Lengths(streams(model, trace, ids).norm(dim=-1), attn, heads, mlp)
