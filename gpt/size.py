"""How many numbers a model learns, by formulas of its settings. No torch."""

from __future__ import annotations

from gpt.config import GPTConfig


def parameters(config: GPTConfig) -> dict[str, int]:
    """How many numbers each part of a model learns; the sum is all of them (a tied output table counts once)."""
    V, T, C, L = config.vocab_size, config.block_size, config.n_embd, config.n_layer
    bias = int(config.bias)
    norms = 2 if config.feed_forward else 1
    gain = C * (1 + bias)
    return {
        "token_embedding": V * C,
        "position_embedding": T * C if config.position == "learned" else 0,
        "attention": L * 4 * (C * C + bias * C),
        "mlp": L * (8 * C * C + bias * 5 * C) if config.feed_forward else 0,
        "norms": L * norms * gain if config.norm != "none" else 0,
        "norm_final": gain if config.norm == "pre" and L else 0,
        "unembed": V * C + bias * V if config.head == "untied" else 0,
    }


def count(config: GPTConfig) -> int:
    """How many numbers the whole model learns."""
    return sum(parameters(config).values())
