"""What every lesson shows of its rung: its loss beside the published one, what changed, the code, the curve."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures.lessons import lines
from gpt.lessons import Rung, code_lines, difference, named, trained
from gpt.lessons.experiments.gpt2 import PROMPT
from gpt.lessons.rung import CORPUS
from gpt.runs import control
from pages.ui.problem import problem
from pages.ui.state import visitor


def measured(rung: Rung) -> None:
    """The loss of this rung, of the one before, and of other people's."""
    if rung.model is None:
        return
    if not trained.is_trained(rung.name):
        st.info(problem(f"This rung is not trained yet. On the server: python -m gpt.lessons --only {rung.name}"))
        return
    loss = trained.loss(rung.name)
    before = rung.before if rung.before and trained.is_trained(rung.before) else None
    change = None if before is None else f"{loss - trained.loss(before):+.3f} against {named(before).title.lower()}"
    left, right = st.columns(2)
    left.metric("Loss, nats a character", f"{loss:.3f}", change, delta_color="inverse")
    if rung.published:
        apart = loss - rung.published.loss
        right.metric("Published", f"{rung.published.loss:.2f}", f"ours {apart:+.3f}", delta_color="off")


def behind(rung: Rung) -> None:
    """What changed, the code, the curve, a sample, and a button that trains it again; closed until asked for."""
    for label, draw in (("What changed", changed), ("The code that matters", code), ("How it learned", learned)):
        if label == "How it learned" and rung.model is None:
            continue
        panel = st.expander(label, on_change="rerun", key=f"{label}-{rung.number}")
        if panel.open:
            with panel:
                draw(rung)


def changed(rung: Rung) -> None:
    """The fields in which this rung differs from the one before."""
    before = named(rung.before).model if rung.before else None
    if rung.model is None or before is None:
        st.markdown(f"Here the road begins: {rung.changed}.")
        return
    fields = difference(before, rung.model)
    rows = [{"field": field, "before": str(old), "now": str(new)} for field, (old, new) in fields.items()]
    st.markdown(f"Against *{named(rung.before or '').title}*: {rung.changed}.")
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def code(rung: Rung) -> None:
    """The lines of this very program."""
    st.code(code_lines(rung), language="python", wrap_lines=True)


def learned(rung: Rung) -> None:
    """The losses while it learned, and what it writes."""
    if not trained.is_trained(rung.name):
        st.markdown("It is not trained yet.")
        return
    losses = trained.losses(rung.name)
    shown = {"training": (losses.steps, losses.train), "validation": (losses.steps, losses.val)}
    marks = {"published": rung.published.loss} if rung.published else {}
    text = f"Validation loss falls from {losses.val[0]:.2f} to {losses.val[-1]:.2f} in {losses.steps[-1]:,} steps."
    figure = lines(shown, "step", "loss (nats a character)", marks=marks)
    st.plotly_chart(figure, key=f"learned-{rung.name}", alt=text)
    st.markdown(text)
    st.code(sample(rung.name), language=None, wrap_lines=True)
    again(rung)


@st.cache_resource(max_entries=40, show_spinner=False)
def sample(name: str) -> str:
    """What a rung writes after the same prompt."""
    from gpt.lessons.all_rungs import reading

    return PROMPT + reading(named(name), PROMPT, sample=160).sample


def again(rung: Rung) -> None:
    """Train this rung again, as a run in the studio."""
    if rung.model is None or rung.train is None:
        st.markdown("The scaled-up model takes over an hour: `python -m gpt.train --preset shakespeare`.")
        return
    if st.button("Train it again, here", key=f"again-{rung.name}"):
        try:
            wish = visitor.request(rung)
            run = control.create(rung.model, rung.train, CORPUS, rung.title, visitor.owner(), wish, None,
                                teacher=visitor.is_teacher())  # fmt: skip
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        visitor.choose_run(run)
        st.switch_page("pages/train/studio.py")
