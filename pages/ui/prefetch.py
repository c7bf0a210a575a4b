"""What the timeline will need next, made before anyone moves its slider there."""

from __future__ import annotations

import threading
import time

import streamlit as st

from pages.ui import cache

BREATH = 0.1  # seconds between two samples, for whoever types meanwhile


@st.cache_resource(max_entries=16, show_spinner=False)
def samples(name: str, steps: tuple[int, ...]) -> threading.Thread:
    """Let every kept step write its sample in the background, the last first; once for all visitors."""

    def work() -> None:
        for step in reversed(steps):
            try:
                cache.sample(name, step)
            except (ValueError, KeyError, OSError):  # the run was deleted
                return
            time.sleep(BREATH)

    thread = threading.Thread(target=work, name=f"samples of {name}", daemon=True)
    thread.start()
    return thread
