"""The lessons: a small GPT built one part at a time, each rung trained and measured."""

from __future__ import annotations

import streamlit as st

from gpt.lessons import numbered, texts
from pages.ui import glossary
from pages.ui.lessons import all_rungs, choices, experiments, navigation, quiz
from pages.ui.lessons import rung as rung_panels


def lesson(number: int) -> None:
    """The explanation on the left, the live thing on the right; before the guess, the questions stand there."""
    rung, opened = numbered(number), quiz.opened(number)
    before, after = texts.parts(number)
    left, right = st.columns([1, 1.4], gap="large")

    with left:
        st.markdown(before)
        if opened:
            quiz.told(number)
            st.markdown(after)
            rung_panels.look_inside(rung)
            rung_panels.measured(rung)
        glossary.of_lesson(number)
        rung_panels.behind(rung)

    with right:
        if opened:
            experiments.show(rung)
        else:
            quiz.questions(number)


place = navigation.bar(experiments.start)
if place == choices.ALL:
    all_rungs.everything()
elif place == choices.WORDS:
    all_rungs.words()
else:
    lesson(int(place))
