"""What a stranger's file says, made fit to be quoted in a sentence."""

from __future__ import annotations


def printable(text: str, most: int) -> str:
    """The text on one line, without half characters and the like, and not longer than `most` characters."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:most])
    return shown + ("..." if len(text) > most else "")


def plain_name(name: str, fallback: str, most: int = 60) -> str:
    """A name as it may be shown: printable, with single blanks, not too long; the fallback where nothing is left."""
    kept = "".join(char if char.isprintable() else " " for char in name[: 4 * most])
    return " ".join(kept.split())[:most] or fallback
