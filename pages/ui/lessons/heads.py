"""Lesson 5: all eight trained heads on one's own text, one of them silent if one likes."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.lessons.experiments import heads
from gpt.lessons.ladder import HEADS
from gpt.lessons.passage import read
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import cut, glyphs, picture, table

NONE = "none"
NAMES = [f"{layer + 1}.{head + 1}" for layer in range(HEADS.n_layer) for head in range(HEADS.n_head)]


def control(text: str) -> Choice:
    """Which head is silent."""
    return Choice("Silence a head (layer.head)", (NONE, *NAMES), NONE)


def draw(text: str, silent: str) -> None:
    """Eight patterns; a silent head's is empty."""
    whole = read("heads", text)
    passage = whole if silent == NONE else heads.without(text, *divmod(NAMES.index(silent), HEADS.n_head))
    names, pattern = glyphs(passage.tokens), passage.pattern.flatten(0, 1)  # (L * H, T, T)
    panels = {name: weights.numpy() * (name != silent) for name, weights in zip(NAMES, pattern, strict=True)}
    tokens = dict.fromkeys(NAMES, names)
    figure = figures.patterns(panels, tokens, tokens, columns=HEADS.n_head, height=330)

    found = heads.heads_on(whole.pattern, whole.tokens)
    own = [one.itself for one in found]
    sentence = f"On this text the heads leave {100 * min(own):.0f} to {100 * max(own):.0f} % of their attention on the "
    sentence += "token itself."
    if passage.loss is not None and whole.loss is not None:
        sentence += f" The rung pays {whole.loss:.3f} nats a character"
        sentence += f", {passage.loss:.3f} without head {silent}." if silent != NONE else "."
    picture(figure, sentence + cut(text, passage.tokens))

    table([
        {"head": name, "looks most at": one.phrase, "on itself": f"{100 * one.itself:.0f} %",
         "on the one before": f"{100 * one.previous:.0f} %"}
        for name, one in zip(NAMES, found, strict=True)
    ])  # fmt: skip
    apart, cost = heads.concatenated(whole.loaded.model, list(whole.ids)), heads.one_and_many()
    st.markdown(
        f"Side by side and projected, or each projected alone and added: at most {apart:.1e} apart. One head a layer "
        f"has {cost.one:,} parameters in attention, four have {cost.many:,}."
    )
