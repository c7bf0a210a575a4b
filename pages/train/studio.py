"""The studio: choose a text and a model, start its training, watch it learn; it goes on when you leave."""

from __future__ import annotations

import streamlit as st

from gpt import runs
from gpt.runs import control
from pages.ui.board import layout
from pages.ui.problem import problem
from pages.ui.state import validate, visitor
from pages.ui.studio import deleting, form, run_list, run_panels


@st.fragment(run_every="2s")
def running(recipe: form.Recipe | None) -> None:
    """The runs, read anew every two seconds: from files alone, so that nothing is lost with a page or a server."""
    try:
        control.pump()
    except (ValueError, OSError) as error:  # what waits goes on waiting; what trains does not need this page
        st.warning(problem(error))
    if notice := visitor.told():
        st.info(problem(notice))
    found = runs.listing()
    if not found:
        st.markdown("No run yet. This is the model that **Start training** would train; watch it learn here.")
        form.picture(recipe, "diagram")
        return
    chosen, over = run_list.table(found)
    try:
        run_panels.show(chosen, over)
    except (ValueError, OSError):
        st.markdown("This run was deleted just now.")


def bring() -> None:
    """A model file from another machine, and the teacher's code."""
    with st.expander("Bring a model, or the teacher's code"):
        file = st.file_uploader(
            "A model file of Nanoscope (.safetensors)",
            key="bring-file",
            max_upload_size=32,
            help="As “Download” of a run saves it. It becomes a finished run, which every page can show.",
        )
        if file is not None and st.button("Add it", key="bring-add"):
            try:
                visitor.choose_run(
                    control.import_model(file.getvalue(), validate.clean(file.name)[:60], visitor.owner())
                )
                st.rerun()
            except (ValueError, OSError) as error:
                st.warning(problem(error))
        st.text_input(
            "Teacher's code",
            type="password",
            key="teacher-code",
            help="Who knows it may pause, stop and delete everybody's runs.",
            persist_state="session",
        )


layout.ask_owner()
deleting.dialog()
made = bool(runs.every())
if made:
    with st.container(key="to-runs"):  # on a phone they stand below the whole form
        st.markdown("[To the trainings so far ↓](#trainings-so-far)")
left, right = st.columns([1, 1.7], gap="medium")
with left:
    st.markdown("**New training**")
    recipe = form.form()
    form.start(recipe)
    form.expectation(recipe)
    if made:
        form.picture(recipe, "diagram-below")
    bring()
with right:
    if made:
        st.markdown("###### Trainings so far")
    running(recipe)
