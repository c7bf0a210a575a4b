"""One training step as a film: a batch, forward, loss, back, and the optimizer's step, every number of a tiny GPT."""

from __future__ import annotations

import streamlit as st

from pages.ui.board import components, layout
from pages.ui.board.filmed import told
from pages.ui.board.filmed.view import view_of
from pages.ui.board.panels import film, table
from pages.ui.board.panels.link import Link
from pages.ui.problem import problem
from pages.ui.state import permalink, session
from pages.ui.state.choices.training_step import ROWS


@st.fragment
def training_step() -> None:
    """Everything that follows the choices."""
    chosen = session.current()
    view = view_of(chosen.film)
    layout.show(
        (Link(link=permalink.link_of(chosen, ROWS)), 60),
        (film.panel(view), 60),
        (told.source_of_gradient(view), 30),
        (told.sum_behind(view), 30),
        (told.of_weight(view), 30),
        (told.moments(view), 30),
        (told.even(view), 30),
        (told.losses(view), 30),
        of_visitor=False,  # it has a tiny GPT of its own
    )
    at = f"at step {chosen.film.taken}, each optimizer from the same beginning"
    st.markdown(f"**The followed weight {at}**")
    components.alone(table.Table.of(told.compared(view)), key="compared")
    st.markdown(f"**The whole tensor, {view.weight.title}, {at}**")
    components.alone(table.Table.of(told.of_tensor(view)), key="of-tensor")
    st.markdown(told.makes())


for notice in session.current().notices:
    st.info(problem(notice))
training_step()
