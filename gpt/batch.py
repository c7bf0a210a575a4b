"""Several texts that grow together, a token of each at a time: one pass reads what is new in all of them.

They begin with the same prompt and may part, join or be dropped later, as a beam's do. `decoder.py` reads one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from gpt.model import GPT
from gpt.past import Past


class Reads(Protocol):
    """What is needed of a model; `gpt.model.GPT` has it."""

    config: Any  # with a block_size

    def __call__(self, ids: Tensor, /) -> Tensor:
        """Ids (B, T) -> logits (B, T, V)."""
        ...


@dataclass(frozen=True)
class Continuation:
    """A text that was written on from a prompt."""

    ids: tuple[int, ...]  # what stands after the prompt
    nats: float  # the natural logarithm of its probability given the prompt, by the model itself: a sum over its tokens


class Batch:
    """B texts of the same length, read by one model; the keys and values of what was read are kept while they hold.

    Once the window slides, without the causal mask, and of a model with edits, every pass is a whole one (see
    `decoder.reader`).
    """

    def __init__(self, model: Reads, ids: Sequence[int]) -> None:
        """One text: the prompt. Raises ValueError when it is empty."""
        if not len(ids):
            raise ValueError("The prompt is empty, but it must hold at least one token for the model to continue.")
        self.model, self.tokens = model, torch.tensor([list(ids)])  # (1, N)
        self.past = Past()

    def logits(self) -> Tensor:
        """The logits (B, V) of each text's next token; to be asked once after each `grow`."""
        block = self.model.config.block_size
        with torch.no_grad():
            model = self.model
            if self.tokens.shape[1] > block or not isinstance(model, GPT) or not model.config.causal:
                return model(self.tokens[:, -block:])[:, -1]  # (B, V)
            return model(self.tokens[:, self.past.length :], past=self.past)[:, -1]  # (B, V)

    def grow(self, rows: Tensor, ids: Tensor) -> None:
        """Goes on with the texts `rows` (B',) of those there are, each with one more token of `ids` (B',)."""
        before = len(self.tokens)
        self.tokens = torch.cat([self.tokens[rows], ids[:, None]], dim=1)  # (B', N + 1)
        if not torch.equal(rows, torch.arange(before)):  # else all go on as they are: nothing is copied
            self.past.take(rows)
