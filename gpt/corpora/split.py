"""Where a text is cut: its first 90 % to train on, the rest to judge with. Standard library only."""

from __future__ import annotations

TRAIN_SHARE = 0.9


def split_at(length: int) -> int:
    """How many of `length` characters (or lines) are there to train on."""
    return int(TRAIN_SHARE * length)


def too_short(length: int, block_size: int) -> str:
    """What to do about a text that cannot give each part one window of the context; nothing when it can."""
    need = block_size + 1
    shortest = min(split_at(length), length - split_at(length))
    if shortest >= need:
        return ""
    fits = max(shortest - 1, 0)
    advice = f"choose a context of {fits} or less, or a longer text" if fits else "take a longer text"
    return (
        f"The text has {length:,} characters, but a context of {block_size} needs {10 * need:,}, "
        f"since the last tenth is kept for judging: {advice}."
    )
