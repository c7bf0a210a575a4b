"""How a model was trained, folded below the pages: what its record says, and its losses. Computed only while open."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from gpt.figures.training import loss_curve
from pages.ui.board import charts
from pages.ui.state.reading import Reading


def show(seen: Reading) -> None:
    """How this model came to be: its text, its recipe, its losses."""
    chosen, record = seen.inputs, seen.checkpoint.record
    st.markdown(chosen.shelved.description)
    lines = record.get("losses", [])
    if lines:
        steps, train, val = ([line[name] for line in lines] for name in ("step", "train", "val"))
        text = f"Validation loss falls from {val[0]:.3f} at step {steps[0]} to {val[-1]:.3f} at step {steps[-1]:,}."
        charts.show(loss_curve(steps, train, val, chosen.step), key="loss-curve", alt=text)
        uniform = math.log(seen.checkpoint.config.vocab_size)
        st.markdown(
            f"{text} Guessing blindly among {seen.checkpoint.config.vocab_size} tokens costs {uniform:.3f} nats."
        )
    recipe = {**record.get("model", {}), **record.get("train", {})}
    facts = {
        name: record[name]
        for name in ("corpus", "corpus_sha256", "seconds", "torch", "threads", "cpu", "precision_reason")
        if name in record
    }
    st.dataframe(
        pd.DataFrame({"what": [*facts, *recipe], "value": [str(v) for v in (*facts.values(), *recipe.values())]}),
        hide_index=True,
    )
