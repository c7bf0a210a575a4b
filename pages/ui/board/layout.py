"""How pages are laid out: the row on top, the board of panels that follows every key, and what is folded below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui import cache
from pages.ui.board import components, intro
from pages.ui.board.frames import Frames
from pages.ui.board.panel import Panel
from pages.ui.board.panels import bar, owner, scrub, stack
from pages.ui.board.panels import here as way
from pages.ui.problem import problem
from pages.ui.state import callbacks, reading, session, validate, visitor
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading
from pages.ui.turns import turns

WHOLE = 60  # columns
NUMBERS, RECORD, GLOSSARY = "The numbers behind the pictures", "How this model was trained", "Glossary"  # folded below


def frame(sections: Mapping[str, Sequence[StreamlitPage]], current: StreamlitPage) -> None:
    """The bar of every page."""
    components.alone(bar.panel(sections, current), key=callbacks.BAR, on_projector_change=callbacks.projector_changed)


def top_row(chosen: Inputs, slider: bool = True, here: str = "", said: bool = False) -> None:
    """What this is, which model, at which step of its training. Outside the fragment: a key does not send it again.

    A page with a slider of its own moves without this row, which then tells nothing of the step. A page of Explore
    (`here`, its path) begins with the way of a token through all parts; what the model is may be `said` above it.
    """
    what, which, when = st.columns([6.1, 2.45, 3.45], gap="small", vertical_alignment="center")
    with what.container(key="intro", gap=None):
        if said or not here:
            st.markdown(f"**{validate.plain(intro.sentence(chosen) if slider else intro.whole(chosen))}**")
        if here:
            components.alone(way.panel(cache.model(chosen.model, chosen.step).config, here, slim=said))
    with which:
        model_picker(chosen)
    with when:
        if slider:
            components.alone(scrub.panel(chosen), on_step_change=callbacks.scrubbed)
    follow(chosen)
    for notice in chosen.notices:
        st.info(problem(notice))


def model_picker(chosen: Inputs) -> None:
    """The list of models. It is always told what is chosen: after the browser's Back it would begin at the first."""
    session.remember(callbacks.MODEL, chosen.model)
    st.selectbox(
        "Model",
        list(cache.offered()),
        key=callbacks.MODEL,
        label_visibility="collapsed",
        on_change=callbacks.model_changed,
        format_func=lambda name: cache.offered()[name].label if name in cache.offered() else name,
    )


def follow(chosen: Inputs) -> None:
    """A run in training: stay at its newest step, so that the page moves by itself."""
    if chosen.model in cache.offered_at_start() or not cache.in_training(chosen.model):
        return
    if session.recall(callbacks.FOLLOW) != chosen.follow:
        session.remember(callbacks.FOLLOW, chosen.follow)
    st.toggle("Follow the newest step", key=callbacks.FOLLOW, on_change=callbacks.follow_changed)


def ask_owner() -> None:
    """Let the browser tell who it is; nothing is seen of it."""
    components.alone(owner.panel(), key=visitor.OWNER, on_token_change=visitor.owner_changed)


def live(page: Callable[[], Reading], folded: str = "") -> None:
    """Draw a page as one fragment: a key reruns it and nothing else; while a run is followed, so does a timer.

    Once the run has a newer step, or the tour has put another model back, the whole page is drawn: the row on top tells
    model and step, too. What is `folded` below (see `tables_of`) follows the keys once it is open; closed, it
    stands outside of the fragment, and travels once. To open it is to draw the whole page.
    """
    drawn = session.current()
    follows = any(session.recall(title) for title in (NUMBERS, RECORD, GLOSSARY))

    def draw() -> None:
        with turns.turn():
            draw_now()

    def draw_now() -> None:
        now = session.current()
        if (now.follow and now.step != drawn.step) or now.rev_view != drawn.rev_view:
            st.rerun()
        seen = page()
        if folded and follows:
            below(seen, folded)

    st.fragment(draw, run_every="3s" if drawn.follow else None)()
    if folded and not follows:
        below(reading.read(session.current()), folded)


def show(*panels: tuple[Panel, int], of_visitor: bool = True) -> None:
    """Mount panels as one board, each with how many of 60 columns it takes, and hear everything that they may tell.

    Above them it tells of edits in the model that the visitor has chosen, unless what they show is not `of_visitor`.
    """
    edits = stack.panel(session.current(), [one.name for one, _ in panels]) if of_visitor else None
    panels = ((edits, WHOLE), *panels) if edits else panels
    heard = {f"on_{state}_change": callback for state, callback in callbacks.HEARD.items()}
    if session.recall(callbacks.FRAMES) is None:
        session.remember(callbacks.FRAMES, Frames())
    components.board(panels, session.recall(callbacks.FRAMES), session.held(callbacks.BOARD), **heard)


def below(seen: Reading, what: str) -> None:
    """Tables (see `tables_of`), files and the record: closed, they cost not even an import."""
    panel = st.expander(NUMBERS, on_change="rerun", key=NUMBERS)
    if panel.open:
        with panel:
            tables_of(what)(seen)
    panel = st.expander(RECORD, on_change="rerun", key=RECORD)
    if panel.open:
        from pages.ui.board import record

        with panel:
            record.show(seen)
    panel = st.expander(GLOSSARY, on_change="rerun", key=GLOSSARY)
    if panel.open:
        from pages.ui import glossary

        with panel:
            glossary.narrowed("")


def tables_of(what: str) -> Callable[[Reading], None]:
    """What draws the tables of this name: `draw` of a page's own file in page_tables/, or a function of tables.py."""
    from pages.ui import tables

    return getattr(tables, what, None) or import_module(f"pages.ui.page_tables.{what}").draw
