"""Who is visiting, and which run they look at in the studio."""

from __future__ import annotations

import hmac
import os
import re
import time
import uuid
from collections.abc import Collection, Sequence

import streamlit as st

from pages.ui.state.inputs import told

DOUBLE = 10.0  # seconds in which the same wish once more is a double click, however slow the server


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
    typed = str(st.session_state.get("teacher-code", ""))
    return bool(code) and hmac.compare_digest(code.encode(), typed.encode("utf-8", "replace"))


def request(what: object) -> str:
    """A word for one wish. The second click of a double click has the same, even when it finds the page redrawn."""
    last, now = st.session_state.get("request"), time.monotonic()
    if not last or last[0] != what or now - last[1] > DOUBLE:
        last = st.session_state["request"] = (what, now, uuid.uuid4().hex)
    return last[2]


def sentence(error: ValueError | OSError) -> str:
    """What to tell about something that could not be done; a disk's own words name folders, which are nobody's."""
    if isinstance(error, OSError) and error.strerror:
        return f"The server's disk did not do it: {error.strerror}. Nothing was lost; try again later."
    return str(error)


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
