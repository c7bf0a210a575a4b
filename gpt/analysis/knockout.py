"""What a prediction needs: every head, every MLP, every token silent in turn, and what that changes.

Sources: Michel et al. 2019, "Are Sixteen Heads Really Better than One?" (heads to zero), Wang et al. 2022, section 2
(to a mean), Heimersheim & Nanda 2024 (to what another prompt has there).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.variants import Effects, effects
from gpt.config import GPTConfig, need_one_of
from gpt.edits import AblateHead, AblateSite, PatchRow, SilenceToken, patch_from, row_from
from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import Trace

BY = {
    "zero": "nothing",
    "mean": "the mean so far",
    "other": "what another prompt has there",
}  # what takes the place of a silent part


@dataclass(frozen=True)
class Knockouts:
    """The effect of every part that can be silent, and the edit that silences it."""

    heads: tuple[Edit, ...]  # L x H, layer by layer
    mlps: tuple[Edit, ...]  # L; none without a feed-forward part
    tokens: tuple[Edit, ...]  # T
    found: Effects  # of all of them, in this order

    def grid(self, values: Tensor, n_head: int) -> Tensor:
        """The heads' part of a row of the effects (N,), as (L, H)."""
        return values[: len(self.heads)].view(-1, n_head)

    def of_mlps(self, values: Tensor) -> Tensor:
        """The MLPs' part, (L,)."""
        return values[len(self.heads) : len(self.heads) + len(self.mlps)]

    def of_tokens(self, values: Tensor) -> Tensor:
        """The tokens' part, (T,)."""
        return values[len(self.heads) + len(self.mlps) :]


def silent_head(layer: int, head: int, by: str, other: Trace | None) -> Edit:
    """The edit that silences a head."""
    return patch_from(source(other), "z", layer, head) if by == "other" else AblateHead(layer, head, by)


def silent_mlp(layer: int, by: str, other: Trace | None) -> Edit:
    """The edit that silences an MLP."""
    return patch_from(source(other), "mlp_out", layer) if by == "other" else AblateSite("mlp_out", layer, by)


def silent_token(position: int, by: str, other: Trace | None) -> SilenceToken | PatchRow:
    """The edit that lets the model not read a token."""
    return row_from(source(other), "resid_pre", 0, position) if by == "other" else SilenceToken(position, by)


def source(other: Trace | None) -> Trace:
    """The other prompt's trace. Raises ValueError if there is none."""
    if other is None:
        raise ValueError("To put in what another prompt has there, name that prompt: as many tokens as this one.")
    return other


def knockouts(
    model: GPT,
    ids: Sequence[int],
    position: int,
    token: int | None = None,
    by: str = "zero",
    other: Trace | None = None,
    with_edits: Sequence[Edit] = (),
) -> Knockouts:
    """Silence every head, MLP and token up to `position`, one at a time, and measure the prediction there.

    `with_edits` are made in all of them, before; the effects are measured against the prediction with those alone.
    Raises ValueError for a model without blocks, for `by` "other" without another prompt of as many tokens, and as
    `effects`.
    """
    need_one_of("by", by, tuple(BY))
    config: GPTConfig = model.config
    if not config.n_layer:
        raise ValueError("This model has no blocks: nothing in it can be silenced. Choose one with blocks.")
    layers, heads = range(config.n_layer), range(config.n_head)
    heads_off = tuple(silent_head(layer, head, by, other) for layer in layers for head in heads)
    mlps_off = tuple(silent_mlp(layer, by, other) for layer in layers if config.feed_forward)
    tokens_off = tuple(silent_token(t, by, other) for t in range(len(ids)))
    stacks = [(edit,) for edit in (*heads_off, *mlps_off, *tokens_off)]
    return Knockouts(heads_off, mlps_off, tokens_off, effects(model, ids, stacks, position, token, with_edits))
