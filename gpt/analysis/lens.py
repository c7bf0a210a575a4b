"""What the model would say if it stopped here: the stream between blocks, read as if it were the last.

At every boundary the residual stream of every token is read by the final norm and the output table, which were made for
the last boundary alone: there the lens is the model. Source: nostalgebraist 2020, "interpreting GPT: the logit lens".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int
from gpt.model import GPT
from gpt.trace import Trace

AT_ONCE = 2**22  # logits that are held at a time: 16 MB, whatever the vocabulary
NONE = -1  # in `wanted`: nothing is asked of this position


@dataclass(frozen=True)
class Lens:
    """What is read at S = L + 1 boundaries (after embeddings and each block) and T positions: never V numbers."""

    best: Tensor  # (S, T, K) int64, the likeliest tokens, the lowest id first on a tie
    shares: Tensor  # (S, T, K) their probabilities, over the whole vocabulary
    wanted: Tensor  # (T,) int64, the token that is asked about at each position, or NONE
    rank: Tensor  # (S, T) int64 its place among all, from 1; 0 where nothing is asked
    share: Tensor  # (S, T) its probability; 0 where nothing is asked


def boundary_names(config: GPTConfig) -> tuple[str, ...]:
    """The boundaries (S,), in the order in which a token passes them; blocks count from 1."""
    return "embedding", *(f"block {layer + 1}" for layer in range(config.n_layer))


def how_read(config: GPTConfig) -> str:
    """One sentence: what of the stream is read at each boundary, and how."""
    if config.head == "none":
        return "This model has no output table: the stream's own numbers are its logits, and softmax reads them."
    table = "the token table, which is also the output table" if config.head == "tied" else "the output table"
    if config.has_final_norm:
        return f"At each boundary the stream is levelled by the final norm and multiplied by {table}."
    if config.norm == "post" and config.n_layer:
        return (
            f"Each block of this model ends with its norm, so the stream is multiplied by {table} as it is; "
            "only the embedding was never levelled."
        )
    return f"This model has no norm: at each boundary the stream is multiplied by {table} as it is."


def streams(model: GPT, trace: Trace, ids: Sequence[int]) -> Tensor:
    """The stream of the ids (T,) of `trace` at every boundary, (S, T, C); of a model without blocks the embeddings."""
    if len(ids) != len(trace.logits):
        raise ValueError(f"There are {len(ids)} ids, but the trace is of {len(trace.logits)} tokens.")
    if not model.config.n_layer:
        return model.embed(torch.tensor([list(ids)])).detach()  # (1, T, C)
    return torch.cat([trace.resid_pre, trace.resid_post[-1:]])  # (S, T, C)


def true_next(ids: Sequence[int]) -> list[int]:
    """For each token of a text the one that really comes next, (T,); NONE for the last."""
    return [*ids[1:], NONE]


def lens(
    model: GPT, trace: Trace, ids: Sequence[int], wanted: Sequence[int] | None = None, best: int = 3, start: int = 0
) -> Lens:
    """Read every boundary of `trace`, a pass of `model` over ids (T,), at every position from `start` on.

    `wanted` (T,) are the tokens whose rank and probability are asked, one a position, by default the true next ones.
    Raises ValueError for ids or wanted tokens that are not of this trace and vocabulary.
    """
    V, T = model.config.vocab_size, len(trace.logits)
    need_int("best", best, 1, 1_000)
    need_int("start", start, 0, max(T - 1, 0))
    stream = streams(model, trace, ids)[:, start:]  # (S, T, C)
    asked = torch.tensor(list(true_next(ids) if wanted is None else wanted)[start:], dtype=torch.int64)  # (T,)
    if asked.shape != stream.shape[1:2] or (len(asked) and not NONE <= int(asked.min()) <= int(asked.max()) < V):
        raise ValueError(f"wanted must be {T} tokens, one a position, of 0..{V - 1} (or {NONE} for none).")
    rows, each = stream.flatten(0, 1), asked.repeat(len(stream))  # (S * T, C), (S * T,)
    found = []
    with torch.no_grad():
        for some, of in zip(rows.split(max(1, AT_ONCE // V)), each.split(max(1, AT_ONCE // V)), strict=True):
            found.append(read(model.unembed_stream(some), of, min(best, V)))
    tops, shares, rank, share = (torch.cat(parts).unflatten(0, stream.shape[:2]) for parts in zip(*found, strict=True))
    return Lens(tops, shares, asked, rank, share)


def read_on(model: GPT, trace: Trace, ids: Sequence[int], seen: Lens, kept: int) -> Lens:
    """The lens of ids (T,) at every position, of whose first `kept` `seen` is the lens already: only the rest is read.

    For models whose tokens do not change with what follows them; of the last one kept, the true next may be another.
    """
    best, from_ = seen.best.shape[-1], max(kept - 1, 0)
    new = lens(model, trace, ids, best=best, start=from_)
    fields = ("best", "shares", "rank", "share")
    whole = {name: torch.cat([getattr(seen, name)[:, :from_], getattr(new, name)], dim=1) for name in fields}
    return Lens(wanted=torch.cat([seen.wanted[:from_], new.wanted]), **whole)


def read(logits: Tensor, wanted: Tensor, best: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits (N, V) as the few best ids (N, K) and their shares (N, K), rank (N,) and share (N,) of those wanted."""
    logits = logits.float()  # (N, V)
    total = logits.logsumexp(dim=-1, keepdim=True)  # (N, 1)
    tops = likeliest(logits, best)  # (N, K)
    shares = (logits.gather(-1, tops) - total).exp()  # (N, K)
    one = logits.gather(-1, wanted.clamp_min(0)[:, None])  # (N, 1)
    before = torch.arange(logits.shape[-1]) < wanted[:, None]  # (N, V) on a tie the lower id comes first
    ahead = (logits > one) | ((logits == one) & before)  # (N, V)
    there = wanted != NONE  # (N,)
    return tops, shares, (ahead.sum(dim=-1) + 1) * there, (one - total).exp()[:, 0] * there


def likeliest(logits: Tensor, best: int) -> Tensor:
    """The ids (N, K) of the largest logits (N, V), the lowest id first on a tie."""
    values, ids = logits.topk(best, dim=-1)  # (N, K), (N, K)
    tied = (logits >= values[:, -1:]).sum(dim=-1) > best  # (N,) which of the equals `topk` gives is its own affair
    ids = ids.gather(-1, ids.argsort(dim=-1))  # (N, K) by id
    by_value = logits.gather(-1, ids).sort(dim=-1, descending=True, stable=True).indices  # (N, K)
    ids = ids.gather(-1, by_value)  # (N, K)
    if tied.any():
        ids[tied] = logits[tied].sort(dim=-1, descending=True, stable=True).indices[:, :best]
    return ids


def settled(best: Tensor) -> Tensor:
    """The first boundary (T,) from which on the likeliest token of best (S, T, K) stays what it is at the last."""
    other = best[..., 0] != best[-1:, :, 0]  # (S, T)
    places = torch.arange(1, len(best) + 1)[:, None]  # (S, 1)
    return (other * places).amax(dim=0)  # (T,)
