"""What a prediction needs: every head, every MLP, every token silent in turn, every edge cut, and what that changes.

Each is a line of a stack of edits (`gpt.analysis.stacks`), so that what was measured can be kept.
Sources: Michel et al. 2019, "Are Sixteen Heads Really Better than One?" (heads to zero), Wang et al. 2022, section 2
(to a mean), Heimersheim & Nanda 2024 (to what another prompt has there), Geva et al. 2023, section 3 (edges cut).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.edit_lines import Line
from gpt.analysis.stacks import edits_of
from gpt.analysis.variants import Effects, effects
from gpt.config import GPTConfig, need_one_of
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

    heads: tuple[Line, ...]  # L x H, layer by layer
    mlps: tuple[Line, ...]  # L; none without a feed-forward part
    tokens: tuple[Line, ...]  # T
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


def head_lines(config: GPTConfig, by: str) -> list[Line]:
    """Every head silent by itself, layer by layer: L x H."""
    places = [(layer, head) for layer in range(config.n_layer) for head in range(config.n_head)]
    if by == "other":
        return [Line("patch", site="z", layer=layer, head=head) for layer, head in places]
    return [Line("head", layer=layer, head=head, mode=by) for layer, head in places]


def mlp_lines(config: GPTConfig, by: str) -> list[Line]:
    """Every MLP silent by itself: L, or none."""
    layers = range(config.n_layer if config.feed_forward else 0)
    if by == "other":
        return [Line("patch", site="mlp_out", layer=layer) for layer in layers]
    return [Line("mlp", layer=layer, mode=by) for layer in layers]


def token_lines(tokens: Sequence[int], by: str) -> list[Line]:
    """Each of these tokens not read: what goes into the first block is silent there."""
    if by == "other":
        return [Line("patch", site="resid_pre", layer=0, token=t) for t in tokens]
    return [Line("token", token=t, mode=by) for t in tokens]


def edge_lines(config: GPTConfig, T: int, query: int, layer: int | None = None, head: int | None = None) -> list[Line]:
    """One token no longer sees another, each that it can see in turn: at all heads, those of a layer, or one."""
    if (query + 1 if config.causal else T) < 2:
        return []  # it sees nothing but itself: that edge cannot change
    keys = range(query + 1 if config.causal else T)
    return [Line("cut", layer=layer, head=head, token=query, key=key) for key in keys]


def check_other(config: GPTConfig, position: int, T: int, other: int) -> None:
    """Raise ValueError unless another prompt of `other` tokens has one for each that the prediction sees."""
    needed = position + 1 if config.causal else T
    if not other:
        raise ValueError(f"To put in what another prompt has there, name that prompt: {needed} tokens, or more.")
    if config.causal and other < needed:
        raise ValueError(
            f"The other prompt has {other} token{'' if other == 1 else 's'} and the prediction sees {needed} of this "
            f"one: make it at least {needed} long."
        )
    if not config.causal and other != T:
        raise ValueError(f"Without the causal mask both must be equally long; they have {other} and {T} tokens.")


def measured(
    model: GPT,
    ids: Sequence[int],
    lines: Sequence[Line],
    position: int,
    token: int | None = None,
    other: Trace | None = None,
    with_edits: Sequence[Edit] = (),
    base: Trace | None = None,
) -> Effects:
    """What each line by itself changes of a prediction, on top of `with_edits`.

    `other` is the trace of the other prompt, for lines that take from it; `base` the pass with `with_edits` alone, if
    it is there. Raises ValueError as `effects`, and for another prompt that is missing or too short.
    """
    if any(line.kind == "patch" for line in lines):
        check_other(model.config, position, len(ids), 0 if other is None else len(other.logits))
    return effects(model, ids, [edits_of(model, line, other) for line in lines], position, token, with_edits, base)


def knockouts(
    model: GPT,
    ids: Sequence[int],
    position: int,
    token: int | None = None,
    by: str = "zero",
    other: Trace | None = None,
    with_edits: Sequence[Edit] = (),
) -> Knockouts:
    """Silence every head, MLP and token, one at a time, and measure the prediction at `position`.

    `with_edits` are made in all of them, before; the effects are measured against the prediction with those alone.
    Raises ValueError for a model without blocks, for `by` "other" without another prompt that is long enough, and as
    `effects`.
    """
    need_one_of("by", by, tuple(BY))
    config = model.config
    if not config.n_layer:
        raise ValueError("This model has no blocks: nothing in it can be silenced. Choose one with blocks.")
    heads, mlps, tokens = head_lines(config, by), mlp_lines(config, by), token_lines(range(len(ids)), by)
    found = measured(model, ids, [*heads, *mlps, *tokens], position, token, other, with_edits)
    return Knockouts(tuple(heads), tuple(mlps), tuple(tokens), found)
