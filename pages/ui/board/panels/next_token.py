"""What comes next, with its knobs and the draw that is waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gpt import sampling
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

MOST_NUMBERS = 1 << 15  # logits that are sent at once: every position of 65 tokens, the last 32 of 1,024


@dataclass(frozen=True, kw_only=True, eq=False)
class NextToken(Panel):
    """Logits, exactly as the model gave them: of every position, or with very many tokens of the last ones and the pin.

    It tells settings as `knobs`.
    """

    name = "next"
    T: int
    V: int
    tokens: Sequence[str] = sized("T")
    ids: Sequence[int] = sized("T")  # what the repetition penalty is about
    vocabulary: Sequence[str] = sized("V")
    settings: Mapping[str, Any]  # taken when `rev` changes
    rev: int
    index: int  # how many were drawn
    u: float  # the next draw's number, from 0 to 1
    start: int  # the first position that is told
    U: int  # how many positions are
    P: int  # 1 if the token that one looks from lies before them, and is told by itself
    query: int
    logits: np.ndarray = array("float32", "U", "V")
    before: np.ndarray = array("float32", "P", "V")


@lru_cache(1_024)
def draw(seed: int, index: int) -> float:
    """The number that decides a draw; found once, for keys seldom change it."""
    return sampling.draw(seed, index)


def first_told(T: int, V: int) -> int:
    """The first position whose logits are sent: with very many tokens it moves only now and then, not with each key."""
    room = max(2, MOST_NUMBERS // V)
    step = room // 2
    return 0 if T <= room else -(-(T - room) // step) * step


def panel(seen: Reading) -> NextToken:
    """What the model says after each token."""
    chosen, T, V = seen.inputs, len(seen.ids), len(seen.vocabulary)
    drawn, start = len(chosen.written), first_told(T, V)
    logits = np.zeros((0, V), np.float32) if seen.trace is None else seen.trace.logits.numpy()  # (T, V)
    before = logits[seen.query : seen.query + 1] if T and seen.query < start else logits[:0]  # (P, V)
    return NextToken(
        T=T,
        V=V,
        tokens=seen.tokens,
        ids=seen.ids,
        vocabulary=seen.vocabulary,
        settings=chosen.knobs.to_json(),
        rev=chosen.rev_view,
        index=drawn,
        u=draw(chosen.knobs.seed, drawn),
        start=start,
        U=T - start,
        P=len(before),
        query=seen.query,
        logits=logits[start:],
        before=before,
    )
