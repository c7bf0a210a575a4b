"""Two forwards to complete, and the head that they need: lines are put in order, run, and judged by their numbers."""

from __future__ import annotations

import streamlit as st

from pages.ui.board import layout
from pages.ui.board.panels import puzzle
from pages.ui.board.panels.link import Link
from pages.ui.problem import problem
from pages.ui.state import permalink, session
from pages.ui.state.choices import exercises


def work() -> None:
    """Everything that follows a line's move."""
    chosen = session.current()
    layout.show((Link(link=permalink.link_of(chosen, exercises.ROWS)), 60), (puzzle.panel(chosen.exercises), 60))


for notice in session.current().notices:
    st.info(problem(notice))
st.fragment(work)()
