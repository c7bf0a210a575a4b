"""The glossary as a table: on its own page of the lessons, and at hand below the pictures."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from gpt.lessons import glossary, numbered
from gpt.lessons.glossary import Term


def narrowed(wanted: str) -> None:
    """All terms in which this is found."""
    found = [t for t in glossary.glossary() if wanted.lower().strip() in f"{t.name} {t.symbol} {t.sentence}".lower()]
    if found:
        table(found)
    else:
        st.info("No term has that in it: try a shorter word.")


def of_lesson(number: int) -> None:
    """The terms that a lesson explains, one click away from its text."""
    found = [t for t in glossary.glossary() if t.lesson == number]
    if found:
        with st.popover(f"{len(found)} new word{'s' * (len(found) > 1)} in this lesson"):
            for t in found:
                symbol = f" *{t.symbol}*" if t.symbol else ""
                st.markdown(f"**{t.name}**{symbol} {t.shape}: {t.sentence}")


def table(terms: Iterable[Term]) -> None:
    """Terms with symbol, shape, one sentence, and where they live."""
    rows = [
        {"term": t.name, "symbol": t.symbol, "shape": t.shape, "in one sentence": t.sentence,
         "lesson": f"{t.lesson} · {numbered(t.lesson).title}" if t.lesson else "", "page": t.page.capitalize()}
        for t in terms
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(640, 35 * len(rows) + 40), row_height=35)
