"""One forward pass, written down: `trace(model, ids, edits) -> Trace`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from gpt.model import GPT, Block
from gpt.past import Past
from gpt.tap import SITES, Edit, Recorder, shape_of, sites_of

SQUARE = ("scores", "pattern")  # sites that have a number for each pair of tokens


Stacks = Mapping[str, Callable[[], Tensor]]  # what lays the layers of each site together, (L, ..., T, .)


@dataclass(frozen=True, eq=False)
class Trace:
    """What flowed at every site, stacked over the layers, for one prompt of T tokens.

    A site that the model does not have (no feed-forward, no blocks) is an empty tensor whose first dimension is 0.
    The layers of a site are stacked when it is looked at for the first time: most readers look at a few.
    """

    resid_pre: Tensor  # (L, T, C) the stream into each block
    q: Tensor  # (L, H, T, D) queries
    k: Tensor  # (L, H, T, D) keys
    v: Tensor  # (L, H, T, D) values
    scores: Tensor  # (L, H, T, T) q·k, scaled, before the mask; row = the token that looks, column = looked at
    pattern: Tensor  # (L, H, T, T) attention weights: rows sum to 1, exactly 0 above the diagonal when causal
    z: Tensor  # (L, H, T, D) weighted sums of values
    attn_out: Tensor  # (L, T, C) what attention adds
    resid_mid: Tensor  # (L, T, C) the stream between attention and MLP
    mlp_pre: Tensor  # (L, T, N) neurons before the activation
    mlp_post: Tensor  # (L, T, N) and after it
    mlp_out: Tensor  # (L, T, C) what the MLP adds
    resid_post: Tensor  # (L, T, C) the stream out of each block
    logits: Tensor  # (T, V) the next token's, at every position

    if not TYPE_CHECKING:  # for whoever reads, all fields are simply there

        def __getattr__(self, name: str) -> Tensor:
            """A site that nobody has looked at yet."""
            held = self.__dict__
            if (stack := held.get("unstacked", {}).get(name)) is not None:
                held.setdefault(name, stack())
                held["unstacked"].pop(name, None)  # another thread may have been quicker
            if name in held:
                return held[name]
            raise AttributeError(f"A trace has no {name!r}.")


def trace(model: GPT, ids: Tensor | Sequence[int], edits: Sequence[Edit] = ()) -> Trace:
    """Run the model once on ids (T,) and keep everything; `edits` change what flows, and are recorded as changed.

    Raises ValueError, before the pass, for no tokens, too many, ids outside the vocabulary, a model that drops out,
    and an edit whose site, layer or head the model does not have.
    """
    ids = checked(model, ids)  # (T,)
    for edit in edits:
        edit.check(model.config, len(ids))
    recorder = Recorder(edits)
    with torch.no_grad():
        logits = model(ids[None], recorder)[0]  # (T, V)
    stacks = {site: partial(torch.cat, recorder.seen[site]) for site in sites_in(model)}
    return recorded(model, logits, stacks, list(zip(recorder.seen["k"], recorder.seen["v"], strict=True)))


def recorded(model: GPT, logits: Tensor, stacks: Stacks, layers: Sequence[tuple[Tensor, Tensor]]) -> Trace:
    """The trace of T tokens with these logits (T, V), whose sites are stacked once they are looked at.

    Keys and values, (1, H, T, D) a layer, are what the next text goes on from.
    """
    made = object.__new__(Trace)
    made.__dict__.update(logits=logits, unstacked=dict(stacks), keys_values=layers, count=count(model, len(logits)))
    for site in SITES.keys() - stacks.keys():
        made.__dict__[site] = torch.empty(0, *shape_of(model.config, site, len(logits)))  # (0, ...)
    return made


def sites_in(model: GPT) -> tuple[str, ...]:
    """The sites that such a model has: without blocks none."""
    return sites_of(model.config) if len(model.blocks) else ()


def read_on(model: GPT, seen: Trace | None, kept: int, ids: Tensor | Sequence[int]) -> Trace:
    """The trace of ids (T,), of which `seen` has the first `kept` already: only the rows of the others are computed.

    Equal to a whole pass to 1e-5. `seen` must be a trace without edits of a text that begins with these `kept` tokens.
    What nobody has looked at in it is not kept; who looks at that now has it from a whole pass. A model without the
    causal mask, or with nothing `seen`, is read as a whole. Raises as `trace`.
    """
    ids = checked(model, ids)  # (T,)
    T, kept = len(ids), 0 if seen is None else min(kept, len(seen.logits), len(ids))
    if seen is None or not (model.config.causal and 0 < kept):
        return trace(model, ids)
    past, recorder, logits = Past(), Recorder(), seen.logits[:kept]  # (kept, V)
    past.length = kept
    past.layers = [(k[:, :, :kept], v[:, :, :kept]) for k, v in keys_values(seen)]  # (1, H, kept, D) each
    if kept < T:
        with torch.no_grad():
            logits = torch.cat([logits, model(ids[None, kept:], recorder, past)[0]])  # (T, V)
    whole, looked_at = Whole(model, ids), [site for site in sites_in(model) if site in seen.__dict__]
    stacks: dict[str, Callable[[], Tensor]] = {site: partial(whole.stacked, site) for site in sites_in(model)}
    for site in looked_at:
        stacks[site] = partial(joined, site, getattr(seen, site), kept, recorder.seen[site], T)
    for site, layers in zip(("k", "v"), zip(*past.layers, strict=True), strict=False):
        stacks[site] = partial(torch.cat, layers)  # the past has all their rows
    if "scores" in looked_at:  # tapped before the mask: what the first tokens would see of the new ones came later
        stacks["scores"] = partial(scored, stacks["q"], stacks["k"], cast(Block, model.blocks[0]).attn.scale)
    return recorded(model, logits, stacks, past.layers)


def keys_values(seen: Trace) -> Sequence[tuple[Tensor, Tensor]]:
    """Keys and values of a trace, (1, H, T, D) each, layer by layer, as the pass left them."""
    held = seen.__dict__.get("keys_values")
    return list(zip(seen.k[:, None], seen.v[:, None], strict=True)) if held is None else held


@dataclass
class Whole:
    """A text read as a whole, once somebody looks at what was not kept of it."""

    model: GPT
    ids: Tensor  # (T,)
    found: Trace | None = None

    def stacked(self, site: str) -> Tensor:
        """One site, (L, ..., T, .)."""
        self.found = self.found or trace(self.model, self.ids)
        return getattr(self.found, site)


def joined(site: str, old: Tensor, kept: int, layers: Sequence[Tensor], T: int) -> Tensor:
    """The first `kept` rows of a site, (L, ..., T', .), and behind them the new ones of each layer.

    What a pattern gives to the future is 0.
    """
    square = site in SQUARE
    if kept == T:
        return old[..., :T, :T] if square else old[..., :T, :]  # (L, ..., T, .)
    first = old[..., :kept, :kept] if square else old[..., :kept, :]  # (L, ..., kept, .)
    whole = old.new_empty(*old.shape[:-2], T, T if square else old.shape[-1])  # (L, ..., T, .)
    whole[..., :kept, : first.shape[-1]] = first
    if square:
        whole[..., :kept, kept:] = 0.0
    torch.cat(list(layers), out=whole[..., kept:, :])  # (L, ..., T - kept, .)
    return whole


def scored(q: Callable[[], Tensor], k: Callable[[], Tensor], scale: float) -> Tensor:
    """The scores of all tokens, q·k, scaled: (L, H, T, T)."""
    return scale * q() @ k().transpose(-2, -1)  # (L, H, T, T)


def count(model: GPT, T: int) -> int:
    """How many numbers a trace of T tokens holds once all of it was looked at."""
    each = [math.prod(shape_of(model.config, site, T)) for site in sites_in(model)]  # of a layer
    return T * model.config.vocab_size + model.config.n_layer * sum(each)


def checked(model: GPT, ids: Tensor | Sequence[int]) -> Tensor:
    """Ids as a tensor (T,) that the model can read. Raises ValueError, with a sentence, for any others."""
    ids = torch.as_tensor(ids, dtype=torch.int64)  # (T,)
    config = model.config
    if ids.dim() != 1 or not 1 <= len(ids) <= config.block_size:
        raise ValueError(
            f"ids has shape {tuple(ids.shape)}, but a trace takes 1 to {config.block_size} tokens, shape (T,)."
        )
    if int(ids.min()) < 0 or int(ids.max()) >= config.vocab_size:
        raise ValueError(f"ids must lie in 0..{config.vocab_size - 1}; found {int(ids.min())}..{int(ids.max())}.")
    if model.training and (config.dropout or config.attention_dropout):
        raise ValueError(
            "The model is in training mode, where dropout would falsify the trace: call model.eval() first."
        )
    return ids
