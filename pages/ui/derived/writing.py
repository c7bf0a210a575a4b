"""What is found once of written texts: each token's probability and rank, what else could have stood there, repeats."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from cachetools import LRUCache

from gpt.config import SamplingConfig
from pages.ui import cache
from pages.ui.cache import PLAIN, Stacked
from pages.ui.shared import shared

if TYPE_CHECKING:
    import numpy as np

    from gpt.analysis.cache_cost import Timing
    from gpt.analysis.expectations import Expectations
    from gpt.analysis.path_scores import Scores
    from gpt.batch import Continuation

Path = tuple[int, ...]
LIKELIEST = 20  # of what could have stood at a place
EIGHT, LONG = 8, 40  # continuations under each setting, and their tokens
LONG_EDITED = 12  # of them with edits, where each is a whole pass

_lock = threading.Lock()
_scores: LRUCache[tuple[str, int, Path, Path, Stacked], Scores] = LRUCache(8_192)


def scores(name: str, step: int, prompt: Path, path: Path, stack: Stacked = PLAIN) -> Scores:
    """The scores of a path after a prompt (not empty); only what no beginning of it was scored for is read."""
    from gpt.analysis.path_scores import NONE, of_path

    with _lock:
        known = next((n for n in range(len(path), 0, -1) if (name, step, prompt, path[:n], stack) in _scores), 0)
        found = _scores[name, step, prompt, path[:known], stack] if known else NONE
    if known < len(path):
        found += of_path(cache.reads(name, step, stack), prompt, path, known)
        with _lock:
            _scores[name, step, prompt, path, stack] = found
    return found


@shared(2_048)
def alternatives(
    name: str, step: int, prompt: Path, path: Path, stack: Stacked = PLAIN
) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest ids (K,) after a prompt and a path, and their probabilities (K,)."""
    from gpt.analysis import path_scores
    from gpt.decoder import whole

    return path_scores.alternatives(whole(cache.reads(name, step, stack), (*prompt, *path)), LIKELIEST)


@shared(8_192)
def repeats(path: Path) -> tuple[float | None, int]:
    """Of a path: the share of its pieces of four tokens that are different, and its longest repeated stretch."""
    from gpt.analysis import repetition

    return repetition.distinct(path), repetition.longest_repeat(path)


@shared(256)
def beams(name: str, step: int, ids: Path, n: int, width: int, stack: Stacked = PLAIN) -> tuple[Continuation, ...]:
    """What a beam of this width ends with."""
    from gpt import beam

    return beam.search(cache.reads(name, step, stack), ids, n, width)


def long(stack: Stacked = PLAIN) -> int:
    """How many tokens each of the continuations has."""
    return LONG_EDITED if stack[0] else LONG


@shared(128)
def continued(
    name: str, step: int, ids: Path, knobs: SamplingConfig, stack: Stacked = PLAIN
) -> tuple[Continuation, ...]:
    """Eight continuations by eight seeds, from that of the knobs on."""
    from gpt.config import LAST_SEED
    from gpt.continuations import continuations

    seeds = [(knobs.seed + i) % (LAST_SEED + 1) for i in range(EIGHT)]
    return continuations(cache.reads(name, step, stack), ids, replace(knobs, seed=0), long(stack), seeds)


@shared(64)
def timing(name: str, step: int, ids: Path, turn: int) -> Timing:
    """Times the reading of the last token, with and without what was kept; as trained, measured anew each turn."""
    from gpt.analysis import cache_cost

    return cache_cost.measure(cache.model(name, step).model, ids)


@shared(256)
def expected(name: str, step: int, ids: Path, stack: Stacked = PLAIN) -> Expectations:
    """What the model expected at every position of what it reads."""
    from gpt.analysis.expectations import expectations

    trace = cache.edited(name, step, ids, *stack).trace if stack[0] else cache.trace(name, step, ids)
    return expectations(trace.logits, ids)
