"""The engine behind caches that all sessions share. Keys are names, numbers and tuples, never arrays.

What is cached is never changed: models are frozen, traces are only read. Torch is imported inside, so that the first
page paints before it is here.
"""

from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING

import streamlit as st

from gpt import shelf

if TYPE_CHECKING:
    from gpt.analysis.embeddings import Map
    from gpt.checkpoint import Checkpoint
    from gpt.trace import Trace

DEFAULT = "shakespeare"


def offered() -> dict[str, shelf.Shelved]:
    """The models to choose from, by name."""
    return {model.name: model for model in shelf.bundled()}


@st.cache_resource(max_entries=40, show_spinner=False)
def model(name: str, step: int) -> Checkpoint:
    """A bundled model at one of its steps."""
    from gpt import checkpoint

    return checkpoint.load(offered()[name].file(step))


@st.cache_resource(max_entries=48, show_spinner=False)
def trace(name: str, step: int, ids: tuple[int, ...]) -> Trace:
    """Everything inside, for one prompt: one pass, shared by every panel and every student who types it."""
    from gpt.trace import trace as run

    return run(model(name, step).model, ids)


@st.cache_resource(max_entries=40, show_spinner=False)
def token_map(name: str, step: int) -> Map:
    """The map of a model's token table."""
    from gpt.analysis.embeddings import token_map as find

    return find(model(name, step).model)


@st.cache_resource(show_spinner=False)
def losses(name: str) -> tuple[tuple[int, float], ...]:
    """The validation losses along a model's training: (step, nats a token), from the record in its last file."""
    shelved = offered()[name]
    record = model(name, shelved.steps[-1]).record
    return tuple((line["step"], line["val"]) for line in record.get("losses", ()))


@st.cache_resource(show_spinner=False)
def warm() -> threading.Thread:
    """Import torch and load the default model in the background, once a server, while the first page paints."""

    def work() -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import torch

        torch.set_num_threads(
            1
        )  # thirty students share two cores: threads inside one pass only get in each other's way
        for name, shelved in offered().items():
            if name == DEFAULT:
                trace(name, shelved.steps[-1], (0,))
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
