"""How likely a model finds each token of a text that was written on from a prompt: by itself, whatever drew it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpt.sampling import Model

ROWS = 16  # windows that are read at once


@dataclass(frozen=True, eq=False)
class Scores:
    """One number a token (N,), of the model's own distribution: temperature 1, nothing cut."""

    nats: np.ndarray  # (N,) float32: minus the natural logarithm of its probability
    ranks: np.ndarray  # (N,) int32: 1 is the likeliest; of equals the lowest id comes first

    def __add__(self, other: Scores) -> Scores:
        """These tokens, and those."""
        return Scores(np.concatenate([self.nats, other.nats]), np.concatenate([self.ranks, other.ranks]))


NONE = Scores(np.zeros(0, np.float32), np.zeros(0, np.int32))


def of_path(model: Model, prompt: Sequence[int], path: Sequence[int], start: int = 0) -> Scores:
    """The scores of path[start:], each token given the prompt, all of the path before it, and nothing else.

    The model sees the last `block_size` tokens, as in writing. Raises ValueError for an empty prompt.
    """
    if not len(prompt):
        raise ValueError("The prompt is empty, but it must hold at least one token for the model to continue.")
    if start >= len(path):
        return NONE
    nats, ranks = list[Tensor](), list[Tensor]()
    chosen = torch.tensor(list(path[start:]))  # (N,)
    at = 0
    for logits in predictions(model, [*prompt, *path], len(prompt) + start):
        ids = chosen[at : at + len(logits)]  # (n,)
        at += len(logits)
        own = logits.gather(1, ids[:, None])  # (n, 1)
        nats.append((logits.logsumexp(dim=1, keepdim=True) - own)[:, 0])  # (n,)
        before = torch.arange(logits.shape[1]) < ids[:, None]  # (n, V)
        ranks.append(1 + ((logits > own) | ((logits == own) & before)).sum(dim=1))  # (n,)
    return Scores(torch.cat(nats).numpy().astype(np.float32), torch.cat(ranks).numpy().astype(np.int32))


def predictions(model: Model, tokens: Sequence[int], first: int) -> Iterator[Tensor]:
    """What the model expected of tokens[first], tokens[first + 1], ...: logits (n, V), float64, some at a time."""
    block, last, at = model.config.block_size, len(tokens), first
    ids = torch.tensor(list(tokens))  # (N,)
    with torch.no_grad():
        if model.config.causal and at <= block:
            end = min(last, block + 1)
            yield model(ids[None, : end - 1])[0, at - 1 :].double()  # (end - at, V)
            at = end
        while at < last:
            if at < block:  # without the causal mask each beginning is read by itself
                yield model(ids[None, :at])[0, -1:].double()  # (1, V)
                at += 1
                continue
            n = min(ROWS, last - at)
            windows = ids.unfold(0, block, 1)[at - block : at - block + n]  # (n, block)
            yield model(windows)[:, -1].double()  # (n, V)
            at += n


def alternatives(logits: Tensor, most: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """What could have stood there: the likeliest ids (K,) and their probabilities (K,), of logits (V,)."""
    shares = logits.double().softmax(dim=0)  # (V,)
    order = shares.argsort(descending=True, stable=True)[:most]  # (K,)
    return order.numpy().astype(np.int32), shares[order].numpy()
