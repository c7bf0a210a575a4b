"""Layouts that several pages share: the row on top, and what lies folded below."""

from __future__ import annotations

import streamlit as st

from pages.ui import cached, components, inputs
from pages.ui.look import Look


def top_row(chosen: inputs.Inputs) -> None:
    """Which model, at which step of its training; the link to all this."""
    left, middle, right = st.columns([1.6, 5, 2], gap="small", vertical_alignment="center")
    with left:
        inputs.model_picker(chosen)
    with middle:
        state = {"steps": chosen.shelved.steps, "losses": cached.losses(chosen.model), "step": chosen.step}
        components.scrub({**state, "rev": f"{chosen.model} {chosen.rev}"}, inputs.step_changed)
    with right:
        components.link({"link": inputs.link(chosen), "present": st.query_params.get("present") == "1"})
    for notice in chosen.notices:
        st.info(notice)


def below(chosen: inputs.Inputs, seen: Look) -> None:
    """Tables, files and the record; closed, they cost nothing, not even an import."""
    for title in ("The numbers behind the pictures", "How this model was trained"):
        panel = st.expander(title, on_change="rerun", key=title)
        if panel.open:
            from pages.ui import numbers

            with panel:
                (numbers.numbers if title.startswith("The") else numbers.training)(chosen, seen)
