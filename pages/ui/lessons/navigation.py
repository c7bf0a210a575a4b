"""Which lesson a visitor has opened, and the score of this visit: the lessons' part of session_state and the link."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gpt.lessons import RUNGS
from gpt.lessons.quiz.question import Question, Verdict
from pages.ui.state import session, validate

ALL, WORDS = "all", "glossary"
PLACES = [*(str(rung.number) for rung in RUNGS), ALL, WORDS]  # in the order of the list
EXTRA = {ALL: "All rungs, one prompt", WORDS: "Glossary"}


def title(place: str) -> str:
    """How the list names a lesson."""
    if place in EXTRA:
        return EXTRA[place]
    rung = RUNGS[int(place) - 1]
    return f"{rung.number} · {rung.title}"


def current() -> str:
    """The open lesson: the link's on the first call, then the list's. Anything unknown is the first lesson."""
    if session.recall("lesson") is None:
        asked = session.link().get("lesson", PLACES[0])
        session.remember("lesson", asked if asked in PLACES else PLACES[0])
    return str(session.recall("lesson"))


def go(steps: int) -> None:
    """Another lesson, so many further on the list."""
    at = PLACES.index(current()) + steps
    session.remember("lesson", PLACES[max(0, min(len(PLACES) - 1, at))])


def bar() -> str:
    """The list, with a step back and a step on; returns the open lesson, which the link now names."""
    place = current()
    back, middle, on, score = st.columns([1, 4, 1, 3], vertical_alignment="center", gap="small")
    back.button("Back", on_click=go, args=(-1,), disabled=place == PLACES[0], key="lesson-back", width="stretch")
    with middle:
        st.selectbox("Lesson", PLACES, key="lesson", format_func=title, label_visibility="collapsed",
                     persist_state="session")  # fmt: skip
    on.button("Next", on_click=go, args=(1,), disabled=place == PLACES[-1], key="lesson-next", width="stretch")
    score.markdown(told())
    session.write_link("lesson", place)
    return place


def verdicts() -> dict[str, Verdict]:
    """What this visit has guessed so far, by question; the first guess counts."""
    if session.recall("lesson-verdicts") is None:
        session.remember("lesson-verdicts", {})
    return session.recall("lesson-verdicts")


def told() -> str:
    """The score in words."""
    found = verdicts()
    right = sum(verdict.right for verdict in found.values())
    return f"**{right} of {len(found)}** guessed right" if found else "Guess first, then see: no guess yet."


def guessed(question: Question, verdict: Verdict) -> None:
    """Keep a first guess."""
    verdicts().setdefault(question.name, verdict)


def typed(key: str, label: str, start: str, limit: int = 200) -> str:
    """A line of text from the visitor, cleaned; a new line is typed as a backslash and an n."""
    value: Any = st.text_input(label, start.replace("\n", "\\n"), key=key, max_chars=limit)
    return validate.clean(str(value or "").replace("\\n", "\n"), limit)
