"""One listing: what it computes, what can be turned, what was printed beside what comes out here, and the code."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.tutorials.listing import Outcome
from gpt.lessons.tutorials.table import BY_KEY
from pages.ui.board import components
from pages.ui.board.panels.printed import Printed
from pages.ui.derived import tutorials
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import picture
from pages.ui.problem import problem
from pages.ui.state.validate import plain
from pages.ui.tutorials import choices

FIRST = "playground"  # the page that opens without a path


def show(place: str) -> None:
    """The words on the left, the numbers on the right."""
    listing = BY_KEY[place]
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        st.markdown(f"# {plain(listing.title)}")
        st.markdown(listing.what)
        for turn in listing.turns:
            Choice(turn.label, turn.options, turn.options[0]).draw(choices.turn_key(place, turn.key))
        if listing.live[0]:
            st.markdown(f"[{listing.live[1]}]({address(listing.live[0])})")
        code = st.expander("The code that runs", on_change="rerun", key=f"code-{place}")
        if code.open:
            with code:
                st.code(listing.source, language="python", wrap_lines=True)
    turned = choices.turned(listing)
    with right:
        try:
            numbers(place, tutorials.outcome(place, tuple(turned.items())), bool(turned))
        except (ValueError, OSError) as error:  # a text that is not here
            st.info(problem(error))


def address(live: str) -> str:
    """Where a listing's page is, seen from this one: the first page has no path of its own."""
    page, _, query = live.partition("?")
    path = "./" if page == FIRST else page
    return f"{path}?{query}" if query else path


def numbers(place: str, found: Outcome, turned: bool) -> None:
    """What comes out, beside what was printed."""
    if found.printed:
        st.markdown(summary(found, turned))
        components.alone(Printed.of(found.printed, turned), key=f"printed {place}")
    elif not turned:
        st.markdown("The tutorial prints nothing here to compare with.")
    for sentence in found.said:
        st.markdown(plain(sentence))
    for one in found.pictures:
        picture(one.figure, one.alt, one.name)
    if found.text:
        st.code(found.text, language=None, wrap_lines=True)


def summary(found: Outcome, turned: bool) -> str:
    """How many rows are the same."""
    same, all_of_them = sum(row.same for row in found.printed), len(found.printed)
    if turned:
        return f"Turned: {same} of {all_of_them} are still as printed."
    if same == all_of_them:
        return "**All as printed.**"
    return f"**{same} of {all_of_them} as printed**, the rest with why."
