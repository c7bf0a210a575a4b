"""The slips' bar: the list, a step back and a step on, the score, and the link."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.slips.museum import BY_KEY, SLIPS
from pages.ui.board import components
from pages.ui.board.panels.link import Link
from pages.ui.slips import choices


def title(place: str) -> str:
    """How the list names a place."""
    if place == choices.ALL:
        return "All slips in one table"
    return f"{choices.PLACES.index(place) + 1} · {BY_KEY[place].title}"


def bar() -> str:
    """The list with all that stands beside it; returns the open slip, which the link now names."""
    place, ends = choices.place(), (choices.PLACES[0], choices.PLACES[-1])
    list_, rest = st.columns([6, 4], vertical_alignment="center", gap="small")

    with list_.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", on_click=choices.go, args=(-1,), disabled=place == ends[0], key="slip-back")
        st.selectbox(
            "Slip", choices.PLACES, key=choices.PLACE, format_func=title, label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
        st.button("Next", on_click=choices.go, args=(1,), disabled=place == ends[1], key="slip-next")

    with rest.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("No guessing", key=choices.OPEN, persist_state="session")
        right, known = choices.right()
        score = f"**{right} of {known}** guessed right" if known else f"No guess yet, of {len(SLIPS)}"
        st.markdown(score, width="content")

    # It stands at the right end of the row above it.
    components.board([(Link(link=choices.link()), 60)])
    return place
