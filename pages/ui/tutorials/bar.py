"""The bar: the roads, the listings of one, a step back and a step on, and the link."""

from __future__ import annotations

import streamlit as st

from gpt.lessons.tutorials import table
from gpt.lessons.tutorials.listing import ROADS
from pages.ui.board import components
from pages.ui.board.panels.link import Link
from pages.ui.state import session
from pages.ui.tutorials import choices


def title(place: str) -> str:
    """How the list names a listing: its place on its road, and its title."""
    if place == choices.OVERVIEW:
        return "All listings"
    one = table.BY_KEY[place]
    road = table.of(one.road)
    return f"{road.index(one) + 1} of {len(road)} · {one.title}"


def bar() -> str:
    """The two lists with all that stands beside them; returns the open place, which the link now names."""
    place, ends = choices.place(), (choices.PLACES[0], choices.PLACES[-1])
    session.remember(choices.ROAD, choices.road())
    here = [one.key for one in table.of(choices.road())] or [choices.OVERVIEW]
    roads, listings = st.columns([4, 6], vertical_alignment="center", gap="small")

    with roads:
        st.selectbox(
            "Road", choices.ROADS_HERE, key=choices.ROAD, on_change=choices.road_changed, label_visibility="collapsed",
            format_func=lambda road: ROADS.get(road, "Overview of all roads"),
        )  # fmt: skip
    with listings.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", on_click=choices.go, args=(-1,), disabled=place == ends[0], key="listing-back")
        st.selectbox(
            "Listing", here, key=choices.PLACE, format_func=title, label_visibility="collapsed",
            on_change=session.forget, args=(choices.NOTICE,), persist_state="session",
        )  # fmt: skip
        st.button("Next", on_click=choices.go, args=(1,), disabled=place == ends[1], key="listing-next")

    components.board([(Link(link=choices.link()), 60)])
    return place
