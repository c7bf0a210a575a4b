"""Nanoscope's front door: page settings, the table of pages, the warm start. `make run`, or `streamlit run app.py`."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported anywhere

import streamlit as st

from pages.ui import cached

# The emoji comes first: with none set, Streamlit would fetch an icon from the internet.
st.set_page_config(page_title="Nanoscope", page_icon="🔬", layout="wide")
st.logo("assets/logo.svg", size="large")

PAGES = {
    "Explore": [st.Page("pages/explore/playground.py", title="Playground", default=True)],
}
page = st.navigation(PAGES, position="top")
cached.ready()
page.run()
