"""One forward pass, written down: `trace(model, ids, edits) -> Trace`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import Tensor

from gpt.model import GPT, Block
from gpt.past import Past
from gpt.pieces import Pieces
from gpt.tap import SITES, Edit, Recorder, shape_of, sites_of

SQUARE = ("scores", "pattern")  # sites that have a number for each pair of tokens


class Unstacked(Protocol):
    """A site whose layers are not laid together yet."""

    def stacked(self) -> Tensor:
        """All layers, (L, ...)."""
        ...

    def count(self) -> int:
        """How many numbers they are."""
        ...


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
            if name in (unstacked := held.get("unstacked", {})) or name in held:
                if (site := unstacked.get(name)) is not None:
                    held.setdefault(name, site.stacked())
                    unstacked.pop(name, None)  # another thread may have been quicker
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
    flow = {site: Pieces([(0, recorder.seen[site])], len(ids), site in SQUARE) for site in sites_in(model)}
    return recorded(model, logits, flow)


def recorded(model: GPT, logits: Tensor, flowed: Mapping[str, Unstacked]) -> Trace:
    """The trace of T tokens with these logits (T, V), whose sites are stacked once they are looked at."""
    made = object.__new__(Trace)
    made.__dict__.update(logits=logits, unstacked=dict(flowed))
    for site in SITES.keys() - flowed.keys():
        made.__dict__[site] = torch.empty(0, *shape_of(model.config, site, len(logits)))  # (0, ...)
    return made


def sites_in(model: GPT) -> tuple[str, ...]:
    """The sites that such a model has: without blocks none."""
    return sites_of(model.config) if len(model.blocks) else ()


def read_on(model: GPT, seen: Trace | None, kept: int, ids: Tensor | Sequence[int]) -> Trace:
    """The trace of ids (T,), of which `seen` has the first `kept` already: only the rows of the others are computed.

    Equal to a whole pass to 1e-5. `seen` must be a trace without edits of a text that begins with these `kept` tokens.
    A model without the causal mask, or with nothing `seen`, is read as a whole. Raises as `trace`.
    """
    ids = checked(model, ids)  # (T,)
    T, kept = len(ids), 0 if seen is None else min(kept, len(seen.logits), len(ids))
    if seen is None or not (model.config.causal and 0 < kept):
        return trace(model, ids)
    past, recorder, logits = Past(), Recorder(), seen.logits[:kept]  # (kept, V)
    before = {site: flowed(seen, site) for site in sites_in(model) if site != "scores"}
    past.length = kept
    if before:
        past.layers = list(zip(before["k"].layers(kept), before["v"].layers(kept), strict=True))
    if kept < T:
        with torch.no_grad():
            logits = torch.cat([logits, model(ids[None, kept:], recorder, past)[0]])  # (T, V)
    if not before:
        return recorded(model, logits, {})
    after = {site: old.then(kept, recorder.seen[site], T) for site, old in before.items()}
    k, v = (Pieces([(0, part)], T) for part in zip(*past.layers, strict=True))
    scores = Scores(model, after["q"], k)
    return recorded(model, logits, {**after, "k": k, "v": v, "scores": scores})


def flowed(seen: Trace, site: str) -> Pieces:
    """What an earlier pass has at a site, stacked already or not."""
    held = seen.__dict__.get("unstacked", {}).get(site)
    return held if held is not None else Pieces([(0, getattr(seen, site))], len(seen.logits), site in SQUARE)


@dataclass(frozen=True)
class Scores:
    """The scores of a text that was read in pieces: the future of the first ones came after their pass."""

    model: GPT
    q: Pieces
    k: Pieces

    def stacked(self) -> Tensor:
        """q·k, scaled: (L, H, T, T)."""
        scale = cast(Block, self.model.blocks[0]).attn.scale
        return scale * self.q.stacked() @ self.k.stacked().transpose(-2, -1)  # (L, H, T, T)

    def count(self) -> int:
        """How many numbers they are."""
        config, T = self.model.config, self.k.T
        return config.n_layer * config.n_head * T * T


def count(seen: Trace) -> int:
    """How many numbers a trace holds, or will once all of it was looked at."""
    held = [x.numel() for x in seen.__dict__.values() if isinstance(x, Tensor)]
    return sum(held) + sum(site.count() for site in list(seen.__dict__.get("unstacked", {}).values()))


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
