"""Predict, then reveal: a lesson's questions, each answered by running its experiment."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.quiz import catalogue
from gpt.lessons.quiz.question import Answer, Question, judge
from pages.ui.lessons import navigation
from pages.ui.problem import problem
from pages.ui.state import session, validate


def answered(lesson: int) -> bool:
    """Whether every question of a lesson has been guessed at."""
    return all(question.name in navigation.verdicts() for question in catalogue.of(lesson))


def opened(lesson: int) -> bool:
    """Whether the rest of a lesson may be seen: every question is answered, or the visitor does not want to guess."""
    return answered(lesson) or bool(session.recall(f"open-{lesson}"))


def questions(lesson: int) -> None:
    """All questions of a lesson, and the way past them."""
    for question in catalogue.of(lesson):
        one(question)
    if not answered(lesson):
        st.toggle("Show everything without guessing", key=f"open-{lesson}", persist_state="session")


def one(question: Question) -> None:
    """One question: its widget and button, or what became of the guess."""
    verdict = navigation.verdicts().get(question.name)
    with st.container(border=True):
        st.markdown(f"**Guess.** {question.prompt}")
        if verdict is None:
            guess = widget(question)
            if st.button("Reveal", key=f"reveal-{question.name}"):
                if guess is None:
                    st.info("Choose an answer first.")
                    return
                try:
                    navigation.guessed(question, judge(question, guess))
                except (ValueError, OSError) as error:
                    st.warning(problem(error))
                    return
                st.rerun()
            return
        word = "Right." if verdict.right else "Not this time."
        (st.success if verdict.right else st.info)(f"{word} {validate.plain(verdict.sentence)}")


def widget(question: Question) -> Answer | None:
    """A slider, or a choice among a few."""
    key = f"guess-{question.name}"
    if question.kind == "choices":
        return st.radio("Your guess", question.choices, index=None, key=key, label_visibility="collapsed")
    low, high, step = float(question.low), float(question.high), float(question.step)
    digits = 0 if step >= 1 else 2
    form = f"%.{digits}f{' %%' if question.unit == '%' else ''}"
    return st.slider("Your guess", low, high, float(question.start), step, form, key=key, label_visibility="collapsed")
