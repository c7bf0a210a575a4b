"""A vocabulary as a table: every token with its id, kind, and how often it stands in the model's text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gpt.analysis.token_kinds import KINDS, kind
from pages.ui import cache
from pages.ui.derived import tokens
from pages.ui.shared import shared

ORDERS: dict[str, Callable[[Any], Any]] = {
    "id": lambda entry: entry.id,
    "token": lambda entry: (entry.token, entry.id),
    "kind": lambda entry: (KINDS.index(entry.kind), entry.id),
    "count": lambda entry: (-(entry.count or 0), entry.id),
}


@dataclass(frozen=True)
class Entry:
    """One token of the vocabulary."""

    id: int
    token: str
    kind: str
    count: int | None  # None: the text is not here, or not in tokens yet
    rank: int | None  # 1: the most frequent
    share: float | None


def entries(name: str) -> tuple[Entry, ...]:
    """All tokens of a model by id, as far as they are counted."""
    work = tokens.ids_of(name)
    return found(name, work is not None and work.result is not None)


@shared(64)
def found(name: str, counted: bool) -> tuple[Entry, ...]:
    """All tokens by id, counted or not."""
    vocabulary = cache.model(name, cache.offered()[name].steps[-1]).tokenizer.tokens
    if not counted:
        return tuple(Entry(i, token, kind(token), None, None, None) for i, token in enumerate(vocabulary))
    counts = tokens.counted(name, len(vocabulary))
    total = max(sum(counts), 1)
    rank = {i: place for place, i in enumerate(sorted(range(len(counts)), key=lambda i: (-counts[i], i)), 1)}
    return tuple(
        Entry(i, token, kind(token), counts[i], rank[i], counts[i] / total) for i, token in enumerate(vocabulary)
    )


def ordered(some: Sequence[Entry], order: str) -> list[Entry]:
    """In one of ORDERS."""
    return sorted(some, key=ORDERS[order])
