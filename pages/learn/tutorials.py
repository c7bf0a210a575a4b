"""As printed: every listing of the five roads to a GPT is run here, its numbers beside the printed ones."""

from __future__ import annotations

import streamlit as st

from pages.ui.problem import problem
from pages.ui.tutorials import bar, choices, listing, overview

place = bar.bar()
if choices.notice():
    st.info(problem(choices.notice()))
if place == choices.OVERVIEW:
    overview.show()
else:
    listing.show(place)
