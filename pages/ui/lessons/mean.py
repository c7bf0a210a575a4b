"""Lesson 3: the triangle of equal shares, and what becomes of it when each token favours itself."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gpt.figures import lessons as figures
from gpt.lessons.experiments import mean
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import cut, glyphs, picture, table


def control(text: str) -> Slider:
    """What stands in the place of the zeros on the diagonal."""
    return Slider("In place of the zero for oneself", 0.0, 6.0, 0.0, 0.5)


@st.cache_resource(show_spinner=False)
def small() -> list[mean.Way]:
    """The three ways on the lecture's numbers."""
    return mean.ways(mean.lecture_x())


def draw(text: str, by: float) -> None:
    """Who takes how much from whom, in the trained rung."""
    passage = mean.favouring(text, by)
    weights = passage.pattern[0, 0].numpy()  # (T, T)
    names, T = glyphs(passage.tokens), len(passage.ids)
    figure = figures.heat(weights, names, names, "looked at", "token", "weight", height=330)

    row = min(4, T) - 1
    sentence = f"Token {row + 1} gives itself {100 * weights[row, row]:.0f} %"
    sentence += f" and the first {100 * weights[row, 0]:.0f} %. " if row else ". "
    sentence += f"Above the diagonal the largest weight is {np.triu(weights, 1).max():g}."
    if passage.loss is not None:
        sentence += f" On this text the trained rung pays {passage.loss:.3f} nats a character"
        plain = mean.favouring(text, 0.0).loss
        sentence += f", {plain:.3f} with the plain mean." if by and plain is not None else "."
    picture(figure, sentence + cut(text, passage.tokens))

    table([
        {"way": way.name, "the lecture's second token": ", ".join(f"{x:.4f}" for x in way.mean[0, 1].tolist()),
         "furthest from the loops": f"{way.furthest:.1e}"} for way in small()
    ])  # fmt: skip
    st.markdown(f"For 32 texts of 64 tokens the loops take **{mean.times_faster():.0f} times** as long as the matrix "
                "(timed once, when this server first needed it).")  # fmt: skip
