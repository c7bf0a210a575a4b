"""Parts of the model silent, turned up or down, or pushed in a direction."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int, need_one_of, need_real
from gpt.edits.places import ROW_SITES, check_place, check_row, mean_so_far, on_head

MODES = ("zero", "mean")  # what takes the place of a silent part: nothing, or the mean of what it said so far
LARGEST = 1_000.0  # of a factor


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
        need_one_of("mode", self.mode, MODES)
        check_place(config, self.site, self.layer, self.head)

    def __call__(self, x: Tensor) -> Tensor:
        """Map z (B, H, T, D) to z with this head silent."""
        new = torch.zeros_like(x) if self.mode == "zero" else mean_so_far(x)  # (B, H, T, D)
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
        need_real("factor", self.factor, -LARGEST, LARGEST)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, ...) to factor * x."""
        return on_head(x, self.head, x * self.factor)


@dataclass(frozen=True)
class AblateSite:
    """Silence what a whole part writes, attn_out or mlp_out: zero, or the mean of what it wrote so far."""

    site: str
    layer: int
    mode: str = "zero"

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if the model has no such part."""
        need_one_of("mode", self.mode, MODES)
        need_one_of("site of a silent part", self.site, ("attn_out", "mlp_out"))
        check_place(config, self.site, self.layer, None)

    def __call__(self, x: Tensor) -> Tensor:
        """Map what is written (B, T, C) to zeros or means."""
        return torch.zeros_like(x) if self.mode == "zero" else mean_so_far(x)  # (B, T, C)


@dataclass(frozen=True)
class SilenceToken:
    """Let the model not read one token: the stream into the first block is, at its place, zero or the mean so far."""

    position: int
    mode: str = "zero"
    site: str = field(default="resid_pre", init=False)
    layer: int = field(default=0, init=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such token."""
        need_one_of("mode", self.mode, MODES)
        check_place(config, self.site, self.layer, None)
        check_row(config, self.site, self.position, T)

    def __call__(self, x: Tensor) -> Tensor:
        """Map the stream (B, T, C) to one without this token."""
        changed = x.clone()  # (B, T, C)
        at = self.position
        changed[:, at] = 0.0 if self.mode == "zero" else x[:, : at + 1].mean(1)  # (B, C)
        return changed


@dataclass(frozen=True)
class AddDirection:
    """Push the stream: add a vector (C,) times a factor at every token, or at one (Turner et al. 2023, section 3).

    The vector travels as bytes, so that the edit can be hashed and compared. See `direction`.
    """

    site: str
    layer: int
    factor: float
    data: bytes = field(repr=False)
    position: int | None = None

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such place, or the vector is none of this model's."""
        check_place(config, self.site, self.layer, None)
        need_one_of("site of a direction", self.site, ROW_SITES)
        need_real("factor", self.factor, -LARGEST, LARGEST)
        if self.position is not None:
            check_row(config, self.site, self.position, T)
        count = len(self.data) // 4
        if len(self.data) != 4 * config.n_embd:
            raise ValueError(f"The direction has {count} numbers, this model's stream {config.n_embd}: use one model.")
        if not self.vector().isfinite().all():
            raise ValueError("The direction holds numbers that are not finite: nothing to push with.")

    def vector(self) -> Tensor:
        """The direction, (C,)."""
        return torch.from_numpy(np.frombuffer(self.data, dtype=np.float32).copy())  # (C,)

    def __call__(self, x: Tensor) -> Tensor:
        """Map the stream (B, T, C) to x + factor * vector."""
        if self.position is None:
            return x + self.factor * self.vector()  # (B, T, C)
        changed = x.clone()  # (B, T, C)
        changed[:, self.position] += self.factor * self.vector()
        return changed


def direction(site: str, layer: int, factor: float, vector: Tensor, position: int | None = None) -> AddDirection:
    """An edit that adds `factor` times a vector (C,)."""
    data = vector.detach().to(torch.float32).contiguous().numpy().tobytes()
    return AddDirection(site, layer, factor, data, position)


@dataclass(frozen=True)
class AddDifference(AddDirection):
    """Push the stream from what this prompt has in the mean towards a vector (C,): the other prompt's mean.

    What is added is factor * (vector - mean so far), so that no token sees a later one; at the last token it is the
    difference of both prompts' means (Turner et al. 2023, section 3).
    """

    def __call__(self, x: Tensor) -> Tensor:
        """Map the stream (B, T, C) to x + factor * (vector - the mean of x so far)."""
        pushed = x + self.factor * (self.vector() - mean_so_far(x))  # (B, T, C)
        if self.position is None:
            return pushed
        changed = x.clone()  # (B, T, C)
        changed[:, self.position] = pushed[:, self.position]
        return changed
