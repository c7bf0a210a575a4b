"""How many numbers a model learns, by formulas of its settings. No torch."""

from __future__ import annotations

from gpt.config import GPTConfig


def parameters(config: GPTConfig) -> dict[str, int]:
    """How many numbers each part of a model learns; the sum is all of them (a tied output table counts once)."""
    V, T, C, L, N = config.vocab_size, config.block_size, config.n_embd, config.n_layer, config.neurons
    bias = int(config.bias)
    biased = 4 if config.qkv_bias else 1  # of an attention's four tables
    norms = 2 if config.feed_forward else 1
    gain = C * (1 + bias)
    return {
        "token_embedding": V * C,
        "position_embedding": T * C if config.position == "learned" else 0,
        "attention": L * (4 * C * C + bias * biased * C),
        "mlp": L * (2 * C * N + bias * (C + N)) if config.feed_forward else 0,
        "norms": L * norms * gain if config.norm != "none" else 0,
        "norm_final": gain if config.has_final_norm else 0,
        "unembed": V * C * (config.head == "untied") + V * config.has_output_bias,
    }


def count(config: GPTConfig) -> int:
    """How many numbers the whole model learns."""
    return sum(parameters(config).values())
