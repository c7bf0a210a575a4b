"""The token table and the position table: their numbers, and the cosine of every two rows, which the browser finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.ui.board.panel import Panel, array, sized
from pages.ui.derived import embeddings as derived
from pages.ui.state.choices.embeddings import TABLES, shown
from pages.ui.state.reading import Reading

FULL = 3  # standard deviations that get the full colour


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables(Panel):
    """Rows of one table. It tells `choice`: which table, in which order, from which row on."""

    name = "tables"
    R: int  # rows shown
    C: int
    V: int  # rows that the table has
    of: str  # another one: other numbers
    which: str
    order: str
    start: int
    orders: Sequence[str]
    names: Sequence[str] = sized("R")
    ids: Sequence[int] = sized("R")
    row: Sequence[int]  # (T,) of each of the prompt's tokens, or -1: out of sight
    shade: float  # the number that gets the full colour
    sentence: str
    values: np.ndarray = array("float32", "R", "C")


def panel(seen: Reading) -> Tables:
    """The chosen table's rows, as many as are shown at once."""
    chosen = seen.inputs.embeddings
    ids, table, tokens = shown(seen.inputs, seen.checkpoint.model if chosen.table == TABLES[0] else seen.model)
    V, C = (0 if table is None else len(table)), seen.config.n_embd
    order = chosen.order if tokens else "id"
    start = min(chosen.start, max(0, V - derived.room(C)))
    values = np.zeros((0, C), np.float32) if table is None else table.detach()[list(ids)].float().numpy()
    place = {one: r for r, one in enumerate(ids)}
    return Tables(
        R=len(ids),
        C=C,
        V=V,
        of=f"{seen.inputs.model} {seen.inputs.step} {chosen.table} {order} {start} {chosen.scheme} {len(seen.ids)}",
        which=chosen.table,
        order=order,
        start=start,
        orders=derived.ORDERS if tokens else ("id",),
        names=[seen.vocabulary[i] if tokens else str(i + 1) for i in ids],
        ids=ids,
        row=[place.get(i, -1) for i in (seen.ids if tokens else range(len(seen.ids)))],
        shade=float(FULL * values.std()) if values.size else 1.0,
        sentence=sentence(seen, tokens, V, len(ids), start),
        values=values,
    )


def sentence(seen: Reading, tokens: bool, V: int, shown: int, start: int) -> str:
    """What is shown, and of how many rows."""
    C, what = seen.config.n_embd, "token" if tokens else "position"
    if not V:
        return (
            "This model has no position vectors: the order of the text is told by the mask alone, or not at all. "
            "Choose “shakespeare” or “mini” to see some."
        )
    computed = seen.config.position != "learned" or seen.model is not seen.checkpoint.model
    learned = "computed" if computed and not tokens else "learned"
    part = "" if shown == V else f" Shown: {start + 1:,} to {start + shown:,}."
    return f"{V:,} {what}s × {C} {learned} numbers.{part}"
