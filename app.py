"""Nanoscope's front door: page settings, the bar, the page asked for. `make run`, `nanoscope`, or `python app.py`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported anywhere

import streamlit as st
from streamlit import runtime

from pages.ui import contents, server, warm
from pages.ui.board import browser_code, layout


def show() -> None:
    """One visit of one page."""
    server.ignore_broken_messages()
    page = st.navigation(table := contents.sections(), position="hidden")
    # An emoji, no icon of a page: one would come from the internet.
    st.set_page_config(page_title=f"{page.title} · Nanoscope", page_icon="🔬", layout="wide")
    st.logo("assets/logo.svg", size="medium")
    browser_code.bring()
    layout.frame(table, page)
    warm.ready()
    page.run()


def serve() -> None:
    """Start the server, warm before anyone comes; options behind the command are Streamlit's (--server.port 8600)."""
    from streamlit.web import cli

    os.chdir(Path(__file__).parent)  # where .streamlit and assets are, wherever the command was given
    browser_code.hand_out()
    server.prepare()
    warm.warm()
    cli.main(["run", __file__, *sys.argv[1:]], "streamlit")


if runtime.exists():
    show()
elif __name__ == "__main__":
    serve()
