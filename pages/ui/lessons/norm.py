"""Lesson 8: each character's spread on both sides of a norm of the trained rung."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons.experiments import norm
from gpt.lessons.ladder import NORM
from gpt.lessons.passage import read
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import cut, picture, table

PARTS = [f"before {part} {layer + 1}" for layer in range(NORM.n_layer) for part in ("attention", "MLP")]
PLACES = (*PARTS, "before the output table")


def control(text: str) -> Choice:
    """Which norm."""
    return Choice("The norm", PLACES, "before attention 2")


def draw(text: str, place: str) -> None:
    """Two bars a character: its spread before and after."""
    passage = read("norm", text)
    found = norm.spreads(passage.loaded.model, passage.trace)
    chosen = next(one for one in found if one.place == place)
    names = [f"{i + 1} {glyph(token)}" for i, token in enumerate(passage.tokens)]
    spreads = zip(names, chosen.before.tolist(), chosen.after.tolist(), strict=True)
    panels = {"": {name: (before, after) for name, before, after in spreads}}
    figure = figures.pairs(panels, ("the stream", "the copy that is read"), "spread", height=300)

    before, after = chosen.apart
    sentence = (
        f"{place.capitalize()}: in the stream the loudest character's numbers spread {before:.1f} times as far as the "
        f"quietest's, in the levelled copy {after:.2f} times. What is left there comes of the learned gain."
    )
    picture(figure, sentence + cut(text, passage.tokens))

    table([
        {"norm": one.place, "mean spread in the stream": f"{one.before.mean():.2f}",
         "loudest / quietest": f"{one.apart[0]:.1f}", "in the copy": f"{one.apart[1]:.2f}"} for one in found
    ])  # fmt: skip
    small = norm.three_by_three()
    columns = {"three tokens": small.before, "after layer norm": small.after, "ten times as large, after": small.scaled}
    table([
        {name: ", ".join(f"{x:.4g}" for x in values[row].tolist()) for name, values in columns.items()}
        for row in range(3)
    ])  # fmt: skip
    st.markdown("Each row alone: shape stays, size goes.")
