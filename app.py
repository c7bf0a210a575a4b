"""Nanoscope's front door: page settings and the table of pages. `make run`, or `python app.py [streamlit options]`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported anywhere

import streamlit as st
from streamlit import runtime
from streamlit.navigation.page import StreamlitPage

from pages.ui import cache
from pages.ui.board import browser_code


def pages() -> dict[str, list[StreamlitPage]]:
    """The table of pages, by section."""
    return {
        "Explore": [
            st.Page("pages/explore/playground.py", title="Playground", default=True),
            st.Page("pages/explore/attention.py", title="Attention"),
        ],
        "Train": [
            st.Page("pages/train/studio.py", title="Studio"),
            st.Page("pages/train/timeline.py", title="Timeline"),
        ],
        "Learn": [st.Page("pages/learn/lessons.py", title="Lessons")],
    }


def show() -> None:
    """One visit of one page."""
    st.set_page_config(page_title="Nanoscope", page_icon="🔬", layout="wide")  # no icon: one from the internet
    st.logo("assets/logo.svg", size="medium")
    page = st.navigation(pages(), position="top")
    cache.ready()
    browser_code.bring()
    page.run()


def serve() -> None:
    """Start the server, warm before anyone comes."""
    from streamlit.logger import get_logger
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    PagesManager.uses_pages_directory = False  # our pages are the table above: else a deep link finds none
    # What is warmed belongs to no visit, and Streamlit would say so with every cache it fills.
    get_logger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(lambda record: False)
    cache.warm()
    sys.argv = ["streamlit", "run", __file__, *sys.argv[1:]]
    cli.main()


if runtime.exists():
    show()
elif __name__ == "__main__":
    serve()
