"""How a model was trained, folded below the pages: what its record says, and its losses. Computed only while open."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from gpt.figures.training import loss_curve
from gpt.record import by_character
from pages.ui.board import charts
from pages.ui.state.reading import Reading


def show(seen: Reading) -> None:
    """How this model came to be: its text, its recipe, its losses."""
    chosen, record = seen.inputs, seen.checkpoint.record
    st.markdown(chosen.shelved.description)
    lines = record.get("losses", [])
    if lines:
        steps, (train, val) = [line["step"] for line in lines], zip(*map(by_character, lines), strict=True)
        text = f"Validation loss falls from {val[0]:.3f} at step {steps[0]} to {val[-1]:.3f} at step {steps[-1]:,}."
        charts.show(loss_curve(steps, train, val, chosen.step), key="loss-curve", alt=text)
        uniform = math.log(seen.checkpoint.config.vocab_size)
        blind = f"{uniform:.3f} nats"
        if "val_char" in lines[-1] and val[-1]:
            characters = lines[-1]["val"] / val[-1]  # a token
            blind += f" a token, {uniform / characters:.3f} a character: a token holds {characters:.2f} characters"
        st.markdown(f"{text} Guessing blindly among {seen.checkpoint.config.vocab_size} tokens costs {blind}.")
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
