"""The live side of all lessons, in one table by the rung's name: what can be turned, and what is drawn then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gpt.lessons import RUNGS, Rung
from pages.ui.lessons import (
    bigram,
    choices,
    dropout,
    encoder,
    gpt2,
    head,
    heads,
    mean,
    mlp,
    norm,
    numbers,
    positions,
    pseudogpt,
    residual,
    scaled,
)
from pages.ui.lessons.controls import Control
from pages.ui.problem import problem


@dataclass(frozen=True)
class Experiment:
    """One lesson's."""

    control: Callable[[str], Control]  # for a text
    draw: Callable[[str, Any], None]  # a text, and what the control shows


EXPERIMENTS: dict[str, Experiment] = {
    name: Experiment(module.control, module.draw)
    for name, module in {
        "numbers": numbers,
        "bigram": bigram,
        "mean": mean,
        "head": head,
        "heads": heads,
        "mlp": mlp,
        "residual": residual,
        "norm": norm,
        "dropout": dropout,
        "scaled": scaled,
        "positions": positions,
        "encoder": encoder,
        "pseudogpt": pseudogpt,
        "gpt2": gpt2,
    }.items()
}


def start(place: str) -> object:
    """What the control of a lesson shows before it is turned; None where there is none."""
    if place not in EXTRA:
        return EXPERIMENTS[RUNGS[int(place) - 1].name].control(choices.own_text()).start
    return None


EXTRA = (choices.ALL, choices.WORDS)


def show(rung: Rung) -> None:
    """The own text and the control beside each other, and what they give."""
    experiment = EXPERIMENTS[rung.name]
    left, right = st.columns([3, 2], gap="small")
    with left:
        own_text()
    text = choices.own_text()
    with right:
        value = experiment.control(text).draw(choices.turn_key(str(rung.number)))
    try:
        experiment.draw(text, value)
    except (ValueError, OSError) as error:  # a rung that is not trained, a text that is not here
        st.info(problem(error))


def own_text() -> None:
    """The box for the visitor's text, the same in all lessons."""
    st.text_input("Your text (a new line is \\n)", key=choices.TEXT, max_chars=choices.LIMIT, persist_state="session")
