"""Ways to tell a token's place by adding a vector to it: those that work, none, and two that do not, in numbers.

Learned vectors: Radford et al. 2019. Sinusoids: Vaswani et al. 2017, section 3.5. Adding the bare index, or the index
divided by the length of the text, is what everybody thinks of first.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.model import GPT
from gpt.positions import computed_positions
from gpt.weights import with_config, with_weights

# name -> what it is, for a learner.
SCHEMES = {
    "none": "No position vectors at all.",
    "sinusoids": "Sine and cosine waves of falling pitch, computed and never trained.",
    "index": "The index itself (0, 1, 2 ...) is added to every number of the token's vector.",
    "share": "The index divided by T, the length of the text, is added to every number.",
    "rows": "The model's own position vectors, dealt out to other places.",
    "tokens": "The model's own token vectors, each handed to another token; positions as trained.",
}
# A value of GPTConfig.position -> the schemes that are the same, or (the context is one length of a text) may be.
SAME = {"none": ("none", "rows"), "sinusoidal": ("sinusoids",), "index": ("index",), "index_scaled": ("share",)}
TRAINED = "trained"  # the model's own vectors
EPS = 1e-5  # of torch's layer norm
SEED = 7


def available(position: str) -> tuple[str, ...]:
    """The schemes that change something in a model with such positions (a value of GPTConfig.position)."""
    return tuple(name for name in SCHEMES if name not in SAME.get(position, ()))


def places(scheme: str, P: int, C: int, T: int) -> Tensor:
    """Position vectors (P, C) of the schemes that are computed; T is the length of the text, which `share` divides by.

    Raises ValueError for another scheme.
    """
    if scheme == "none":
        return torch.zeros(P, C)
    if scheme == "sinusoids":
        return computed_positions("sinusoidal", P, C)
    if scheme not in ("index", "share"):
        raise ValueError(f"{scheme!r} is not computed; these are: none, sinusoids, index, share.")
    index = computed_positions("index", P, C)  # (P, C)
    return index if scheme == "index" else index / max(T, 1)  # (P, C)


def deal(rows: Tensor, seed: int = SEED) -> Tensor:
    """Rows (N, C) in another order."""
    return rows[torch.randperm(len(rows), generator=Generator().manual_seed(seed))]  # (N, C)


def with_scheme(model: GPT, scheme: str, T: int) -> GPT:
    """The same weights with places told in another way to a text of T tokens; the given model is not changed.

    Raises ValueError for a scheme that is not there or changes nothing in this model.
    """
    config = model.config
    if scheme not in available(config.position):
        can = ", ".join(available(config.position))
        raise ValueError(f"The scheme {scheme!r} changes nothing in this model; these do: {can}.")
    if scheme == "none":
        return with_config(model, position="none")
    weights = dict(model.state_dict())
    P, C = config.block_size, config.n_embd
    if scheme == "tokens":
        if config.head == "tied":  # the output table keeps its rows
            weights["unembed.weight"] = weights["token_embedding.weight"]
            config = dataclasses.replace(config, head="untied")
            if config.has_output_bias and "unembed.bias" not in weights:
                weights["unembed.bias"] = torch.zeros(config.vocab_size)
        weights["token_embedding.weight"] = deal(weights["token_embedding.weight"])  # (V, C)
        return with_weights(config, weights)
    own = model.positions(P)  # (P, C) or None
    table = deal(own.detach()) if scheme == "rows" and own is not None else places(scheme, P, C, T)  # (P, C)
    weights["position_embedding.weight"] = table
    return with_weights(dataclasses.replace(config, position="learned"), weights)


def wavelengths(C: int) -> Tensor:
    """How many places each pair of sine and cosine takes to turn once: (ceil(C/2),), from 2 pi to nearly 20,000 pi."""
    return 2 * math.pi * torch.exp(torch.arange(0, C, 2).double() * (math.log(10_000.0) / C))  # (ceil(C/2),)


@dataclass(frozen=True)
class Idea:
    """What adding such position vectors does to token vectors, in lengths and angles."""

    scheme: str
    longest: float  # length of the longest position vector, over the mean length of a token's vector
    step: float  # mean distance of neighbouring places, over the mean distance of two tokens
    alike: float  # mean cosine of the inputs of two different tokens at the last place
    typed: float  # how far the vectors of the places there move when one more token is typed, over a token's length
    seen: float  # how much a layer norm (without its gain) still shows of the position: relative change of its output


def ideas(model: GPT, tokens: Sequence[int], T: int) -> list[Idea]:
    """The model's own way and the computed ones, for these tokens (N,) and T places."""
    table = model.token_embedding.weight.detach()[list(tokens)].double()  # (N, C)
    C = table.shape[1]
    own = model.positions(T)  # (T, C) or None
    found = [] if own is None else [idea(TRAINED, table, own.detach().double(), own.detach().double())]
    for scheme in ("sinusoids", "none", "index", "share"):
        now, longer = (places(scheme, T, C, length).double() for length in (T, T + 1))  # (T, C) each
        found.append(idea(scheme, table, now, longer))
    return found


def idea(scheme: str, table: Tensor, now: Tensor, longer: Tensor) -> Idea:
    """One way: token vectors (N, C), position vectors (T, C), and those of the same places in a text of T + 1."""
    C = table.shape[1]
    length = float(table.norm(dim=1).mean())
    apart = float(torch.pdist(table).mean()) if len(table) > 1 else 1.0
    step = float((now[1:] - now[:-1]).norm(dim=1).mean()) if len(now) > 1 else 0.0
    there = table + now[-1]  # (N, C)
    units = F.normalize(there, dim=1)  # (N, C)
    N = len(table)
    alike = float((units @ units.T).sum() - N) / max(N * (N - 1), 1)
    levelled, plain = (F.layer_norm(x, (C,), eps=EPS) for x in (there, table))  # (N, C) each
    seen = float((levelled - plain).norm() / plain.norm().clamp_min(1e-12))
    typed = float((longer - now).norm(dim=1).mean())
    return Idea(scheme, float(now.norm(dim=1).max()) / length, step / apart, alike, typed / length, seen)
