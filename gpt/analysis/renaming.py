"""Other ids for the same tokens: ids are names, and what a model knows hangs on the rows that they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from gpt.analysis.perplexity import surprise
from gpt.analysis.switches import top
from gpt.model import GPT
from gpt.weights import with_weights

TABLES = ("token_embedding.weight", "unembed.weight", "unembed.bias")  # that have a row for each token


@dataclass(frozen=True)
class Seen:
    """One way of reading a prompt: what follows by the true tokens' ids, and the loss."""

    top: tuple[tuple[int, float], ...]  # the likeliest next tokens: (true id, probability)
    loss: float | None  # nats a token; None for a single one, which nothing predicts


def renaming(V: int, seed: int) -> Tensor:
    """The new id of each token, (V,): an order drawn by chance."""
    return torch.randperm(V, generator=Generator().manual_seed(seed))  # (V,)


def read(model: GPT, ids: Sequence[int], names: Tensor, n: int = 5) -> Seen:
    """What a model makes of tokens `ids` (T,) that are handed to it under other names (V,)."""
    with torch.no_grad():
        logits = model(names[list(ids)][None])[0]  # (T, V)
    return seen_of(logits[:, names], ids, n)


def seen_of(logits: Tensor, ids: Sequence[int], n: int = 5) -> Seen:
    """The same from logits (T, V) in the order of the true ids."""
    loss = float(surprise(logits, ids).mean()) if len(ids) > 1 else None
    return Seen(top(logits[-1], n), loss)


def rows_renamed(model: GPT, names: Tensor) -> GPT | None:
    """The same model whose tables follow the names (V,): each token finds its own row again. Frozen, in eval mode.

    None of a model whose stream is the logits and passes blocks: there the vocabulary's order is in every weight.
    """
    if model.config.head == "none" and model.config.n_layer:
        return None
    weights, back = dict(model.state_dict()), torch.empty_like(names)  # (V,)
    back[names] = torch.arange(len(names))
    for name in TABLES:
        if name in weights:
            weights[name] = weights[name][back]  # (V, C) or (V,)
    if model.config.head == "none":  # the stream is the logits: they have the vocabulary's order as well
        weights[TABLES[0]] = weights[TABLES[0]][:, back]  # (V, V)
    return with_weights(model.config, weights)
