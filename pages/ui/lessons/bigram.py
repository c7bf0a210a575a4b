"""Lesson 2: the rows of the learned table that one's own text asks for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons import facts, trained
from gpt.lessons.experiments import bigram, numbers
from pages.ui.lessons.controls import Choice
from pages.ui.lessons.picture import glyphs, picture, seen
from pages.ui.problem import problem

LEARNED, COUNTED, FRESH = "learned", "counted", "random"


@st.cache_resource(show_spinner=False)
def match() -> bigram.Match:
    """The learned table beside the counted one."""
    return bigram.match(trained.load("bigram").model, facts.ids_of(0))


@st.cache_resource(show_spinner=False)
def fresh() -> bigram.Fresh:
    """The table of random numbers on the lecture's batch."""
    return bigram.fresh(numbers.lecture_batch(), numbers.ALPHABET)


def control(text: str) -> Choice:
    """Which table."""
    return Choice("The table", (LEARNED, COUNTED, FRESH), LEARNED)


def draw(text: str, which: str) -> None:
    """One row a character of the text, the sharpest on top."""
    loaded = trained.load("bigram")
    chars, ids = loaded.tokenizer.tokens, trained.known_ids(loaded, text)
    if which == COUNTED:
        table = match().counted  # (V, V)
    elif which == FRESH:
        table = bigram.table_of(bigram.fresh_table(bigram.lecture_dice()))  # (V, V)
    else:
        table = bigram.table_of(loaded.model)  # (V, V)

    rows = bigram.rows(table, ids)
    shares = 100 * np.stack([table[row.id].exp().numpy() for row in rows])  # (N, V)
    after = [glyph(chars[row.id]) for row in rows]
    figure = figures.heat(shares, glyphs(chars), after, "next", "after", "%", height=90 + 13 * max(12, len(rows)))

    sharp, wide = rows[0], rows[-1]
    picture(
        figure,
        f"The sharpest row on top: after {seen(chars[sharp.id])} comes {seen(chars[sharp.likeliest])}, "
        f"{100 * sharp.share:.0f} % sure, {sharp.bits:.2f} bits open. The widest at the foot: after "
        f"{seen(chars[wide.id])} {wide.bits:.2f} bits are open, as among {2**wide.bits:.0f} equal characters.",
    )
    found = fresh()
    st.markdown(f"Before learning: **{found.loss:.4f}** nats on the lecture's first batch; a blind guess costs ln 65 = "
                f"{found.uniform:.3f}. A hundred characters of the random table:")  # fmt: skip
    st.code(found.written, language=None, wrap_lines=True)
    try:
        st.markdown(f"Learned and counted: a correlation of **{match().correlation:.4f}** between the logs of their "
                    "shares, over all pairs that occur ten times or more.")  # fmt: skip
    except (ValueError, OSError) as error:  # the text is not on this computer
        st.info(problem(error))
