"""Lesson 10: loss over size, on the last tenth and on one's own text, and what a size writes."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.lessons import named
from gpt.lessons.experiments import scaled
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import picture, seen, table

LABELS = {f"{scaled.size_of(name).parameters:,}": name for name in scaled.ALL}


def control(text: str) -> Choice:
    """Which size writes on."""
    return Choice("Write with so many parameters", tuple(LABELS), next(iter(LABELS)))


@st.cache_resource(max_entries=256, show_spinner=False)
def writes(name: str, text: str) -> str:
    """What a size writes on from a text."""
    return scaled.writes(name, text)


def draw(text: str, chosen: str) -> None:
    """Five sizes: four trained alike, the Playground's otherwise."""
    found, large = scaled.sizes(), scaled.size_of("scaled")
    line, slopes, mine = scaled.line_through(found), scaled.slopes(found), scaled.on_text(text)
    points = {named(size.name).changed: (size.parameters, size.loss) for size in found}
    own = {size.name: (size.parameters, loss) for size in (*found, large) if (loss := mine[size.name]) is not None}
    apart = {"the Playground's": (large.parameters, large.loss)}
    figure = figures.sizes(points, (line.at_one, line.per_tenfold), apart, list(own.values()))
    bought = ", ".join(f"{slope:.2f}" for slope in slopes)
    picture(
        figure,
        f"From size to size ten times the parameters buy {bought} nats: less each time, so the points bend away from "
        f"the straight line (its slope {line.per_tenfold:.2f}). At the Playground's size the line says "
        f"{line.loss(large.parameters):.2f}; that model, trained otherwise, has {large.loss:.2f}.",
    )
    st.markdown(f"**{chosen} parameters** write on from your text:")
    st.code(f"{text}{writes(LABELS[chosen], text)}", language=None, wrap_lines=True)
    table([
        {"model": "the Playground's" if size.name == "scaled" else named(size.name).changed,
         "parameters": f"{size.parameters:,}", "loss on the last tenth": f"{size.loss:.3f}",
         "on your text": "" if mine[size.name] is None else f"{mine[size.name]:.3f}"} for size in (*found, large)
    ])  # fmt: skip
    st.markdown(
        f"All are asked about the same last characters of {seen(text[-12:])}, as many as the smaller context holds."
    )
