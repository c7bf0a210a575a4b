"""The numbers of the page Next token as tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt import sampling
from gpt.figures.glyphs import named
from pages.ui import tables
from pages.ui.page_tables import writing
from pages.ui.state.reading import Reading

COLUMNS = {
    "penalty": "penalised",
    "temperature": "scaled",
    "top-k": "after_top_k",
    "top-p": "after_top_p",
    "min-p": "after_min_p",
}


def draw(seen: Reading) -> None:
    """The text alternative of the page's pictures."""
    if seen.trace is None:
        st.markdown("Type a character first: every number here belongs to a prompt.")
        return
    tables.show(
        columns(seen, seen.trace.logits[seen.query]),
        "next-token",
        "Every step, in its order, for the whole vocabulary, likeliest first.",
    )
    if len(seen.ids) > 1:
        tables.show(writing.positions(seen), "positions", "Every position: its loss, and what was likeliest there.")
    if not (branches := writing.branches(seen)).empty:
        tables.show(branches, "branches", "The branches of the tree, their probability the model's own.")


def columns(seen: Reading, logits: sampling.Row) -> pd.DataFrame:
    """Every column of the pipeline, a row each token."""
    stages = sampling.stages(logits, seen.inputs.knobs, seen.ids[: seen.query + 1])
    order = stages.logits.argsort(descending=True, stable=True)  # (V,) ids
    table = pd.DataFrame(
        {
            "id": order.numpy(),
            "token": [named(seen.vocabulary[i]) for i in order.tolist()],
            "logit": stages.logits[order].numpy(),
            **{step: getattr(stages, COLUMNS[step])[order].numpy() for step in seen.inputs.knobs.steps},
            "probability": stages.probabilities[order].numpy(),
            "cumulative": stages.cumulative[order].numpy(),
            "removed by": [sampling.REMOVED_BY[int(code)].replace("kept", "") for code in stages.removed_by[order]],
        }
    )
    return table.set_index("id")
