"""Where one can look, and touch: the sites of a forward pass.

A tap is a function `(site, layer, x) -> x` that the model calls at each site. The default, `untapped`, hands `x` back
untouched. `Recorder` first applies edits, then writes down what flows on: reading and intervening are the same line of
model code, so what you see is what flows. Names follow TransformerLens, the field's usual ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from torch import Tensor

from gpt.config import GPTConfig

Tap = Callable[[str, int, Tensor], Tensor]

# Every site, in the order in which a token's vector passes it, with the shape it has for one layer.
SITES: dict[str, str] = {
    "resid_pre": "(T, C)",  # the residual stream on its way into the block
    "q": "(H, T, D)",  # what each token asks for
    "k": "(H, T, D)",  # what each token offers to be found by
    "v": "(H, T, D)",  # what each token hands over when it is looked at
    "scores": "(H, T, T)",  # q·k, scaled, before the mask: so no edit can let a token see the future
    "pattern": "(H, T, T)",  # the attention weights: masked, then softmax
    "z": "(H, T, D)",  # each head's weighted sum of values
    "attn_out": "(T, C)",  # what attention adds to the stream
    "resid_mid": "(T, C)",  # the stream between attention and MLP
    "mlp_pre": "(T, N)",  # the MLP's neurons before their activation
    "mlp_post": "(T, N)",  # and after it
    "mlp_out": "(T, C)",  # what the MLP adds to the stream
    "resid_post": "(T, C)",  # the stream on its way out of the block
}
HEAD_SITES = ("q", "k", "v", "scores", "pattern", "z")  # the sites that have one slice a head
MLP_SITES = ("mlp_pre", "mlp_post", "mlp_out")  # the sites that a model without feed-forward does not have


class Edit(Protocol):
    """A change of what flows at one site of one layer: hashable, and pure in `__call__`."""

    @property
    def site(self) -> str:
        """Which site it changes."""
        ...

    @property
    def layer(self) -> int:
        """In which layer, counted from 0."""
        ...

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if this edit cannot be made in such a model on T tokens."""

    def __call__(self, x: Tensor) -> Tensor:
        """What flows on instead of `x` (B, ...)."""
        ...


def untapped(site: str, layer: int, x: Tensor) -> Tensor:
    """Look at nothing, change nothing: the model may then take its fastest way."""
    return x


def sites_of(config: GPTConfig) -> tuple[str, ...]:
    """The sites that such a model has: without feed-forward there is no `mlp_*`."""
    return tuple(site for site in SITES if config.feed_forward or site not in MLP_SITES)


def shape_of(config: GPTConfig, site: str, T: int) -> tuple[int, ...]:
    """The shape that one layer has at a site, for T tokens: `SITES` in numbers."""
    if site in HEAD_SITES:
        return config.n_head, T, T if site in ("scores", "pattern") else config.head_size
    return T, config.neurons if site in ("mlp_pre", "mlp_post") else config.n_embd


class Recorder:
    """A tap that applies edits in their order and keeps what flows on, by site, one entry a layer."""

    def __init__(self, edits: Iterable[Edit] = ()) -> None:
        self.edits = tuple(edits)
        self.seen: dict[str, list[Tensor]] = {site: [] for site in SITES}

    def __call__(self, site: str, layer: int, x: Tensor) -> Tensor:
        """Edit and record `x` (B, ...) at this site; what is returned flows on."""
        for edit in self.edits:
            if edit.site == site and edit.layer == layer:
                x = edit(x)
        self.seen[site].append(x)
        return x
