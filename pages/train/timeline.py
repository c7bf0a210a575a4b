"""The timeline: one slider through a training, and everything inside the model follows it."""

from __future__ import annotations

import streamlit as st

from pages.ui import cached, components, inputs, panels
from pages.ui.look import look


def timeline() -> None:
    """Everything that the slider moves."""
    chosen = inputs.current()
    inputs.prefer_many_steps(chosen)
    panels.top_row(chosen, scrub=False)
    seen, steps = look(chosen), chosen.shelved.steps
    found = cached.events(chosen.model, steps, seen.ids) if seen.ids else []
    marks = [{"step": e.step, "layer": e.layer, "head": e.head, "text": e.sentence} for e in found]
    state = {"steps": steps, "losses": cached.losses(chosen.model, steps[-1]), "step": chosen.step, "events": marks}
    components.timeline({**state, "rev": f"{chosen.model} {chosen.rev}"}, inputs.slid)

    left, right = st.columns([2.42, 1], gap="small")
    with left:
        panels.prompt(chosen, seen)
    with right:
        text = cached.sample(chosen.model, chosen.step)
        components.sample({"step": chosen.step, "text": text})
    panels.strip(chosen, seen)

    left, middle, right = st.columns([1.12, 1.3, 1], gap="small")
    with left:
        panels.heads(seen)
    with middle:
        panels.head(seen)
    with right:
        panels.next_token(chosen, seen)

    left, right = st.columns(2, gap="small")
    with left:
        panels.norms(seen)
    with right:
        panels.token_map(cached.run_maps(chosen.model, steps)[chosen.step], seen)


panels.live(timeline)
