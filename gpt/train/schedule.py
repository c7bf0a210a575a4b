"""When things happen in a run: the learning rate at each step, and the steps that are kept. No torch."""

from __future__ import annotations

import math

from gpt.config import TrainConfig


def rate(step: int, train: TrainConfig) -> float:
    """The learning rate at `step` (0-based) as a share of its peak: warm-up, then constant, cosine or linear."""
    if step < train.warmup:
        return (step + 1) / train.warmup
    if train.schedule == "constant":
        return 1.0
    if train.schedule == "cosine":  # down to a tenth, as nanoGPT does
        done = (step - train.warmup) / max(1, train.steps - train.warmup)
        return 0.1 + 0.45 * (1.0 + math.cos(math.pi * min(1.0, done)))
    falling_from = max(train.warmup, int(train.decay_from * train.steps))
    return min(1.0, max(0.0, (train.steps - step) / max(1, train.steps - falling_from)))


def snapshot_steps(steps: int, count: int) -> list[int]:
    """At most `count` steps from 0 to `steps`, spaced by equal ratios: most of the learning happens early."""
    if count > steps:
        return list(range(steps + 1))
    kept = {0, steps}
    points = count
    while len(kept) < count:  # small steps round to the same number, so ask for more points until enough are left
        kept = {0, steps} | {round(steps ** (i / (points - 1))) for i in range(points)}
        points += 1
    ordered = sorted(kept)  # one point more can bring two steps more: then an early one goes, never a late one
    return ordered[:2] + ordered[2 + len(ordered) - count :]
