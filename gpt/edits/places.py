"""Where an edit can be made: checks that say what there is instead."""

from __future__ import annotations

import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int, need_one_of
from gpt.tap import HEAD_SITES, sites_of

ROW_SITES = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")  # one vector (C,) a token
HEAD_ROW_SITES = ("q", "k", "v", "z")  # one vector (D,) a token and head


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


def check_row(config: GPTConfig, site: str, position: int, T: int) -> None:
    """Raise ValueError unless the site has one vector a token, and the prompt such a token."""
    need_one_of("site of a token's edit", site, ROW_SITES)
    need_int("position", position, 0, T - 1)


def mean_so_far(x: Tensor) -> Tensor:
    """At every token the mean of x (..., T, C) up to there: no token sees a later one."""
    return x.cumsum(-2) / torch.arange(1, x.shape[-2] + 1)[:, None]  # (..., T, C)
