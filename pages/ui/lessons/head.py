"""Lesson 4: both trained heads on one's own text, their scores turned up and down."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.lessons.experiments import head
from pages.ui.board import charts
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import cut, glyphs, picture, table


def control(text: str) -> Slider:
    """A factor on the scores."""
    return Slider("Multiply the scores by", 0.0, 8.0, 1.0, 0.25)


@st.cache_resource(show_spinner=False)
def scalings() -> list[head.Scaling]:
    """What factors do to random scores."""
    return head.scalings()


def draw(text: str, factor: float) -> None:
    """Two patterns, the first layer's head and the second's."""
    passage = head.sharpened(text, factor)
    names = glyphs(passage.tokens)
    titles = [f"layer {layer + 1}" for layer in range(len(passage.pattern))]
    panels = {title: passage.pattern[layer, 0].numpy() for layer, title in enumerate(titles)}
    tokens = dict.fromkeys(titles, names)
    figure = figures.patterns(panels, tokens, tokens, columns=2, height=300)

    found = head.sharpness(passage.pattern[0, 0])
    sentence = (
        f"Layer 1: a row's brightest cell has {100 * found.largest:.0f} % on average, the token itself "
        f"{100 * found.itself:.0f} %, and {found.bits:.2f} bits are open."
    )
    if passage.loss is not None:
        sentence += f" On this text the rung pays {passage.loss:.3f} nats a character"
        trained = head.sharpened(text, 1.0).loss
        sentence += f", {trained:.3f} as trained." if factor != 1 and trained is not None else "."
    picture(figure, sentence + cut(text, passage.tokens))

    st.markdown("Random queries and keys of 16 numbers, before any training, over eight tokens (3 bits at most):")
    table([
        {"scores": one.label, "variance": f"{one.variance:.2f}", "bits open": f"{one.bits:.2f}",
         "largest weight": f"{100 * one.largest:.0f} %"} for one in scalings()
    ])  # fmt: skip
    with st.expander("The lecture's own numbers"):
        wei = head.lecture_weights().numpy()  # (T, T)
        places = [str(t + 1) for t in range(8)]
        figure = figures.heat(wei, places, places, "looked at", "token", "weight", height=300)
        charts.show(figure, key="wei", alt="The lecture's wei[0]: each row sums to 1, nothing above the diagonal.")
        scores = ", ".join(f"{score:g}" for score in head.LECTURE_SCORES)
        shares = ", ".join(f"{share:.4f}" for share in head.sharpen().tolist())
        st.markdown(f"Its five scores, {scores}, eight times as large, become {shares}.")
