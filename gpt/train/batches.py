"""From text to batches: one long tensor of token ids, and windows cut out of it."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from gpt.config import ConfigError
from gpt.corpora import Corpus
from gpt.tokenizers import Tokenizer


def split_tokens(corpus: Corpus, tokenizer: Tokenizer, block_size: int) -> tuple[Tensor, Tensor]:
    """Training ids (N,) and validation ids (M,) int64. Raises ConfigError if either is too short for one window."""
    parts = []
    for name, text in zip(("training", "validation"), corpus.split(), strict=True):
        ids = torch.tensor(tokenizer.encode(text), dtype=torch.int64)  # (N,)
        if len(ids) <= block_size:
            raise ConfigError(
                f"The {name} part has {len(ids):,} tokens, but a context of {block_size} needs at least "
                f"{block_size + 1}: choose a smaller block_size or a longer text."
            )
        parts.append(ids)
    return parts[0], parts[1]


def draw_starts(length: int, block_size: int, batch_size: int, generator: Generator) -> Tensor:
    """Where the windows of a batch begin, (B,): anywhere in `length` ids, so that a target follows each input."""
    return torch.randint(length - block_size, (batch_size,), generator=generator)  # (B,)


def batch(ids: Tensor, block_size: int, batch_size: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Random windows of ids (N,): inputs (B, T), and targets (B, T), the same shifted by one."""
    starts = draw_starts(len(ids), block_size, batch_size, generator)  # (B,)
    windows = ids[starts[:, None] + torch.arange(block_size + 1)]  # (B, T + 1)
    return windows[:, :-1], windows[:, 1:]  # (B, T), (B, T)


def windows(ids: Tensor, block_size: int) -> tuple[Tensor, Tensor]:
    """All non-overlapping windows of ids (N,), in order: inputs (W, T) and targets (W, T).

    Raises ConfigError when there is not one.
    """
    if len(ids) <= block_size:
        raise ConfigError(f"{len(ids):,} tokens are too few for a context of {block_size}: give a longer text.")
    count = (len(ids) - 1) // block_size
    span = count * block_size
    return ids[:span].view(count, block_size), ids[1 : span + 1].view(count, block_size)  # (W, T), (W, T)
