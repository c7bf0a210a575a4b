"""How numbers and tokens are written in the sentences of the panels."""

from __future__ import annotations

from gpt.figures.glyphs import glyph


def tiny(difference: float) -> str:
    """A difference that is next to nothing, or nothing."""
    return f"{difference:.0e}" if difference else "0"


def quoted(token: str) -> str:
    """A token in a sentence: “·”."""
    return f"“{glyph(token)}”"
