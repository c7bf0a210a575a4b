"""One slip: its two lines and their numbers, unnamed until somebody has guessed; then which is which, and why."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.facts import PROBE
from gpt.lessons.slips.slip import Effect, Slip
from pages.ui.board import charts
from pages.ui.derived import slips as derived
from pages.ui.lessons import choices as lessons
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import seen, table
from pages.ui.slips import bar, choices
from pages.ui.state import callbacks, session
from pages.ui.state.validate import plain

PAGES = {
    "attention": "pages/explore/attention.py",
    "residual": "pages/explore/residual.py",
    "layernorm": "pages/explore/layernorm.py",
    "tokens": "pages/explore/tokens.py",
    "model": "pages/explore/model.py",
    "lessons": "pages/learn/lessons.py",
}

TEXT = 24  # characters of what a model writes


def show(slip: Slip) -> None:
    """The lines on the left; on the right what is turned, the numbers, and, once it may be told, what they say."""
    told = choices.told(slip.key)
    names = named(slip.key, told)
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        st.markdown(f"# {plain(bar.title(slip.key))}")
        st.markdown(slip.what)
        if told:
            st.markdown(f"**{plain(slip.name)}.** {slip.wrong}")
        for name, line in in_order(slip.key, slip.lines):
            st.markdown(f"**{names[name]}**")
            st.code(line, language=None, wrap_lines=True)  # in colours, some words are too faint
        if told:
            answered(slip)
        else:
            ask(slip.key)
    with right:
        found = derived.effect(slip.key, tuple(turns(slip).items()))
        numbers(slip.key, found, told)
        if told:
            reveal(slip, found)


def in_order(key: str, pair: tuple[str, str]) -> list[tuple[str, str]]:
    """Broken and mended as A and B."""
    first, second = pair if choices.broken(key) == "A" else pair[::-1]
    return [("A", first), ("B", second)]


def named(key: str, told: bool) -> dict[str, str]:
    """How A and B are called."""
    if not told:
        return {"A": "A", "B": "B"}
    return {name: f"{name}, {'broken' if name == choices.broken(key) else 'mended'}" for name in ("A", "B")}


def turns(slip: Slip) -> dict[str, str]:
    """What there is to turn."""
    found = dict[str, str]()
    if slip.turns:
        for column, turn in zip(st.columns(len(slip.turns), gap="small"), slip.turns, strict=True):
            with column:
                control = Choice(turn.label, turn.options, turn.options[0])
                found[turn.key] = control.draw(choices.turn_key(slip.key, turn.key))
    return slip.fit(found)


def numbers(key: str, found: Effect, told: bool) -> None:
    """Every number of both lines; a phone has room for marks, and the words stand above the lines."""
    broken = choices.broken(key)
    names = {name: f"{name} {'✗' if name == broken else '✓'}" if told else name for name in ("A", "B")}
    rows = []
    for number in found.numbers:
        pair = dict(in_order(key, number.told))
        rows.append({"measured": number.what, names["A"]: pair["A"], names["B"]: pair["B"]})
    if any(found.texts):
        first, second = (seen(text[:TEXT]) for text in found.texts)
        pair = dict(in_order(key, (first, second)))
        rows.append({"measured": "what it writes", names["A"]: pair["A"], names["B"]: pair["B"]})
    table(rows)


def ask(key: str) -> None:
    """Which of the two is broken?"""
    st.markdown("**Which of the two is broken?** Their numbers are in the table.")
    with st.container(horizontal=True, gap="small"):
        for word, label in (("A", "A is broken"), ("B", "B is broken"), ("?", "I do not know")):
            kind = "tertiary" if word == "?" else "secondary"
            st.button(label, key=f"guess-{word}", type=kind, on_click=choices.guess, args=(key, word))


def answered(slip: Slip) -> None:
    """What was guessed, where one finds such a slip, and where the mended line is seen at work."""
    said = choices.said().get(slip.key)
    if said:
        word = "You did not know" if said == "?" else f"You said {said}"
        right = {choices.broken(slip.key): "Right", "?": ""}.get(said, "Not this time")
        st.markdown(f"{f'**{right}.** ' if right else ''}{word}: {choices.broken(slip.key)} is broken.")
    st.markdown(f"**Where one finds it.** {plain(slip.source)}")
    path, words = slip.live
    page, _, lesson = path.partition("?lesson=")
    if st.button(f"See it live · {words}", key="slip-live", type="tertiary"):
        callbacks.open_model(choices.turned(slip).get("model", "lesson-8"), PROBE)
        if lesson and session.recall(lessons.PLACE) is not None:  # else its page reads the link, and all that is in it
            session.remember(lessons.PLACE, lesson)
        st.switch_page(PAGES[page], query_params={lessons.PLACE: lesson} if lesson else None)


def in_words(key: str) -> tuple[str, str]:
    """Which is which, as in "Broken (A)" and "Mended (B)"."""
    broken = choices.broken(key)
    return f"Broken ({broken})", f"Mended ({'B' if broken == 'A' else 'A'})"


def reveal(slip: Slip, found: Effect) -> None:
    """The law, whether it holds, the picture, and the sentence with the numbers."""
    holds = [f"{name}: **{'holds' if ok else 'does not hold'}**" for name, ok in zip(in_words(slip.key), found.obeys,
             strict=True)]  # fmt: skip
    st.markdown(f"**How one notices it.** {plain(slip.law)} {'; '.join(holds)}.")
    for picture in found.pictures:
        charts.show(picture.figure, key=picture.name, alt=picture.alt)
    st.markdown(plain(found.said))
