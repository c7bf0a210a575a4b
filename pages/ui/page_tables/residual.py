"""The tables behind the page about the residual stream: what each part writes, the lens, the dimensions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.analysis.lens import boundary_names, lens, streams
from gpt.analysis.writes import OF_ATTENTION, grouped, written
from gpt.figures.glyphs import named
from gpt.figures.tables import numbered, places
from gpt.trace import Trace
from pages.ui.state.reading import Reading
from pages.ui.state.validate import plain
from pages.ui.tables import show

BEST = 3


def draw(seen: Reading) -> None:
    """The text alternative of every picture on the page."""
    if seen.trace is None:
        st.markdown("Type a character first: every number here belongs to a prompt.")
        return
    parts, readings, numbers = st.tabs(["What each part writes", "The lens", "The stream"])
    with parts:
        found = written(seen.model, seen.trace, seen.ids, seen.query, token(seen), seen.edited)
        whose = plain(named(seen.vocabulary[found.token]))
        sentence = f"After token {seen.query + 1}: the effects outside of the sums add up to the logit of {whose}."
        show(written_table(seen, seen.trace), "residual-writes", sentence)
    with readings:
        sentence = "What each boundary would say: the likeliest tokens, and rank and probability of the true next one."
        show(lens_table(seen, seen.trace), "residual-lens", sentence)
    with numbers:
        at = streams(seen.model, seen.trace, seen.ids)[:, seen.query].numpy()  # (S, C)
        table = pd.DataFrame(at.T, index=pd.Index(numbered(at.shape[1]), name="dimension"))
        table.columns = boundary_names(seen.config)
        show(table, "residual-stream", f"Every number of the stream of token {seen.query + 1}, at every boundary.")


def token(seen: Reading) -> int | None:
    """Whose logit: the chosen token, if this model has it."""
    asked = seen.inputs.residual.token
    return asked if isinstance(asked, int) and asked < seen.config.vocab_size else None


def written_table(seen: Reading, trace: Trace) -> pd.DataFrame:
    """A row a part; heads and biases, which are inside of a sum, say so."""
    found = written(seen.model, trace, seen.ids, seen.query, token(seen), seen.edited)
    rows = [
        {"part": one.name, "inside a sum": one.kind in OF_ATTENTION, "length": one.length,
         "cosine": one.cosine, "effect": one.effect}
        for one in grouped(found)
    ]  # fmt: skip
    others = {"mean of all logits": found.mean, **found.added, "remainder": found.remainder, "logit": found.logit}
    rows += [{"part": name, "inside a sum": False, "effect": effect} for name, effect in others.items()]
    return pd.DataFrame(rows)


def lens_table(seen: Reading, trace: Trace) -> pd.DataFrame:
    """A row a boundary and token."""
    found = lens(seen.model, trace, seen.ids, best=BEST)
    S, T, K = found.best.shape
    tokens, names = places(seen.tokens), boundary_names(seen.config)
    rows = []
    for s in range(S):
        for t in range(T):
            row: dict[str, object] = {"read at": names[s], "after token": tokens[t]}
            for k in range(K):
                row[f"{k + 1}."] = named(seen.vocabulary[int(found.best[s, t, k])])
                row[f"probability of {k + 1}."] = float(found.shares[s, t, k])
            known = bool(found.rank[s, t])
            row |= {"rank of the true next": int(found.rank[s, t]) if known else None}
            rows.append(row | {"its probability": float(found.share[s, t]) if known else None})
    return pd.DataFrame(rows)
