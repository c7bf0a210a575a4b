"""What every lesson shows of its rung: its loss beside the published one, what changed, the code, the curve."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures.chart import Axis, Level
from gpt.figures.lessons import lines
from gpt.lessons import Rung, code_lines, difference, named, seeds, texts, trained
from gpt.lessons.experiments.gpt2 import PROMPT
from gpt.lessons.rung import CORPUS
from gpt.runs import control
from gpt.size import count
from pages.ui import cache
from pages.ui.board import charts, layout
from pages.ui.lessons import choices
from pages.ui.problem import problem
from pages.ui.state import callbacks, visitor
from pages.ui.state.validate import plain

TIMELINE = "the Timeline"
PAGES = {
    "Attention": "pages/explore/attention.py",
    TIMELINE: "pages/train/timeline.py",
    "the Playground": "pages/explore/playground.py",
}


def measured(rung: Rung) -> None:
    """The losses of this rung, of those that it is compared with, and of other people's, in words and numbers only."""
    if rung.model is None:
        return
    if not trained.is_trained(rung.name):
        st.info(problem(f"This rung is not trained yet. On the server: python -m gpt.lessons --only {rung.name}"))
        return

    rows = [f"| **{plain(rung.title)}** | {losses(rung.name)} | {count(rung.model):,} |"]
    for other in compared(rung):
        size = f"{count(other.model):,}" if other.model else ""
        rows.append(f"| {plain(other.title)} | {losses(other.name)} | {size} |")
    if rung.published:
        rows.append(
            f"| Published: {plain(rung.published.name)} | {rung.published.loss:.2f} | {plain(rung.published.size)} |"
        )

    thrice = all(one.name in seeds.VARIANTS for one in (rung, *compared(rung)))
    heading = "trained with three seeds" if thrice else "a number for each seed"
    st.markdown("\n".join([f"| nats a character | {heading} | parameters |", "|---|---|---|", *rows]))
    if rung.published:
        named_above = "A. Karpathy" in texts.shown(rung.number)
        source = rung.published.source if named_above else rung.published.cited
        st.markdown(f"Published: {plain(source)}. Where the sizes differ, the two are neighbours, and no race.")
    if rung.model and not rung.model.causal:
        st.markdown("No match for the others: without the mask the answers stand in the window.")


def compared(rung: Rung) -> list[Rung]:
    """The rung before, and the second models of this lesson that were trained with the same seeds."""
    before = [named(rung.before)] if rung.before else []
    return before + [other for other in seeds.VARIANTS.values() if other.lesson == rung.name]


def losses(name: str) -> str:
    """A model's losses, one a seed; of a model that was trained once, that one."""
    found = seeds.losses(name) if name in seeds.VARIANTS else (trained.loss(name),)
    return " · ".join(f"{loss:.3f}" for loss in found)


def look_inside(rung: Rung) -> None:
    """Three ways to see this rung's model on the visitor's text."""
    if rung.model is None or not trained.is_trained(rung.name):
        return
    name = trained.shelf_name(rung.name)
    with st.container(horizontal=True, gap="small"):
        for label, page in PAGES.items():
            if label == TIMELINE and len(cache.offered()[name].steps) == 1:
                continue  # it has no past to look at
            if st.button(f"See it in {label}", key=f"see-{label}", type="tertiary"):
                callbacks.open_model(name, choices.own_text())
                st.switch_page(page)


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
    levels = [Level("published", rung.published.loss)] if rung.published else []
    text = f"Validation loss falls from {losses.val[0]:.2f} to {losses.val[-1]:.2f} in {losses.steps[-1]:,} steps."
    figure = lines(shown, Axis("step", form=",d"), "loss (nats a character)", levels)
    charts.show(figure, key=f"learned-{rung.name}", alt=text)
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
    layout.ask_owner()  # only here: its answer draws the page again
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
