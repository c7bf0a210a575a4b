"""The lessons' bar: the list, a step back and a step on, the score, and the link."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gpt.lessons import RUNGS
from pages.ui.board import components
from pages.ui.board.panels.link import Link
from pages.ui.lessons import choices

EXTRA = {choices.ALL: "All rungs, one prompt", choices.WORDS: "Glossary"}


def title(place: str) -> str:
    """How the list names a lesson."""
    if place in EXTRA:
        return EXTRA[place]
    rung = RUNGS[int(place) - 1]
    return f"{rung.number} · {rung.title}"


def bar(start: Callable[[str], object]) -> str:
    """The list with all that stands beside it; returns the open lesson, which the link now names."""
    place, ends = choices.place(), (choices.PLACES[0], choices.PLACES[-1])
    list_, rest, _ = st.columns([5, 3, 2], vertical_alignment="center", gap="small")

    with list_.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", on_click=choices.go, args=(-1,), disabled=place == ends[0], key="lesson-back")
        st.selectbox(
            "Lesson", choices.PLACES, key=choices.PLACE, format_func=title, label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
        st.button("Next", on_click=choices.go, args=(1,), disabled=place == ends[1], key="lesson-next")

    with rest.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("No guessing", key=choices.OPEN, persist_state="session")
        st.markdown(score(), width="content")

    # It stands at the right end of the row above it.
    components.board([(Link(link=choices.link(start)), 60)])
    return place


def score() -> str:
    """The score in words; what somebody did not know is neither right nor wrong."""
    found = [verdict for verdict in choices.verdicts().values() if verdict.known]
    right = sum(verdict.right for verdict in found)
    return f"**{right} of {len(found)}** guessed right" if found else "No guess yet"
