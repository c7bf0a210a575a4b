"""All rungs on one prompt, and the glossary."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures.glyphs import glyph
from gpt.figures.lessons import lines
from gpt.lessons import RUNGS, named, trained
from gpt.lessons.all_rungs import Reading, readings
from pages.ui.glossary import narrowed
from pages.ui.lessons import navigation
from pages.ui.problem import problem

START = "ROMEO:\nBut soft, what light through yonder wi"


@st.cache_resource(max_entries=64, show_spinner=False)
def read(text: str) -> list[Reading]:
    """Every rung on a text, once for everyone who types it."""
    return readings(text, k=3)


@st.fragment
def prompt() -> None:
    """The table that follows the text."""
    text = navigation.typed("lesson-prompt", "Your text (a new line is \\n)", START, 256)
    try:
        found = read(text)
    except ValueError as error:
        st.info(problem(error))
        return
    rows = []
    for one in found:
        guesses = ", ".join(f"{glyph(g.token)} {100 * g.probability:.0f} %" for g in one.guesses)
        rows.append({
            "rung": navigation.title(str(named(one.rung).number)),
            "likeliest next": guesses,
            "loss on this text": one.loss,
            "loss on the last tenth": one.val_loss,
            "it writes on": "".join(map(glyph, one.sample)),
        })  # fmt: skip
    digits = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=35 * len(rows) + 40,
        column_config={"loss on this text": digits, "loss on the last tenth": digits},
    )  # fmt: skip
    honest = [(one.loss, one.rung) for one in found if one.loss is not None and one.rung != "encoder"]
    if honest:
        loss, name = min(honest)
        title = navigation.title(str(named(name).number))
        st.markdown(
            f"**{title}** finds this text easiest, at {loss:.3f} nats a character. Lesson 12's encoder is out of the "
            "race: it sees the answers."
        )


def curves() -> None:
    """The validation loss of every rung of the road while it learned, with the published numbers as marks."""
    road = [rung for rung in RUNGS if rung.road and trained.is_trained(rung.name)]
    found = {rung.title: trained.losses(rung.name) for rung in road}
    marks: dict[str, float] = {}
    for rung in road:  # two that are nearly the same share one label
        if rung.published:
            loss = rung.published.loss
            near = next((name for name, level in marks.items() if abs(level - loss) < 0.03), "")
            level = marks.pop(near, loss)
            marks[f"{near} · {rung.title} {loss:.2f}".removeprefix(" · ")] = level
    end = ", ".join(f"{rung.title} {trained.loss(rung.name):.2f}" for rung in road)
    shown = {title: ([step + 1 for step in one.steps], one.val) for title, one in found.items()}
    figure = lines(shown, "step", "validation loss (nats a character)", marks=marks, height=460)
    figure.update_xaxes(type="log")
    figure.update_yaxes(range=[1.3, 3.2])
    st.plotly_chart(figure, key="road", alt=f"Validation loss by step for each rung; they end at {end}.")
    st.markdown("Level lines are losses that other people have published; look for who ends below its own.")


def everything() -> None:
    """The page of all rungs."""
    st.markdown("# All rungs, one prompt")
    prompt()
    curves()


def words() -> None:
    """The glossary, narrowed by what is typed."""
    st.markdown("# Glossary")
    narrowed(navigation.typed("lesson-word", "Find a term", "", 40))
