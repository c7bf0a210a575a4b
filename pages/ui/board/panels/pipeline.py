"""From logits to probabilities: the logits of one place, from which the browser computes every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from gpt.analysis.edit_lines import write_lines
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state import reading
from pages.ui.state.reading import Reading

AT_ONCE = 8_192  # logits that come with every key: 32 kB; of more tokens, once the typing has paused


@dataclass(frozen=True, kw_only=True, eq=False)
class Pipeline(Panel):
    """Logits, exactly as the model gave them. It tells settings as `knobs`, and `asked` as a choice."""

    name = "pipeline"
    T: int
    V: int
    N: int  # V, or 0 until they are asked for
    tokens: Sequence[str] = sized("T")
    ids: Sequence[int] = sized("T")
    vocabulary: Sequence[str] = sized("V")
    place: int  # of the token that one looks from
    key: str  # of this row
    settings: Mapping[str, Any]  # taken when `rev` changes
    rev: int
    logits: np.ndarray = array("float32", "N")


def key_of(seen: Reading) -> str:
    """What tells this row of logits from others."""
    asked, edits = (seen.inputs.model, seen.inputs.step, seen.ids[: seen.query + 1]), reading.stack_of(seen.inputs)
    asked = (*asked, write_lines(edits[0]), edits[1]) if edits[0] else asked
    return f"{crc32(repr(asked).encode()):08x}"


def panel(seen: Reading) -> Pipeline:
    """What the model says after the token that one looks from."""
    chosen, V, key = seen.inputs, len(seen.vocabulary), key_of(seen)
    row = np.zeros(0, np.float32)
    if seen.trace is not None and (V <= AT_ONCE or chosen.next_token.asked == key):
        row = np.ascontiguousarray(seen.trace.logits[seen.query].numpy())  # (V,)
    return Pipeline(
        T=len(seen.ids),
        V=V,
        N=len(row),
        tokens=seen.tokens,
        ids=seen.ids,
        vocabulary=seen.vocabulary,
        place=max(seen.query, 0),
        key=key,
        settings=chosen.knobs.to_json(),
        rev=chosen.rev_view,
        logits=row,
    )
