"""Lesson 14: the same dice under several temperatures, and the other ways to write on."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons import trained
from gpt.lessons.experiments import gpt2
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import picture, readable, seen, table

GREEDY = 200  # characters that greedy writing is judged by


def control(text: str) -> Slider:
    """Which dice."""
    return Slider("The seed of the dice", 0, 100, 1, 1)


@st.cache_resource(max_entries=256, show_spinner=False)
def thrown(text: str, seed: int) -> dict[float, list[gpt2.Throw]]:
    """The same dice under several temperatures."""
    return gpt2.same_dice(trained.load("gpt2"), text, seed)


@st.cache_resource(max_entries=64, show_spinner=False)
def written(text: str) -> list[gpt2.Written]:
    """The ways to write on from a text."""
    return gpt2.write(trained.load("gpt2"), text, 60)


@st.cache_resource(max_entries=64, show_spinner=False)
def greedy(text: str) -> str:
    """What the likeliest characters lead to."""
    return gpt2.write(trained.load("gpt2"), text, GREEDY, ("greedy",))[0].text


def draw(text: str, seed: float) -> None:
    """One row a temperature, one column a die."""
    found = thrown(text, int(seed))
    shares = np.array([[100 * throw.probability for throw in row] for row in found.values()])  # (rows, N)
    shown = [[glyph(throw.token) for throw in row] for row in found.values()]
    dice = next(iter(found.values()))
    names = [f"{temperature:g}" for temperature in found]
    across = [f"{throw.u:.2f}" for throw in dice]
    die = "where each die fell, 0 to 1"
    figure = figures.letters(shares, shown, across, names, die, "temperature", "%", height=300)

    cold, hot = "".join(throw.token for throw in found[0.25]), "".join(throw.token for throw in found[2.0])
    same = sum(a == b for a, b in zip(cold, hot, strict=True))
    picture(
        figure,
        f"The same {len(dice)} dice in every row. At 0.25 they write {seen(cold)}, at 2 {seen(hot)}: the rows agree in "
        f"{same} places. Colour is the probability that a letter had.",
    )
    table([
        {"way": way.way, "choices": f"{way.choices:.1f}", "it writes": readable(way.text)}
        for way in written(text)
    ])  # fmt: skip
    circles = greedy(text)
    st.markdown(f"Greedy from your text, {GREEDY} characters: **{100 * gpt2.repeats(circles):.0f} %** of its stretches "
                "of eight stood there before.")  # fmt: skip
    st.code(circles, language=None, wrap_lines=True)
    loaded = trained.load("gpt2")
    going_in = gpt2.inputs(loaded, trained.known_ids(loaded, text)[-loaded.config.block_size :])
    mean = [float(np.mean([getattr(one, name) for one in going_in])) for name in ("token", "position", "cosine")]
    st.markdown(f"Into the first block go, on average, a word vector of length {mean[0]:.2f} and a position vector of "
                f"length {mean[1]:.2f}; their cosine is {mean[2]:.2f}.")  # fmt: skip
