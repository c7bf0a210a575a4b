"""Lesson 12: one head without the mask, with it, and across to another text; and what a leak is worth."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.lessons import seeds
from gpt.lessons.experiments import encoder
from gpt.lessons.ladder import NORM
from pages.ui.board import charts
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import NATS, cut, glyphs, picture, seen, table

HEADS = [f"{layer + 1}.{head + 1}" for layer in range(NORM.n_layer) for head in range(NORM.n_head)]
LEARNED = {"with the mask": "norm", "without": "encoder"}


def control(text: str) -> Choice:
    """Which head."""
    return Choice("The head (layer.head)", tuple(HEADS), HEADS[0])


def draw(text: str, name: str) -> None:
    """A square, a triangle and a rectangle."""
    layer, head = divmod(HEADS.index(name), NORM.n_head)
    found = encoder.shapes(text, layer, head)
    panels = {title: one.weights.numpy() for title, one in found.items()}
    asking = {title: glyphs(one.asking) for title, one in found.items()}
    answering = {title: glyphs(one.answering) for title, one in found.items()}
    figure = figures.patterns(panels, asking, answering, columns=3, height=300)

    square, triangle, across = found.values()
    ahead = 100 * float(square.weights.triu(1).sum() / square.weights.sum())
    picture(
        figure,
        f"Head {name}. Without the mask {ahead:.0f} % of the weight lies on later characters; with it "
        f"{100 * float(triangle.weights.triu(1).sum()):.0f} %. The rectangle asks from your text into "
        f"{seen(encoder.SOURCE)}: {across.weights.shape[0]} rows, {across.weights.shape[1]} columns, no mask. Its "
        "weights are the encoder's, never trained to look across: only its shape says something."
        + cut(text, square.asking),
    )
    judged = {label: [seeds.measured(rung, what)[0] for what in ("masked", "open")] for label, rung in LEARNED.items()}
    table([
        {"learned": label, "judged with the mask": f"{masked:.3f}", "judged without": f"{opened:.3f}"}
        for label, (masked, opened) in judged.items()
    ])  # fmt: skip
    places = {label: seeds.measured(rung, "places")[0] for label, rung in LEARNED.items()}
    text_of = "Judged without the mask, on the whole last tenth, the model that learned without it pays "
    text_of += f"{places['without'][-1]:.2f} nats at the last place, whose answer alone is out of sight, and "
    text_of += f"{max(places['without'][:-1]):.2f} at most at the others."
    curves = {f"learned {label}": (list(range(1, len(row) + 1)), row) for label, row in places.items()}
    charts.show(figures.lines(curves, "place in the window", NATS, height=260), key="places", alt=text_of)
    st.markdown(text_of)
