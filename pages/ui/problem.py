"""The one sentence that a page says about an error, as text that Markdown leaves alone."""

from __future__ import annotations

import re

from pages.ui.state.validate import plain

LONGEST = 250  # characters: a sentence, not a page


def problem(error: Exception | str) -> str:
    """What to tell about something that could not be done (or the sentence itself), for st.warning and st.info.

    A disk's own words name folders of the server, which are nobody's: of those only the reason is told. The sentence
    may quote what a visitor typed, so nothing in it becomes a picture, a link or a formula.
    """
    if isinstance(error, OSError) and error.strerror:
        text = f"The server's disk did not do it: {error.strerror}. Nothing was lost; try again later."
    else:
        text = str(error)
    text = re.sub(r"\s+", " ", text).strip() or "That did not work."
    return plain(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
