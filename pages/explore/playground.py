"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

import streamlit as st

from pages.ui import cached, inputs, panels
from pages.ui.look import look


def playground() -> None:
    """Everything that follows the keys."""
    chosen = inputs.current()
    panels.top_row(chosen)
    seen = look(chosen)

    left, right = st.columns([2.42, 1], gap="small")
    with left:
        panels.prompt(chosen, seen)
    with right:
        panels.write(chosen, seen)
    panels.strip(chosen, seen)

    left, middle, right = st.columns([1.12, 1.3, 1], gap="small")
    with left:
        panels.heads(seen)
    with middle:
        panels.head(seen)
    with right:
        panels.next_token(chosen, seen)

    left, middle, right = st.columns(3, gap="small")
    with left:
        panels.vectors(seen)
    with middle:
        panels.norms(seen)
    with right:
        panels.token_map(cached.token_map(chosen.model, chosen.step), seen)

    panels.below(chosen, seen)


panels.live(playground)
