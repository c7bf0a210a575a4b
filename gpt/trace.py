"""One forward pass, written down: `trace(model, ids, edits) -> Trace`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from gpt.model import GPT, Block
from gpt.past import Past
from gpt.room import Room
from gpt.tap import Edit, Recorder, shape_of, sites_of


@dataclass(frozen=True, eq=False)
class Trace:
    """What flowed at every site, stacked over the layers, for one prompt of T tokens.

    A site that the model does not have (no feed-forward, no blocks) is an empty tensor whose first dimension is 0.
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
    return Trace(logits=logits, **{field: stack(model, recorder, field, len(ids)) for field in site_fields()})


def read_on(model: GPT, seen: Trace | None, kept: int, ids: Tensor | Sequence[int], room: Room | None = None) -> Trace:
    """The trace of ids (T,), of which `seen` has the first `kept` already: only the rows of the others are computed.

    Equal to a whole pass to 1e-5. `seen` must be a trace without edits of a text that begins with these `kept` tokens.
    A model without the causal mask, or with nothing `seen`, is read as a whole. With a `room`, whose rows from `kept`
    on are claimed, what is seen is not copied. Raises as `trace`.
    """
    ids = checked(model, ids)  # (T,)
    T, kept = len(ids), 0 if seen is None else min(kept, len(seen.logits), len(ids))
    if seen is None or not (model.config.causal and 0 < kept):
        return trace(model, ids)
    past, recorder = Past(), Recorder()
    past.length = kept
    past.layers = [(k[None, :, :kept], v[None, :, :kept]) for k, v in zip(seen.k, seen.v, strict=True)]
    logits = seen.logits[:kept]  # (kept, V)
    if kept < T:
        with torch.no_grad():
            logits = longer(logits, [model(ids[None, kept:], recorder, past)[0]], "logits", kept, T, room)  # (T, V)
    fields = {site: longer(getattr(seen, site), recorder.seen[site], site, kept, T, room) for site in site_fields()}
    if len(fields["scores"]) and kept < T:  # tapped before the mask: what the first tokens would see of the new ones
        new = fields["k"][:, :, kept:].transpose(-2, -1)  # (L, H, D, T - kept)
        scale = cast(Block, model.blocks[0]).attn.scale
        fields["scores"][:, :, :kept, kept:] = scale * fields["q"][:, :, :kept] @ new  # (L, H, kept, T - kept)
    return Trace(logits=logits, **fields)


def longer(old: Tensor, layers: Sequence[Tensor], site: str, kept: int, T: int, room: Room | None = None) -> Tensor:
    """One site's first `kept` rows, then the new ones of each layer (1, ..., T - kept, .), written down once.

    What a pattern gives to the future is 0.
    """
    square = site in ("scores", "pattern")
    old = old[..., :kept, :kept] if square else old[..., :kept, :]  # (L, ..., kept, .)
    if kept == T:
        return old
    if room is None:
        whole = old.new_empty(*old.shape[:-2], T, T if square else old.shape[-1])  # (L, ..., T, .)
        whole[..., :kept, : old.shape[-1]] = old
    else:
        whole = room.rows(site, old, T, square)  # (L, ..., T, .)
    if square:
        whole[..., :kept, kept:] = 0.0
    if len(old):
        torch.cat(list(layers), out=whole[..., kept:, :])  # (L, ..., T - kept, .)
    return whole


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


def site_fields() -> list[str]:
    """The fields of a Trace that are sites: all but the logits."""
    return [field.name for field in dataclasses.fields(Trace) if field.name != "logits"]


def stack(model: GPT, recorder: Recorder, site: str, T: int) -> Tensor:
    """One site over all layers, (L, ...) without the batch; (0, ...) where the model has no such site."""
    config = model.config
    seen = recorder.seen[site]
    if seen and site in sites_of(config):
        return torch.cat(seen)  # (L, ...): the batch of one is the layer's row
    return torch.empty(0, *shape_of(config, site, T))  # (0, ...)
