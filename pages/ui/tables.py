"""The numbers behind the pictures: tables and CSV files. Computed only while open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gpt import sampling
from gpt.analysis import arithmetic
from gpt.analysis.embeddings import input_parts
from gpt.analysis.norms import norms
from gpt.figures import tables
from gpt.figures.glyphs import glyph
from gpt.trace import Trace
from pages.ui.state.reading import Reading
from pages.ui.state.validate import plain


def show(table: pd.DataFrame, name: str, sentence: str) -> None:
    """One table, what it says, and its file."""
    st.markdown(sentence)
    st.dataframe(table, height=260)
    st.download_button(f"Download {name}.csv", tables.csv(table), f"{name}.csv", "text/csv", key=f"csv-{name}")


def numbers(seen: Reading) -> None:
    """The text alternative of every picture on the Playground."""
    chosen, trace, model = seen.inputs, seen.trace, seen.model
    if trace is None:
        st.markdown("Type a character first: every number here belongs to a prompt.")
        return
    attention, following, going_in, levelled = st.tabs(["Attention", "Next token", "Vectors", "Layer norms"])
    with attention:
        if len(trace.pattern):
            sums = "rows do not sum to 1" if chosen.mode == "max" else "and sums to 1"
            sentence = f"{attention_name(seen)}: each row is a token that looks, {sums}."
            show(tables.attention(attention_shown(seen, trace), seen.tokens), "attention", sentence)
    with following:
        stages = sampling.stages(trace.logits[seen.query], chosen.knobs, seen.ids[: seen.query + 1])
        names = ("logits", "scaled", "after_top_k", "after_top_p", "after_min_p", "probabilities")
        columns = {name.replace("_", " "): getattr(stages, name).numpy() for name in names}
        table = tables.candidates(seen.vocabulary, columns)
        after = f"After token {seen.query + 1}, “{plain(glyph(seen.tokens[seen.query]))}”"
        way = "from the model's logits to probabilities: temperature, top-k, top-p, min-p, renormalised"
        show(table, "next-token", f"{after}: {way}.")
    with going_in:
        token, position = input_parts(model, seen.ids)  # (T, C), (T, C) or None
        parts = {"token": token.numpy()} | (
            {} if position is None else {"position": position.numpy(), "input": (token + position).numpy()}
        )
        show(
            tables.vectors(parts, seen.tokens),
            "vectors",
            "Token vector + position vector = what enters the first block.",
        )
    with levelled:
        found = norms(model, trace)
        if found.names:
            table = tables.norms(found.stats[chosen.layer].numpy(), found.names, seen.tokens)
            show(table, "layer-norms", f"Block {chosen.layer + 1}: spread is the standard deviation.")


def attention_shown(seen: Reading, trace: Trace) -> np.ndarray:
    """The weights that the pictures show, (T, T): the chosen head's, or the mean or the largest of its layer's."""
    layer = trace.pattern[seen.inputs.layer].numpy()  # (H, T, T)
    shown = {"head": layer[seen.inputs.head], "mean": layer.mean(axis=0), "max": layer.max(axis=0)}
    return shown[seen.inputs.mode]  # (T, T)


def attention_name(seen: Reading) -> str:
    """Which these are, in words."""
    which = {"head": f"head {seen.inputs.head + 1}", "mean": "mean of its heads", "max": "largest of its heads"}
    return f"Layer {seen.inputs.layer + 1}, {which[seen.inputs.mode]}"


def head(seen: Reading) -> None:
    """The text alternative of the attention page: one head in words, and each of its stages as a table."""
    chosen, trace, tokens = seen.inputs, seen.trace, seen.tokens
    if trace is None or not len(trace.pattern):
        st.markdown("Type a character first, in a model with attention: every number here belongs to a prompt.")
        return
    words = tables.looks(attention_shown(seen, trace), tokens)
    show(words, "who-looks-at-whom", f"{attention_name(seen)} in words: whom each token looks at.")
    found = arithmetic.stages(seen.model, trace, chosen.layer, chosen.head)
    name = st.selectbox("Stage", arithmetic.STAGES, index=6, key="stage-table")
    values = getattr(found, name).numpy()  # (T, T) or (T, D)
    show(
        tables.stage(values, tokens),
        f"stage-{name}",
        f"Stage {name} of layer {chosen.layer + 1}, head {chosen.head + 1}, as the model computed it.",
    )
