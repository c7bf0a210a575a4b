"""Changes that one can make to what flows, and see what the model does then: frozen, hashable, pure `edit(x) -> x`.

Each keeps the law that no edit lets a token see the future: the change at position t uses only positions up to t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int, need_one_of, need_real
from gpt.tap import HEAD_SITES, shape_of, sites_of
from gpt.trace import Trace


def check_place(config: GPTConfig, site: str, layer: int, head: int | None) -> None:
    """Raise ValueError, naming what there is, unless the model has this site, layer and head."""
    need_one_of("site", site, sites_of(config))
    if config.n_layer == 0:
        raise ValueError("This model has no blocks, so there is nothing to edit.")
    need_int("layer", layer, 0, config.n_layer - 1)
    if head is not None:
        need_one_of("site of a head's edit", site, HEAD_SITES)
        need_int("head", head, 0, config.n_head - 1)


def on_head(x: Tensor, head: int | None, new: Tensor) -> Tensor:
    """`new` everywhere, or, for x (B, H, ...), at one head only; x itself is left as it was."""
    if head is None:
        return new
    changed = x.clone()
    changed[:, head] = new[:, head]
    return changed


@dataclass(frozen=True)
class AblateHead:
    """Silence one head: what it hands on, z (H, T, D), becomes zero, or the mean of what it handed on so far.

    The mean runs over the positions up to each token, never over later ones (mean ablation: Wang et al. 2022,
    section 2).
    """

    layer: int
    head: int
    mode: str = "zero"
    site: str = field(default="z", init=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if the model has no such head."""
        need_one_of("mode", self.mode, ("zero", "mean"))
        check_place(config, self.site, self.layer, self.head)

    def __call__(self, x: Tensor) -> Tensor:
        """Map z (B, H, T, D) to z with this head silent."""
        count = torch.arange(1, x.shape[2] + 1)[:, None]  # (T, 1)
        new = torch.zeros_like(x) if self.mode == "zero" else x.cumsum(2) / count  # (B, H, T, D)
        return on_head(x, self.head, new)


@dataclass(frozen=True)
class AblateNeuron:
    """Silence one neuron of an MLP: what comes out of its activation becomes zero, so that it writes nothing."""

    layer: int
    neuron: int
    site: str = field(default="mlp_post", init=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if the model has no such neuron."""
        check_place(config, self.site, self.layer, None)
        need_int("neuron", self.neuron, 0, config.neurons - 1)

    def __call__(self, x: Tensor) -> Tensor:
        """Map mlp_post (B, T, N) to mlp_post with this neuron silent."""
        changed = x.clone()  # (B, T, N)
        changed[..., self.neuron] = 0.0
        return changed


@dataclass(frozen=True)
class ScaleSite:
    """Turn one site up or down: multiply what flows there by a factor, at one head or at all."""

    site: str
    layer: int
    factor: float
    head: int | None = None

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such place, or the factor is not between -1000 and 1000."""
        check_place(config, self.site, self.layer, self.head)
        need_real("factor", self.factor, -1_000.0, 1_000.0)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, ...) to factor * x."""
        return on_head(x, self.head, x * self.factor)


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
