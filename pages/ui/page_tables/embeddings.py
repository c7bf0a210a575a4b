"""The text alternative of the page Embeddings: the vectors that go in, the table shown, its cosines, the map."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from gpt.analysis.embeddings import input_parts
from gpt.analysis.likeness import cosines
from gpt.analysis.placements import wavelengths
from gpt.figures import tables
from gpt.figures.glyphs import named
from pages.ui.derived import embeddings as derived
from pages.ui.state.choices import embeddings
from pages.ui.state.reading import Reading
from pages.ui.tables import show

if TYPE_CHECKING:
    from torch import Tensor


def draw(seen: Reading) -> None:
    """Tables, each with its file."""
    going_in, rows, alike, lie, told = st.tabs(["What goes in", "Table", "Cosines", "Map", "Positions"])
    with going_in:
        if not seen.ids:
            st.markdown("Type a character first: these numbers belong to a prompt.")
        else:
            token, position = input_parts(seen.model, seen.ids)  # (T, C), (T, C) or None
            parts = {"token": token.numpy()}
            if position is not None:
                parts |= {"position": position.numpy(), "input": (token + position).numpy()}
            show(tables.vectors(parts, seen.tokens), "input-vectors", "Token + position = what enters the first block.")
    names, values = shown(seen)
    with rows:
        numbers = pd.DataFrame(
            values.numpy(), index=pd.Index(names, name="row"), columns=tables.numbered(values.shape[1])
        )
        show(numbers, f"{seen.inputs.embeddings.table}-table", "The rows shown above, in their order.")
    with alike:
        table = pd.DataFrame(cosines(values).numpy(), index=pd.Index(names, name="row"), columns=names)
        show(table, f"{seen.inputs.embeddings.table}-cosines", "The cosine of every two of these rows.")
    with lie:
        chosen = seen.inputs
        found = derived.along(chosen.model, chosen.step, embeddings.axes_step(chosen))
        ids = derived.mapped(chosen.model)
        table = pd.DataFrame(
            found.points.numpy(),
            index=pd.Index([f"{i} {named(seen.vocabulary[i])}" for i in ids], name="token"),
            columns=[f"axis {k + 1}" for k in range(found.points.shape[1])],
        )
        kept = ", ".join(f"{k + 1}: {100 * share:.1f} %" for k, share in enumerate(found.shares))
        show(table, "token-map", f"Coordinates on the principal axes, which keep of the variance: {kept}.")

    with told:
        ways = pd.DataFrame([dataclasses.asdict(one) for one in derived.ideas(chosen.model, chosen.step)])
        show(ways, "ways-to-tell-places", "What each way to tell places does to the vectors; lengths in token vectors.")
        lengths = pd.DataFrame({"places a turn": wavelengths(seen.config.n_embd).numpy()})
        lengths.index = pd.Index(range(1, len(lengths) + 1), name="pair")
        show(lengths, "wavelengths", "Sinusoids: each pair of sine and cosine turns once in so many places.")


def shown(seen: Reading) -> tuple[list[str], Tensor]:
    """The rows that the page shows of the chosen table: their names, and their numbers (R, C)."""
    ids, table, tokens = embeddings.shown(seen.inputs, seen.model)
    table = seen.model.token_embedding.weight if table is None else table  # of which no row is shown then
    rows = table.detach()[list(ids)].float()  # (R, C)
    return [f"{i} {named(seen.vocabulary[i])}" if tokens else f"position {i + 1}" for i in ids], rows
