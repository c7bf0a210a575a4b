"""The text to train on: one of the shelf, or the visitor's own, which stays for as long as the visit."""

from __future__ import annotations

import streamlit as st

from gpt import corpora
from gpt.corpora import upload
from pages.ui.state import session, validate

OWN = "my own text"
CORPUS, FILE, PASTE, KEPT = "new-corpus", "new-file", "new-paste", "new-text"  # keys; KEPT: (title, text) of a file


def choose() -> tuple[str, str | None]:
    """Widgets; a name of the shelf and None, or a title and one's own text. Raises ValueError with a sentence."""
    shelf = [name for name in corpora.names() if name != "tinyshakespeare"]
    name = st.selectbox(
        "Text",
        [*shelf, OWN],
        key=CORPUS,
        format_func=lambda n: n if n == OWN else corpora.SHELF[n].title,
        help="What the model learns to continue. Its characters become the model's tokens; the last tenth is kept "
        "back to judge it by.",
        persist_state="session",
    )
    return (name, None) if name != OWN else one_s_own()


def one_s_own() -> tuple[str, str]:
    """A file, or what is pasted. A file is forgotten by its widget on another page, so its text is remembered here."""
    file = st.file_uploader(
        "A text file",
        key=FILE,
        max_upload_size=20,
        on_change=lambda: session.forget(KEPT),
        help="Plain text in UTF-8 or UTF-16. It stays on this server, with the run that is trained on it.",
    )
    if file is not None and not session.recall(KEPT):
        session.remember(KEPT, (validate.clean(file.name)[:60], upload.read(file.getvalue())))
    kept = session.recall(KEPT)
    if kept and file is None:
        title, text = kept
        st.markdown(f"Still here: **{validate.plain(title)}**, {len(text):,} characters.")
        st.button("Forget this file", key="new-forget", on_click=lambda: session.forget(KEPT))
    pasted = st.text_area(
        "or paste it here",
        key=PASTE,
        height=90,
        help="A page of text is enough to watch; a book is enough to learn spelling.",
        persist_state="session",
    )
    if kept:
        return kept
    if not pasted:
        raise ValueError("Upload or paste a text, or take one from the shelf.")
    return "a pasted text", upload.read(validate.clean(pasted, upload.MAX_BYTES).encode())
