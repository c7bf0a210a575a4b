"""Deleting a run: asked first, by its id and its name, and told afterwards what went."""

from __future__ import annotations

import streamlit as st

from gpt import runs
from gpt.runs import Status, control, cost
from pages.ui.problem import problem
from pages.ui.state import session, validate, visitor

ASKED = "run-to-delete"  # the id of the run that the dialog is about


def ask(run: str) -> None:
    """Open the dialog when the whole page is drawn next."""
    session.remember(ASKED, run)


def keep() -> None:
    """The dialog is closed."""
    session.forget(ASKED)


def dialog() -> None:
    """The dialog, while one is asked for. Outside of any fragment, so that it stays while the runs go on."""
    run = session.recall(ASKED)
    if run is None:
        return
    try:
        status = runs.status_of(run)
    except (ValueError, OSError):
        keep()
        visitor.tell("Someone else deleted this run just now.")
        return
    st.dialog(f"Delete “{validate.plain(status.name)}”?", on_dismiss=keep)(question)(status)


def question(status: Status) -> None:
    """What would go, and the two answers."""
    st.markdown(
        f"**{validate.plain(status.name)}** ({validate.plain(status.id)}): {what(status)}. It cannot be undone."
    )
    with st.container(horizontal=True, gap="small"):
        sure = st.button("Delete it for good", type="primary", key=f"delete-sure-{status.id}")
        if st.button("Keep it", key=f"delete-keep-{status.id}"):
            keep()
            st.rerun()
    if not sure:
        return
    try:
        control.delete(status.id, visitor.owner(), visitor.is_teacher(), expected_name=status.name)
    except (ValueError, OSError) as error:
        st.warning(problem(error))
        return
    keep()
    visitor.choose_run("")
    visitor.tell(f"Deleted “{status.name}”: {what(status)}.")
    st.rerun()


def what(status: Status) -> str:
    """What there is of a run."""
    size = cost.shown(status.size)
    if not status.readable:
        return f"{size} that cannot be read"
    kept = f"{len(status.kept)} kept step{'' if len(status.kept) == 1 else 's'}"
    return f"step {status.step:,} of {status.steps:,}, {kept}, {size}"
