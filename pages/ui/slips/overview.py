"""All slips in one table, with its file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures import tables
from gpt.lessons.slips.museum import SLIPS
from pages.ui.derived import slips as derived
from pages.ui.lessons.picture import table


def rows() -> list[dict[str, str]]:
    """One a slip: its law, and the first number with both lines."""
    found = []
    for place, slip in enumerate(SLIPS, 1):
        effect = derived.effect(slip.key)
        first = effect.numbers[0]
        found.append(
            {
                "slip": f"{place} · {slip.name}",
                "how one notices it": slip.law,
                "measured, broken against mended": f"{first.what}: {first.told[0]} against {first.told[1]}",
            }
        )
    return found


def show() -> None:
    """The table, and the same as CSV with all numbers."""
    st.markdown("# All slips in one table")
    st.markdown(
        "Each with the law that the mended line obeys and the broken one does not, and the number that shows it."
    )
    table(rows())
    st.download_button("Download slips.csv", tables.csv(every()), "slips.csv", "text/csv", key="csv-slips")


def every() -> pd.DataFrame:
    """Every number of every slip, one row each."""
    found = [
        {
            "slip": slip.name,
            "how one notices it": slip.law,
            "measured": number.what,
            "broken": number.both[0],
            "mended": number.both[1],
            "where one finds it": slip.source,
        }
        for slip in SLIPS
        for number in derived.effect(slip.key).numbers
    ]
    return pd.DataFrame(found)
