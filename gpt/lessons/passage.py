"""A student's text as one rung reads it: the tokens that it sees, and everything that flows inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.perplexity import surprise
from gpt.checkpoint import Checkpoint
from gpt.lessons import trained
from gpt.tap import Edit
from gpt.trace import Trace, trace


@dataclass(frozen=True)
class Passage:
    """The last tokens of a text, at most as many as the rung sees at once."""

    loaded: Checkpoint
    ids: tuple[int, ...]  # (T,)
    tokens: tuple[str, ...]  # (T,)
    trace: Trace

    @property
    def pattern(self) -> Tensor:
        """All heads' attention, (L, H, T, T)."""
        return self.trace.pattern

    @property
    def loss(self) -> float | None:
        """Nats a character, over all but the first; None for a single one, which nothing predicts."""
        return float(surprise(self.trace.logits, self.ids).mean()) if len(self.ids) > 1 else None


def read(rung: str, text: str, edits: Sequence[Edit] = ()) -> Passage:
    """Let a rung read a text, with what flows changed by `edits`.

    Characters that it does not know are left out. Raises ValueError when none is left, NotTrained for a rung that is
    not here.
    """
    loaded = trained.load(rung)
    ids = tuple(trained.known_ids(loaded, text)[-loaded.config.block_size :])
    tokens = tuple(loaded.tokenizer.tokens[i] for i in ids)
    return Passage(loaded, ids, tokens, trace(loaded.model, ids, edits))
