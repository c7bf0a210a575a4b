"""Lesson 9: the curves of two models with too little text, and both of them while parts are dropped."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.chart import Axis, Level
from gpt.lessons.experiments import dropout
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import NATS, picture, table

RUNGS = {"learned without dropout": "little", "learned with 0.2": "little-dropout"}


def control(text: str) -> Slider:
    """How much is dropped now."""
    return Slider("Drop this share now", 0.0, 0.9, 0.2, 0.05)


@st.cache_resource(max_entries=512, show_spinner=False)
def pays(rung: str, text: str, p: float) -> float | None:
    """What a rung pays for a text while a share is dropped."""
    return dropout.mean_loss(rung, text, p)


def draw(text: str, p: float) -> None:
    """Four curves, and where the validation loss was lowest."""
    plain, dropped = dropout.apart()
    shown = {
        "without: training": (plain.steps, plain.train),
        "without: validation": (plain.steps, plain.val),
        "with 0.2: training": (dropped.steps, dropped.train),
        "with 0.2: validation": (dropped.steps, dropped.val),
    }
    turns = [dropout.turning_point(one) for one in (plain, dropped)]
    levels = [Level(label, step, "x") for step, label in zip(turns, ("without turns", "with turns"), strict=True)]
    figure = figures.lines(shown, Axis("step", form=",d"), Axis(NATS, low=0.5, high=4.0), levels, height=300)
    picture(
        figure,
        f"Both saw a fiftieth of the text. Without dropout the validation loss is lowest at step {turns[0]:,} and then "
        f"rises; with it, at step {turns[1]:,}. At the end training and validation lie {plain.gap:.2f} apart without, "
        f"{dropped.gap:.2f} with it.",
    )

    rows = []
    for label, rung in RUNGS.items():
        whole, less = pays(rung, text, 0.0), pays(rung, text, p)
        if whole is not None and less is not None:
            rows.append({"your text": label, "nothing dropped": f"{whole:.2f}", f"{p:.2f} dropped": f"{less:.2f}"})
    table(rows)
    ones = dropout.drop(p)
    st.markdown(
        f"Nats a character, the mean of 8 draws of what the parts lose. And ten thousand ones: "
        f"**{100 * ones.kept:.1f} %** are kept and divided by {1 - p:.2f}; their mean is **{ones.mean:.3f}**."
    )
