"""Who is visiting, and which run they look at in the studio."""

from __future__ import annotations

import hmac
import os
import re
import uuid
from collections.abc import Collection, Sequence

import streamlit as st

from pages.ui.inputs import told


def owner() -> str:
    """This browser's token, which it keeps; until it has told it, one for this session."""
    if "owner" not in st.session_state:
        st.session_state["owner"] = uuid.uuid4().hex
    return st.session_state["owner"]


def owner_told() -> None:
    """The browser told its token."""
    token = told("owner-word", "token")
    if isinstance(token, str) and re.fullmatch(r"[a-z0-9]{16,40}", token):
        st.session_state["owner"] = token


def teacher() -> bool:
    """Whether the teacher's code (NANOSCOPE_TEACHER of the server) was typed in this session."""
    code = os.environ.get("NANOSCOPE_TEACHER", "")
    return bool(code) and hmac.compare_digest(code, str(st.session_state.get("teacher-code", "")))


def choose_run(run: str) -> None:
    """Show this run in the studio."""
    st.session_state["run"] = run


def chosen_run(known: Collection[str], ticked: Sequence[str]) -> str:
    """The run that the studio shows: the one just ticked, else the one shown before, else the newest."""
    fresh = [run for run in ticked if run not in st.session_state.get("ticked", ())]
    st.session_state["ticked"] = list(ticked)
    if fresh:
        choose_run(fresh[-1])
    if st.session_state.get("run") not in known:
        choose_run(next(iter(known)))
    return st.session_state["run"]
