"""The numbers of the page on layer norms, as tables and CSV files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.analysis import layer_norms, norm_sums
from gpt.figures import tables as figures
from gpt.figures.tables import numbered, places
from gpt.lessons import placements
from pages.ui.state.reading import Reading
from pages.ui.tables import show

KINDS = ("mean before", "spread before", "mean after", "spread after")


def draw(seen: Reading) -> None:
    """Every token's mean and spread at every norm; the gains; the way of the pinned token through the chosen norm."""
    found = layer_norms.places(seen.config)
    if seen.trace is None or not found:
        st.markdown("Type a character first, in a model with layer norms: every number here belongs to a prompt.")
        return
    every = layer_norms.every(seen.model, seen.trace)
    names = [layer_norms.name(seen.config, place) for place in found]
    spreads, gains, way, alike = st.tabs(["All norms", "Gains", "One token", "Trained alike"])
    with spreads:
        frames = [
            pd.DataFrame(stats.numpy().T, index=pd.Index(places(seen.tokens), name="token"), columns=list(KINDS))
            for stats in every.stats
        ]
        show(pd.concat(frames, keys=names, names=["norm"]), "all-norms", "Spread is the standard deviation.")
    with gains:
        columns = numbered(seen.config.n_embd)
        parts = {"gain": every.gain} | ({} if every.bias is None else {"bias": every.bias})
        frames = [
            pd.DataFrame(values.numpy(), index=pd.Index(names, name="norm"), columns=columns)
            for values in parts.values()
        ]
        show(pd.concat(frames, keys=list(parts), names=["learned"]), "gains", "What each norm has learned.")
    with way:
        own = seen.inputs.layernorm.at
        words = [place.word for place in found]
        index = words.index(own or f"{('attn', 'mlp')[seen.inputs.norm]}.{seen.inputs.layer + 1}")
        steps = norm_sums.steps(seen.model, seen.trace, found[index], seen.query)
        rows = {"x": steps.x, "x - mean": steps.subtracted, "divided by spread": steps.divided, "gain": steps.gain}
        rows |= ({} if steps.bias is None else {"bias": steps.bias}) | {"output": steps.output}
        table = pd.DataFrame({name: row.numpy() for name, row in rows.items()})
        table.index = pd.Index(range(1, len(table) + 1), name="number")
        token = figures.places(seen.tokens)[seen.query]
        show(
            table,
            "norm-step-by-step",
            f"Token {token}, {names[index]}: mean {steps.mean:.6g}, variance {steps.variance:.6g}, spread with eps "
            f"{steps.spread:.6g}.",
        )
    with alike:
        rows = [
            {"norms": row.kind, "seed": row.seed, "step": row.step, "loss": row.loss, "boundary": boundary}
            | {"length": row.length[boundary], "gradient": row.gradient[boundary]}
            for row in placements.measured()
            for boundary in range(len(row.length))
        ]
        show(pd.DataFrame(rows), "pre-post-none", "Models that differ in the place of their norms alone.")
