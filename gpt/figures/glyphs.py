"""How a token is shown, the same on every page: blanks get a visible glyph, and a name to be read. No packages.

The browser's half is assets/components: `glyph` and `spoken` there give the same (a test compares them).
"""

from __future__ import annotations

import unicodedata

BLANKS = {" ": ("·", "space"), "\n": ("↵", "newline"), "\t": ("⇥", "tab"), "\r": ("␍", "return")}


def glyph(token: str) -> str:
    """A token as it is shown: nothing in it stays invisible. A newline is "↵", a zero-width space "U+200B"."""
    return "".join(BLANKS[char][0] if char in BLANKS else hidden(char) or char for char in token)


def named(token: str) -> str:
    """A token as tables show it: a blank's glyph with its name, "· space"."""
    return " ".join(BLANKS[token]) if token in BLANKS else glyph(token)


def hidden(char: str) -> str:
    """The number of a character that leaves no mark on a screen: "U+200B"; empty for any other."""
    return f"U+{ord(char):04X}" if unicodedata.category(char)[0] in "CZ" else ""
