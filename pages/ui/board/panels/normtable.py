"""The 3 x 3 table of the tutorials: layer norm levels rows, batch norm columns, on the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.analysis.layer_norms import leak
from gpt.numerals import short
from pages.ui.board.norms_seen.view import View
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class NormTable(Panel):
    """What the two do on the visitor's prompt; the table itself lives in the browser."""

    name = "normtable"
    eps: float
    own: str  # the same on the numbers of this prompt; "": fewer than three tokens


def panel(seen: Reading, view: View | None) -> NormTable:
    """How far the first token's numbers move when the last token is left out."""
    own = ""
    if view is not None and len(seen.ids) > 2:
        layer, batch = leak(view.every.before[view.index])
        own = (
            f"On your prompt, {view.name}: leave out the last token {quoted(seen.tokens[-1])}, and the first one's "
            f"levelled numbers move by up to {short(batch)} under batch norm, by {short(layer)} under layer norm. "
            "Batch norm would tell the first token of the last."
        )
    return NormTable(eps=1e-5, own=own)
