"""Lesson 7: a logit taken apart into what each part has added to the stream."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons.experiments import residual
from gpt.lessons.ladder import RESIDUAL
from gpt.lessons.passage import read
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import cut, picture, table

NONE = "nothing"
PARTS = residual.parts_of(RESIDUAL.n_layer)
STDS = (0.05, 0.1)  # of fresh weights; the rungs begin with the second


@st.cache_resource(show_spinner=False)
def roads(std: float) -> tuple[residual.Gradients, residual.Gradients]:
    """The gradient of eight fresh layers with and without residual connections."""
    return residual.gradients(True, std=std), residual.gradients(False, std=std)


def control(text: str) -> Choice:
    """Which part's share is left out."""
    return Choice("Leave out what was added by", (NONE, *PARTS), NONE)


def draw(text: str, part: str) -> None:
    """Rows are parts, columns the characters that really come next."""
    passage = read("residual", text)
    model, trace, ids = passage.loaded.model, passage.trace, passage.ids
    found = residual.contributions(model, trace, ids, "" if part == NONE else part)
    names = [glyph(token) for token in passage.tokens[1:]]
    figure = figures.heat(found.added.numpy(), names, found.parts, "comes next", "added by", "logit", height=300)

    sentence = ""
    if part == NONE:
        sentence = (
            f"What each part adds to the logit of the character that really comes next. The five rows added up are the "
            f"model's own logits to {found.furthest:.0e}."
        )
    else:
        without = residual.loss_without(model, trace, ids, part)
        sentence = f"Without what {part} added, this text costs {without:.3f} nats a character instead of "
        sentence += f"{passage.loss:.3f}. The other rows are as they were: a sum loses only what is taken out."
    picture(figure, sentence + cut(text, passage.tokens))

    table([
        {"left out": name, "loss on this text": f"{residual.loss_without(model, trace, ids, name):.3f}"}
        for name in found.parts
    ])  # fmt: skip
    st.markdown("How much of the gradient on the last layer's stream arrives in the first of eight **fresh** layers:")
    rows = []
    for std in STDS:
        free, blocked = roads(std)
        rows.append({"spread of the fresh weights": f"{std:g}", "with x +": f"{100 * free.arrives:,.0f} %",
                     "without": f"{100 * blocked.arrives:.2g} %"})  # fmt: skip
    table(rows)
