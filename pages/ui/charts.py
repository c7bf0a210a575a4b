"""Plotly's figures in a page: with large letters where everything is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.state import session

if TYPE_CHECKING:
    import plotly.graph_objects as go


def show(figure: go.Figure, key: str, alt: str) -> None:
    """One figure under a key; `alt` is read to whoever cannot see it."""
    if session.projector():
        from gpt.figures.large import enlarge

        enlarge(figure)
    st.plotly_chart(figure, key=key, alt=alt)
