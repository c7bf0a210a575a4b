"""What flowed on another prompt in place of what flows on this one: activation patching (Meng et al. 2022, 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int, need_one_of
from gpt.edits.places import HEAD_ROW_SITES, ROW_SITES, check_place, check_row, on_head
from gpt.tap import shape_of
from gpt.trace import Trace


@dataclass(frozen=True)
class PatchSite:
    """Put in what flowed there on another prompt (activation patching: Meng et al. 2022, 2.1). See `patch_from`.

    The numbers travel as bytes, so that the edit can be hashed and compared.
    """

    site: str
    layer: int
    head: int | None
    shape: tuple[int, ...]
    data: bytes = field(repr=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such place, or the other prompt does not have the same number of tokens."""
        check_place(config, self.site, self.layer, self.head)
        fits = shape_of(config, self.site, T)
        if len(self.shape) == len(fits) and self.shape[-2] != T:
            other = self.shape[-2]
            raise ValueError(f"The other prompt has {other} tokens and this one {T}: to patch, make them equally long.")
        if self.shape != fits or len(self.data) != 4 * math.prod(fits):
            raise ValueError(
                f"The other trace has shape {self.shape} at {self.site}, this model {fits}: use one model."
            )
        values = self.values()  # (H, T, D), (H, T, T) or (T, C)
        if not values.isfinite().all():
            raise ValueError(f"The other trace's {self.site} holds numbers that are not finite: nothing to patch with.")
        if self.site == "pattern" and config.causal and values.triu(1).any():
            raise ValueError(
                "The other trace's pattern looks into the future, and this model must not: take a causal one."
            )

    def values(self) -> Tensor:
        """The other prompt's numbers, in `shape`."""
        return torch.from_numpy(np.frombuffer(self.data, dtype=np.float32).reshape(self.shape).copy())

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, ...) to the other prompt's values, at one head or at all."""
        return on_head(x, self.head, self.values().expand_as(x))  # (B, ...)


def patch_from(source: Trace, site: str, layer: int, head: int | None = None) -> PatchSite:
    """An edit that puts `source`'s values at this site, layer and head in place of what would flow there."""
    stacked = getattr(source, site, None)
    if not isinstance(stacked, Tensor) or site == "logits" or not 0 <= layer < len(stacked):
        raise ValueError(f"The source trace has no site {site!r} in layer {layer!r}.")
    values = stacked[layer].contiguous().numpy()  # (H, T, D), (H, T, T) or (T, C)
    return PatchSite(site, layer, head, tuple(values.shape), values.tobytes())


@dataclass(frozen=True)
class PatchRow:
    """Put in what another prompt had at one token: its vector (C,) of one site and layer, or one head's (D,).

    The numbers travel as bytes, so that the edit can be hashed and compared. See `row_from`.
    """

    site: str
    layer: int
    position: int
    data: bytes = field(repr=False)
    head: int | None = None

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such place, or the vector is none of this model's."""
        check_place(config, self.site, self.layer, self.head)
        if self.head is None:
            check_row(config, self.site, self.position, T)
            wide, what = config.n_embd, "stream"
        else:
            need_one_of("site of a head's vector", self.site, HEAD_ROW_SITES)
            need_int("position", self.position, 0, T - 1)
            wide, what = config.n_embd // config.n_head, "head"
        if len(self.data) != 4 * wide:
            count = len(self.data) // 4
            raise ValueError(f"The vector has {count} numbers, this model's {what} {wide}: use one model.")
        if not self.vector().isfinite().all():
            raise ValueError("The other prompt's vector holds numbers that are not finite: nothing to patch with.")

    def vector(self) -> Tensor:
        """The other prompt's vector, (C,) or (D,)."""
        return torch.from_numpy(np.frombuffer(self.data, dtype=np.float32).copy())  # (C,) or (D,)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, T, C) or (B, H, T, D) to x with the other prompt's vector at this token."""
        changed = x.clone()  # (B, ..., T, .)
        (changed if self.head is None else changed[:, self.head])[:, self.position] = self.vector()
        return changed


def row_from(
    source: Trace, site: str, layer: int, position: int, at: int | None = None, head: int | None = None
) -> PatchRow:
    """An edit that puts `source`'s vector of one token at token `at` (the same one, if none is named).

    Of a site with one vector a token and head (q, k, v, z), that of `head`.
    """
    stacked = getattr(source, site, None)
    sites = ROW_SITES if head is None else HEAD_ROW_SITES
    if not isinstance(stacked, Tensor) or site not in sites or not 0 <= layer < len(stacked):
        raise ValueError(f"The source trace has no site {site!r} of one vector a token in layer {layer!r}.")
    values = stacked[layer]  # (T, C) or (H, T, D)
    if head is not None:
        if not 0 <= head < len(values):
            raise ValueError(f"The source trace has {len(values)} heads in a layer, and no head {head!r}.")
        values = values[head]  # (T, D)
    if not 0 <= position < len(values):
        raise ValueError(f"The source trace has {len(values)} tokens, and none at position {position!r}.")
    data = values[position].contiguous().numpy().tobytes()
    return PatchRow(site, layer, position if at is None else at, data, head)


@dataclass(frozen=True)
class PatchStart(PatchSite):
    """Put in what flowed there on another prompt of any length, at as many tokens as both have; see `start_from`.

    A token takes what the other prompt's token at its place had, so it sees no later one. Without the causal mask both
    prompts must be equally long.
    """

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError as `PatchSite` does, but for prompts of different lengths in a causal model."""
        length = self.shape[-2] if config.causal and len(self.shape) > 1 else T
        super().check(config, length)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, ...) to the other prompt's values at its first tokens, at one head or at all."""
        n = min(x.shape[-2], self.shape[-2])
        square = self.site in ("scores", "pattern")
        new = x.clone()  # (B, ...)
        if square:  # the other's first rows see the other's first columns; what is later they do not see
            new[..., :n, :n] = self.values()[..., :n, :n]
        else:
            new[..., :n, :] = self.values()[..., :n, :]
        return on_head(x, self.head, new)


def start_from(source: Trace, site: str, layer: int, head: int | None = None) -> PatchStart:
    """As `patch_from`, for prompts that need not be equally long."""
    patch = patch_from(source, site, layer, head)
    return PatchStart(site, layer, head, patch.shape, patch.data)
