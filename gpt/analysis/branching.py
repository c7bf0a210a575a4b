"""Variants of one pass that share whatever is the same in all: each begins at the first layer and token it changes.

What comes before an edit is taken from one recorded pass: the stream into the edit's layer, and of the tokens before
it the keys and values (as with the cache of a text that is read on, `gpt.past`). Of the last layer only the row whose
prediction is wanted is computed. Equal to single passes to 1e-5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from gpt.edits import AddDirection, PatchRow, SetWeight, SilenceToken
from gpt.model import GPT, Block
from gpt.past import Past
from gpt.tap import Edit
from gpt.trace import Trace

Stack = Sequence[Edit]  # edits that are made together, in their order

ROWS = 4_096  # tokens of all variants of one pass at most
NUMBERS = 2**24  # of the largest tensor of one pass at most
NEAR = 8  # tokens: variants that begin so near to each other begin together


def first_token(edit: Edit) -> int:
    """The first token whose vectors an edit can change."""
    if isinstance(edit, SetWeight):
        return edit.query
    if isinstance(edit, SilenceToken | PatchRow | AddDirection):
        return edit.position or 0
    return 0


@dataclass(frozen=True)
class Branch:
    """Where some variants leave the recorded pass: before this layer, at this token; `rows` are their places."""

    layer: int
    start: int
    rows: tuple[int, ...]


def branches(model: GPT, stacks: Sequence[Stack], position: int, T: int) -> Iterator[Branch]:
    """Variants that leave the pass near to each other, as many at a time as memory allows."""
    config, found = model.config, dict[tuple[int, int], list[tuple[int, int]]]()
    for row, stack in enumerate(stacks):
        start = min((first_token(edit) for edit in stack), default=0) if config.causal else 0
        layer = min((edit.layer for edit in stack), default=0)
        if start <= position:  # else it changes nothing that the prediction sees
            found.setdefault((layer, start // NEAR), []).append((start, row))
    end = position + 1 if config.causal else T
    for (layer, _), some in found.items():
        start = min(start for start, _ in some)
        tokens = end - start
        largest = max(config.n_head * tokens * end, tokens * config.neurons, config.vocab_size)
        rows = max(1, min(ROWS // tokens, NUMBERS // largest))
        for first in range(0, len(some), rows):
            yield Branch(layer, start, tuple(row for _, row in some[first : first + rows]))


class Recorded:
    """A tap on the rest of a pass: it makes each row's own edits after those that all have in common.

    The rows hold the tokens `start` to `end` alone; an edit is given all tokens, the others as they were recorded.
    """

    def __init__(self, base: Trace, branch: Branch, end: int, common: Stack, stacks: Sequence[Stack]) -> None:
        self.base, self.branch, self.end = base, branch, end
        self.common = [edit for edit in common if edit.layer >= branch.layer]
        self.own = [(i, edit) for i, row in enumerate(branch.rows) for edit in stacks[row]]

    def quiet(self, layer: int) -> bool:
        """Whether nothing is edited in a layer."""
        return all(edit.layer != layer for edit in (*self.common, *(edit for _, edit in self.own)))

    def __call__(self, site: str, layer: int, x: Tensor) -> Tensor:
        """Map x (B, ..., tokens, .) to x with the edits."""
        entered = (site, layer) == ("resid_pre", self.branch.layer)  # where the recorded edits are made already
        common = [edit for edit in self.common if not entered and (edit.site, edit.layer) == (site, layer)]
        own = [(i, edit) for i, edit in self.own if (edit.site, edit.layer) == (site, layer)]
        for edit in common:
            x = self.made(edit, x)
        if own:
            x = x.clone()  # (B, ...)
            for i, edit in own:
                x[i : i + 1] = self.made(edit, x[i : i + 1])
        return x

    def made(self, edit: Edit, x: Tensor) -> Tensor:
        """What an edit makes of x (B, ..., tokens, .), which is put where it stands among all tokens."""
        whole = getattr(self.base, edit.site)[edit.layer].expand(len(x), *(-1,) * (x.dim() - 1)).clone()  # (B, ...)
        across = slice(0, self.end if edit.site in ("scores", "pattern") else None)
        whole[..., self.branch.start : self.end, across] = x
        return edit(whole)[..., self.branch.start : self.end, across]


def predictions(
    model: GPT, base: Trace, stacks: Sequence[Stack], position: int, common: Stack = ()
) -> Iterator[tuple[tuple[int, ...], Tensor]]:
    """The logits at one position of every variant, of some at a time: (places in `stacks`, (B, V)).

    `base` is the pass with the edits that all have in `common`. What is not told is as there. Edits are not checked.
    """
    T = len(base.logits)
    for branch in branches(model, stacks, position, T):
        with torch.no_grad():
            yield branch.rows, rest_of_pass(model, base, branch, stacks, position, common)


def rest_of_pass(
    model: GPT, base: Trace, branch: Branch, stacks: Sequence[Stack], position: int, common: Stack
) -> Tensor:
    """The logits (B, V) of one branch."""
    config, B, start = model.config, len(branch.rows), branch.start
    end = position + 1 if config.causal else len(base.logits)
    tap = Recorded(base, branch, end, common, stacks)
    past = None
    if config.causal:
        past = Past()
        past.length = start
        past.layers = [(seen(k, start, B), seen(v, start, B)) for k, v in zip(base.k, base.v, strict=True)]
    x = base.resid_pre[branch.layer, start:end].expand(B, -1, -1)  # (B, tokens, C)
    for layer in range(branch.layer, config.n_layer):
        block = cast(Block, model.blocks[layer])
        if past is not None and layer == config.n_layer - 1 and tap.quiet(layer) and x.shape[1] > 1:
            before = x[:, :-1]  # (B, tokens - 1, C)
            attn, before = block.attn, block.norm1(before) if config.norm == "pre" else before
            past.extend(layer, attn.split(attn.key(before)), attn.split(attn.value(before)))
            x = x[:, -1:]  # (B, 1, C)
        x = block(x, tap, layer, past)  # (B, tokens, C)
    return model.unembed_stream(x[:, -1 if config.causal else position])  # (B, V)


def seen(flow: Tensor, start: int, B: int) -> Tensor:
    """Keys or values (H, T, D) of the first tokens, for each of B rows: (B, H, start, D)."""
    return flow[None, :, :start].expand(B, -1, -1, -1)
