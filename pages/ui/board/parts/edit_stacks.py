"""Stacks of edits that are ready to be taken, for the bundled models: found by running them."""

from __future__ import annotations

from pages.ui.state.reading import Reading


def ready(seen: Reading) -> list[tuple[str, str, str]]:
    """Title, the stack in the words of a link, and the other prompt; those that this model can make."""
    return []
