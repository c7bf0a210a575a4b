"""What one may do with a run: pause, go on, fork, open it on other pages, rename, delete.

Every button carries its run's id in its key: a click that was meant for one run never reaches another, which may have
taken its place on the page by then.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gpt import runs
from gpt.runs import Status, control
from gpt.runs.create import Asked
from pages.ui import cache
from pages.ui.board import layout
from pages.ui.problem import problem
from pages.ui.state import callbacks, validate, visitor
from pages.ui.state.inputs import Inputs
from pages.ui.studio import deleting

STUDIO = "pages/train/studio.py"
PAGES = {
    "Playground": "pages/explore/playground.py",
    "Attention": "pages/explore/attention.py",
    "Timeline": "pages/train/timeline.py",
}


def act(label: str, key: str, do: Callable[[], object], enabled: bool = True, help: str = "") -> None:
    """A button that does one thing; what cannot be done is one sentence."""
    if st.button(label, key=key, disabled=not enabled, help=help or None):
        try:
            do()
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        st.rerun()


def buttons(status: Status) -> None:
    """Everything that may be done with a run; what steers it is only for whoever started it, and the teacher."""
    me, teacher, run = visitor.owner(), visitor.is_teacher(), status.id
    mine = control.may_control(status, me, teacher)
    if not status.readable:
        if teacher:
            act("Delete…", f"run-delete-{run}", lambda: deleting.ask(run))
        else:
            st.markdown("Only the teacher can delete what cannot be read.")
        return
    live = status.running or status.queued
    asked = (run, me, teacher)
    with st.container(horizontal=True, gap="xsmall"):
        act("Pause", f"run-pause-{run}", lambda: control.pause(*asked), mine and status.running)
        act("Resume", f"run-resume-{run}", lambda: control.resume(*asked), mine and status.resumable)
        hint = "Exactly one optimizer step, then it rests again."
        act("One step", f"run-step-{run}", lambda: control.step_once(*asked), mine and status.resumable, hint)
        act("Stop", f"run-stop-{run}", lambda: control.stop(*asked), mine and live)
        hint = "A run of your own that goes on from the last kept step of this one, with a fresh optimizer."
        act("Fork", f"run-fork-{run}", lambda: fork(status, me, teacher), bool(status.kept), hint)
        st.download_button(
            "Download",
            lambda: runs.export(run),
            f"{run}.safetensors",
            key=f"run-download-{run}",
            disabled=not status.kept,
            help="The last kept step as a model file: “Bring a model” takes it, here and elsewhere.",
        )
        with st.popover("Rename", disabled=not mine):
            fresh = st.text_input("New name", value=status.name, max_chars=60, key=f"rename-{run}")
            act("Save", f"run-rename-{run}", lambda: control.rename(run, validate.clean(fresh), me, teacher), mine)
        act("Delete…", f"run-delete-{run}", lambda: deleting.ask(run), mine and not live)
    links(status)
    if not mine:
        st.markdown("Someone else started this run: you can watch, fork and download it.")


def links(status: Status) -> None:
    """Where a run can be looked at, as soon as it has kept a step: one click opens it there."""
    run = status.id
    kept = bool(status.kept) and run not in cache.offered_at_start()  # ids of models that come along are theirs
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for title, page in PAGES.items():
            hint = f"This run in the {title}."
            if st.button(f"{title} →", key=f"run-see-{title}-{run}", type="tertiary", disabled=not kept, help=hint):
                callbacks.open_run(run)
                st.switch_page(page)
        hint = "The other pages show it from now on, and follow its newest step."
        act("Open everywhere", f"run-open-{run}", lambda: open_everywhere(status), kept, hint)


def open_everywhere(status: Status) -> None:
    """Every page shows this run; say so."""
    callbacks.open_run(status.id)
    pages = ", ".join(list(PAGES)[:-1]) + f" and {list(PAGES)[-1]}"
    visitor.tell(f"{pages} now show “{status.name}” at step {status.kept[-1]:,}, its newest, and follow it.")


def fork(status: Status, me: str, teacher: bool) -> None:
    """Fork from the last kept step, once a double click, and show the new run."""
    step = status.kept[-1]
    name, wish = f"{status.name}, from step {step:,}", visitor.request(("fork", status.id, step))
    visitor.choose_run(control.fork(status.id, step, {}, Asked(name, me, wish, teacher)))


def train_further(chosen: Inputs) -> None:
    """A button: a new run from the step that is shown, of a run or of a bundled model; the studio then shows it.

    Only in a fragment: when the browser tells who it is, the whole page must not be drawn a second time amid its first.
    """
    layout.ask_owner()
    if not st.button(f"Train this model further from step {chosen.step:,}", key="further"):
        return
    grow = control.fork_bundled if chosen.model in cache.offered_at_start() else control.fork
    name = f"{chosen.shelved.title or chosen.model}, from step {chosen.step:,}"
    wish = visitor.request(("further", chosen.model, chosen.step))
    try:
        asked = Asked(name, visitor.owner(), wish, visitor.is_teacher())
        visitor.choose_run(grow(chosen.model, chosen.step, {}, asked))
    except (ValueError, OSError) as error:
        st.warning(problem(error))
        return
    st.switch_page(STUDIO)
