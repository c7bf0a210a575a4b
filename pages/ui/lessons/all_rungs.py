"""All rungs on one prompt, and the glossary."""

from __future__ import annotations

import streamlit as st

from gpt.figures.chart import Axis, Level
from gpt.figures.glyphs import glyph
from gpt.figures.lessons import lines
from gpt.lessons import RUNGS, named, trained
from gpt.lessons.all_rungs import Reading, readings
from gpt.published import PUBLISHED
from pages.ui.board import charts
from pages.ui.glossary import narrowed
from pages.ui.lessons import choices, navigation
from pages.ui.lessons.experiments import own_text
from pages.ui.lessons.picture import readable, table
from pages.ui.problem import problem
from pages.ui.state import validate


@st.cache_resource(max_entries=64, show_spinner=False)
def read(text: str) -> list[Reading]:
    """Every rung on a text, once for everyone who types it."""
    return readings(text, k=3)


def prompt() -> None:
    """The table that follows the text."""
    own_text()
    try:
        found = read(choices.own_text())
    except ValueError as error:
        st.info(problem(error))
        return
    table([
        {
            "rung": navigation.title(str(named(one.rung).number)),
            "likeliest next": ", ".join(f"{glyph(g.token)} {100 * g.probability:.0f} %" for g in one.guesses),
            "loss on this text": "" if one.loss is None else f"{one.loss:.3f}",
            "on the last tenth": f"{one.val_loss:.3f}",
            "it writes on": readable(one.sample),
        }
        for one in found
    ])  # fmt: skip
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
    shown = {title: (one.steps, one.val) for title, one in found.items()}
    levels = [Level(name, loss) for name, loss in marks.items()]
    across = Axis("step", "log1", form=",d")
    up = Axis("validation loss (nats a character)", low=1.3, high=3.2)
    figure = lines(shown, across, up, levels, height=460)
    charts.show(figure, key="road", alt=f"Validation loss by step for each rung; they end at {end}.")
    st.markdown(
        f"Level lines are published losses: {validate.plain(PUBLISHED['one head'].cited)}, whose models are smaller "
        "than ours, and at 1.48 the lecture's own large one."
    )


def everything() -> None:
    """The page of all rungs."""
    st.markdown("# All rungs, one prompt")
    prompt()
    curves()


def words() -> None:
    """The glossary, narrowed by what is typed."""
    st.markdown("# Glossary")
    narrowed(validate.clean(st.text_input("Find a term", key="lesson-word", max_chars=40) or "", 40))
