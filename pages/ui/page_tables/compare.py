"""The tables behind the page of comparisons: every head's divergence, the next token, the streams."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.analysis.comparison import Comparison
from gpt.analysis.lens import boundary_names
from gpt.figures.glyphs import named
from gpt.figures.tables import places
from pages.ui.state import sides
from pages.ui.state.reading import Reading
from pages.ui.tables import show

UNITS = "bits, over the words that both vocabularies have"


def draw(seen: Reading) -> None:
    """The text alternative of every picture on the page."""
    found = sides.comparison(*sides.readings(seen.inputs))
    if found is None:
        st.markdown("Type a character into both prompts first: every number here belongs to two passes.")
        return
    heads, following, streams = st.tabs(["Heads", "Next token", "Streams"])
    with heads:
        show(heads_table(found), "compared-heads", "The mean Jensen-Shannon divergence of each head's rows, in bits.")
    with following:
        if (one := found.next) is not None:
            columns = {"word": [named(word) for word in one.words], "A": one.a.numpy(), "B": one.b.numpy()}
            sentence = f"KL(A‖B) {one.kl_ab:.4f}, KL(B‖A) {one.kl_ba:.4f}, Jensen-Shannon {one.js:.4f} {UNITS}."
            table = pd.DataFrame(columns).sort_values("A", ascending=False, kind="stable").reset_index(drop=True)
            show(table, "compared-next-token", sentence)
    with streams:
        if (stream := found.stream) is not None and found.pairs:
            names = places([found.a.tokens[i] for i, _ in found.pairs])
            measures = {"distance": stream.relative, "cosine": stream.cosine}
            boundaries = boundary_names(found.a.model.config)[: len(stream.relative)]
            frames = [pd.DataFrame(one.numpy(), index=pd.Index(boundaries), columns=names) for one in measures.values()]
            table = pd.concat(frames, keys=list(measures), names=["measure", "boundary"])
            show(table, "compared-streams", "Distance as a share of the mean length, and cosine, at every boundary.")


def heads_table(found: Comparison) -> pd.DataFrame:
    """A row a head, the ones that differ most first; tokens count from 1."""
    rows = [
        {"layer": layer + 1, "head": head + 1, "Jensen-Shannon": float(found.heads.js[layer, head])}
        for layer, head in found.heads.order()
    ]
    return pd.DataFrame(rows, columns=["layer", "head", "Jensen-Shannon"])
