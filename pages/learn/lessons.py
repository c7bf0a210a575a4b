"""The lessons: a small GPT built one part at a time, each rung trained and measured."""

from __future__ import annotations

import streamlit as st

from gpt.lessons import numbered, texts
from pages.ui import glossary
from pages.ui.board import layout
from pages.ui.lessons import all_rungs, navigation, quiz
from pages.ui.lessons import first as first
from pages.ui.lessons import rung as rung_panels
from pages.ui.lessons import second as second
from pages.ui.problem import problem

LIVE = (
    first.text_to_numbers,
    first.the_bigram,
    first.mean_of_the_past,
    first.one_head,
    first.many_heads,
    first.feed_forward,
    first.residual,
    second.layer_norm,
    second.dropout,
    second.scaled_up,
    second.positions,
    second.encoder,
    second.pseudogpt,
    second.gpt2,
)


@st.fragment
def experiment(number: int) -> None:
    """The live side: typing here draws nothing else again."""
    try:
        LIVE[number - 1]()
    except (ValueError, OSError) as error:  # a rung that is not trained, a text that is not here
        st.info(problem(error))


def lesson(number: int) -> None:
    """The explanation on the left, the live thing on the right."""
    rung, opened = numbered(number), quiz.opened(number)
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        st.markdown(texts.shown(number, opened))
        glossary.of_lesson(number)
        if opened:
            rung_panels.measured(rung)
        else:
            st.markdown("*The rest of this lesson, and its experiment, open when you have guessed.*")
        rung_panels.behind(rung)
    with right:
        quiz.questions(number)
        if opened:
            experiment(number)


place = navigation.bar()
if place == navigation.ALL:
    all_rungs.everything()
elif place == navigation.WORDS:
    all_rungs.words()
else:
    layout.ask_owner()
    lesson(int(place))
