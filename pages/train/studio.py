"""The studio: choose a text and a model, start its training, watch it learn; it goes on when you leave."""

from __future__ import annotations

import streamlit as st

from gpt import runs
from gpt.runs import control
from pages.ui.board import layout
from pages.ui.problem import problem
from pages.ui.state import validate, visitor
from pages.ui.studio import form, run_panels


@st.fragment(run_every="2s")
def running() -> None:
    """The runs, read anew every two seconds: from files alone, so that nothing is lost with a page or a server."""
    try:
        control.pump()
    except (ValueError, OSError) as error:  # what waits goes on waiting; what trains does not need this page
        st.warning(problem(error))
    found = runs.listing()
    if not found:
        st.markdown("No run yet. Choose a text and a size, press **Start training**, and watch it learn here.")
        return
    st.markdown(f"**Runs** · {control.slots()} can train at once here; others wait their turn.")
    ticked = run_panels.table(found)
    by_id = {status.id: status for status in found}
    chosen = visitor.chosen_run(by_id, ticked)
    try:
        run_panels.chosen_run(by_id[chosen], [by_id[run] for run in ticked])
    except (runs.RunError, FileNotFoundError):
        st.markdown("This run was deleted just now.")


def bring() -> None:
    """A model file from another machine, and the teacher's code."""
    with st.expander("Bring a model, or the teacher's code"):
        file = st.file_uploader("A model file of Nanoscope (.safetensors)", key="bring-file", max_upload_size=32)
        if file is not None and st.button("Add it", key="bring-add"):
            try:
                visitor.choose_run(
                    control.import_model(file.getvalue(), validate.clean(file.name)[:60], visitor.owner())
                )
                st.rerun()
            except (ValueError, OSError) as error:
                st.warning(problem(error))
        st.text_input("Teacher's code", type="password", key="teacher-code")


layout.ask_owner()
left, right = st.columns([1, 1.7], gap="medium")
with left:
    st.markdown("**New training**")
    recipe = form.form()
    form.start(recipe)
    form.picture(recipe)
    bring()
with right:
    running()
