"""The warm start: what takes a second or two is done before anyone waits for it."""

from __future__ import annotations

import gc
import os
import threading

import streamlit as st

from pages.ui import cache


@st.cache_resource(show_spinner=False)
def warm() -> threading.Thread:
    """Import torch and load the default model in the background, once a server, while the first page paints."""

    def work() -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import torch

        # Thirty students share two cores: threads inside one pass only get in each other's way.
        torch.set_num_threads(1)
        for name, shelved in cache.offered().items():
            if name == cache.DEFAULT:
                cache.trace(name, shelved.steps[-1], (0,))
                cache.usual(name, shelved.steps[-1])
        # What lives now lives for good: the collector need never look at torch's quarter of a million objects again.
        gc.collect()
        gc.freeze()

    thread = threading.Thread(target=work, name="warm", daemon=True)
    thread.start()
    return thread


def ready() -> None:
    """Wait for the warm start, saying so; at once when it is over."""
    thread = warm()
    if thread.is_alive():
        with st.spinner("Loading PyTorch and the model, once for everyone…"):
            thread.join()
