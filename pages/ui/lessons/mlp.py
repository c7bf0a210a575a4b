"""Lesson 6: the neurons that one's own text wakes, under three bends."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gpt.analysis.mlp import activation_curves
from gpt.figures import lessons as figures
from gpt.lessons import trained
from gpt.lessons.experiments import mlp
from gpt.lessons.passage import read
from pages.ui.board import charts
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import cut, glyphs, picture, table


def control(text: str) -> Choice:
    """Which bend."""
    return Choice("The bend", tuple(mlp.RUNGS), "ReLU")


def draw(text: str, bend: str) -> None:
    """Rows are characters, columns neurons: dark where one fires."""
    passage = read(mlp.RUNGS[bend], text)
    post = passage.trace.mlp_post[-1].numpy()  # (T, N) the last layer's
    order = np.argsort(-np.abs(post).sum(axis=0))  # (N,) the busiest first
    names = glyphs(passage.tokens)
    figure = figures.heat(post[:, order], [""] * len(order), names, "neuron", "token", "", height=330)

    found = mlp.neurons(passage.trace, passage.ids)
    sentence = (
        f"Layer 2, the busiest neurons first. In both layers {100 * found.silent:.0f} % of all pairs of neuron and "
        f"character are exactly 0, and {found.half:.0f} of {found.width} neurons carry half of a character's activity. "
        f"Of these the character before, where it is another, has {100 * found.shared:.0f} % too."
    )
    picture(figure, sentence + cut(text, passage.tokens))

    rows = []
    for label, rung in mlp.RUNGS.items():
        other = read(rung, text)
        busy = mlp.neurons(other.trace, other.ids)
        rows.append({
            "bend": label, "exactly 0 on this text": f"{100 * busy.silent:.0f} %",
            "carry half of it": f"{busy.half:.0f} of {busy.width}",
            "loss on this text": "" if other.loss is None else f"{other.loss:.3f}",
            "on the last tenth": f"{trained.loss(rung):.3f}",
        })  # fmt: skip
    table(rows)
    with st.expander("The bends as curves"):
        curves = {curve.name: (curve.x.tolist(), curve.y.tolist()) for curve in activation_curves()}
        charts.show(figures.lines(curves, "in", "out"), key="bends", alt="ReLU, GELU, its tanh form, and SoLU.")
