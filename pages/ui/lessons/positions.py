"""Lesson 11: one's own text in another order, read with and without positions."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons import trained
from gpt.lessons.experiments import positions
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import cut, picture, readable


def control(text: str) -> Slider:
    """Which order."""
    return Slider("Shuffle number", 1, 20, 1, 1)


def draw(text: str, number: float) -> None:
    """Three models, the next character before and after."""
    found = positions.three_ways(text, int(number))
    tokens = trained.load("positions").tokenizer.tokens
    panels = {
        label: {glyph(tokens[i]): (100 * float(one.before[i]), 100 * float(one.after[i])) for i in one.likeliest(5)}
        for label, one in found.items()
    }
    figure = figures.pairs(panels, ("in order", "shuffled"), "next character, %", height=300)
    single, double, with_them = (100 * one.moved for one in found.values())
    picture(
        figure,
        f"One layer without positions: {single:.1f} % of the next character's probability moves, so it cannot know in "
        f"which order the text stood. Two layers: {double:.0f} %. With positions: {with_them:.0f} %."
        + cut(text, next(iter(found.values())).ids),
    )
    one = next(iter(found.values()))
    rows = [readable("".join(tokens[i] for i in ids)) for ids in (one.ids, one.shuffled)]
    st.code("\n".join(rows), language=None, wrap_lines=True)
