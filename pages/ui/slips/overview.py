"""All slips in one table, with its file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures import tables
from gpt.lessons.slips.measured import means
from gpt.lessons.slips.museum import BY_KEY, SLIPS, TOO_GOOD
from pages.ui.derived import slips as derived
from pages.ui.lessons.picture import table
from pages.ui.state.validate import plain


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
    good = ", ".join(f"{BY_KEY[key].name} ({means(key, 'own')[0]:.2g})" for key in TOO_GOOD)
    right = means(TOO_GOOD[0], "own")[1]
    st.markdown(
        plain(
            f"A loss can be too good. Tiny models trained and judged with these slips cost less than the right one's "
            f"{right:.2f} nats a character, mean of 3 seeds: {good}. Each of them lets a model see answers."
        )
    )
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
