"""What a training will cost, before it starts: memory and disk, by formulas of the settings. No torch.

A model that does not fit is refused with its number and with the nearest size that would do.
"""

from __future__ import annotations

import dataclasses

from gpt.config import EVAL_BATCH, FUSED_FROM, ConfigError, GPTConfig, TrainConfig
from gpt.runs import machine
from gpt.runs.folder import MODELS_KEPT
from gpt.size import count

TORCH = 335_000_000  # bytes that Python with torch takes before there is a model (measured: torch 2.13, CPU)
SLACK = 1.15  # what the allocator keeps beyond what is asked of it (measured)
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def memory(config: GPTConfig, train: TrainConfig) -> int:
    """Bytes at the peak of a training: torch, 16 a parameter (weight, gradient, two moments), and the dearest moment.

    That is a step (activations and logits), an evaluation (one layer's activations, but of a larger batch), or the
    saving of a state (weights and moments once more as numbers and once as the file's bytes).
    """
    V, T, C, L, H = config.vocab_size, config.block_size, config.n_embd, config.n_layer, config.n_head
    N = config.neurons if config.feed_forward else 0
    B, P = train.batch_size, count(config)
    widest = 2 * N + (10 if N else 9) * C  # numbers a token that live at once where nothing is kept to go back
    stream = L * (3 * N + (12 if N else 10) * C) + 4 * C  # numbers a token
    scores = L * 2 * H * T if T < FUSED_FROM else 0  # the fused attention keeps no scores
    step = 4 * B * T * (stream + scores + 3 * V)
    evaluation = 4 * EVAL_BATCH * T * (widest + 3 * V)
    saving = 24 * P
    return TORCH + round(SLACK * (16 * P + max(step, evaluation, saving)))


def disk(config: GPTConfig, train: TrainConfig) -> int:
    """Bytes that a run takes at most: its kept steps and the newest two states, while a third is written."""
    a_model = count(config) * (2 if train.storage == "fp16" else 4)
    return a_model * (MODELS_KEPT + 2) + 3 * 12 * count(config) + 1_000_000


def shown(size: float) -> str:
    """Bytes as people write them."""
    for unit, name in UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}" if size < 10 * unit else f"{size / unit:,.0f} {name}"
    return f"{size:.0f} bytes"


def fit(config: GPTConfig, train: TrainConfig, allowed: int | None = None) -> str:
    """Nothing when the training fits into `allowed` bytes (the budget), else the sentence that refuses it."""
    allowed = machine.budget() if allowed is None else allowed
    needed = memory(config, train)
    if needed <= allowed:
        return ""
    return (
        f"This training needs about {shown(needed)} of memory, and {shown(allowed)} may be used here: "
        f"{nearest(config, train, allowed)}."
    )


def nearest(config: GPTConfig, train: TrainConfig, allowed: int) -> str:
    """The smallest change that makes it fit: fewer sequences a step, else also a narrower or lower model."""
    made, batch = config, train.batch_size
    while True:
        while batch > 1 and memory(made, dataclasses.replace(train, batch_size=batch)) > allowed:
            batch //= 2
        if memory(made, dataclasses.replace(train, batch_size=batch)) <= allowed:
            break
        batch = min(train.batch_size, 8)
        smaller = smaller_than(made)
        if smaller is None:
            return "wait until other programs leave more free"
        made = smaller
    names = ("n_layer", "n_embd", "block_size")
    parts = [f"{name} {getattr(made, name)}" for name in names if getattr(made, name) != getattr(config, name)]
    if batch != train.batch_size:
        parts.append(f"batch_size {batch}")
    return f"{', '.join(parts)} would fit"


def smaller_than(config: GPTConfig) -> GPTConfig | None:
    """The same model with half of what makes it large; None when there is nothing left to halve."""
    for name, floor in (("n_embd", 256), ("n_layer", 2), ("block_size", 64), ("n_embd", 16)):
        value = getattr(config, name)
        if value // 2 >= floor:
            try:
                return dataclasses.replace(config, **{name: value // 2})
            except ConfigError:  # heads that no longer divide the width, or a width that is the vocabulary
                continue
    return None
