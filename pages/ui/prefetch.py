"""What the timeline will need next, made before anyone moves its slider there."""

from __future__ import annotations

import atexit
import threading

import streamlit as st

from pages.ui import cache

BREATH = 0.1  # seconds between two samples, for whoever types meanwhile
PATIENCE = 10.0  # seconds that the server's end waits for the sample under way

_over = threading.Event()  # the server ends


@st.cache_resource(max_entries=16, show_spinner=False)
def samples(name: str, steps: tuple[int, ...]) -> threading.Thread:
    """Let every kept step write its sample in the background, the last first; once for all visitors."""

    def work() -> None:
        for step in reversed(steps):
            try:
                cache.sample(name, step)
            except (ValueError, KeyError, OSError):  # the run was deleted
                return
            if _over.wait(BREATH):
                return

    thread = threading.Thread(target=work, name=f"samples of {name}", daemon=True)
    thread.start()
    atexit.register(end, thread)
    return thread


def end(thread: threading.Thread) -> None:
    """No further sample. A thread that is in torch when Python ends takes the whole process down with it."""
    _over.set()
    thread.join(PATIENCE)
