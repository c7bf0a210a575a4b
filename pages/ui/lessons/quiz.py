"""Predict, then reveal: a lesson's questions, each answered by running its experiment."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.quiz import catalogue
from gpt.lessons.quiz.question import UNKNOWN, Answer, Question, Verdict, judge
from pages.ui.lessons import choices
from pages.ui.problem import problem
from pages.ui.state.validate import plain


def answered(lesson: int) -> bool:
    """Whether every question of a lesson has been answered, were it with "I do not know"."""
    return all(question.name in choices.verdicts() for question in catalogue.of(lesson))


def opened(lesson: int) -> bool:
    """Whether the rest of a lesson may be seen: every question is answered, or the visitor does not want to guess."""
    return answered(lesson) or choices.opened()


def questions(lesson: int) -> None:
    """All questions of a lesson; those that are answered already are folded."""
    for question in catalogue.of(lesson):
        verdict = choices.verdicts().get(question.name)
        if verdict is None:
            ask(question)
        else:
            tell(question, verdict)
    st.markdown("*The rest of this lesson, and its experiment, open when you have guessed.*")


def told(lesson: int) -> None:
    """What became of the guesses of a lesson, folded."""
    for question in catalogue.of(lesson):
        if question.name in choices.verdicts():
            tell(question, choices.verdicts()[question.name])


def ask(question: Question) -> None:
    """One question with its widget and buttons."""
    with st.container(border=True):
        st.markdown(f"**Guess.** {question.prompt}")
        guess = widget(question)
        with st.container(horizontal=True, gap="small"):
            reveal = st.button("Reveal", key=f"reveal-{question.name}")
            unknown = st.button("I do not know", key=f"unknown-{question.name}", type="tertiary")
        if not (reveal or unknown):
            return
        if reveal and guess is None:
            st.info("Choose an answer first, or take “I do not know”.")
            return
        if reveal and question.kind == "slider" and guess == question.start:
            st.info("The slider has not moved: set it to your guess first, or take “I do not know”.")
            return
        try:
            choices.note_guess(question.name, judge(question, UNKNOWN if unknown else guess))
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        st.rerun()


def tell(question: Question, verdict: Verdict) -> None:
    """One answered question: what was said, what it is, and the question itself when it is opened."""
    word = ("Right" if verdict.right else "Not this time") if verdict.known else "You did not know"
    with st.container(border=True, gap="xxsmall"):
        said = f"; you said {shown(question, verdict.guess)}" if verdict.known else ""
        st.markdown(f"**{word}{plain(said)}.** {plain(verdict.sentence)}")
        with st.expander("The question", type="compact"):
            st.markdown(question.prompt)


def shown(question: Question, guess: Answer) -> str:
    """A guess in words."""
    if isinstance(guess, str):
        return f"“{guess}”"
    return f"{guess:g}{' %' if question.unit == '%' else ''}"


def widget(question: Question) -> Answer | None:
    """A slider, or a choice among a few."""
    key = f"guess-{question.name}"
    if question.kind == "choices":
        return st.radio("Your guess", question.choices, index=None, key=key, label_visibility="collapsed")
    low, high, step = float(question.low), float(question.high), float(question.step)
    digits = 0 if step >= 1 else 2
    form = f"%.{digits}f{' %%' if question.unit == '%' else ''}"
    return st.slider("Your guess", low, high, float(question.start), step, form, key=key, label_visibility="collapsed")
