"""All listings, road by road: how much of what was printed comes out here to every digit, and why the rest does not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gpt.figures import tables
from gpt.lessons.tutorials import table as listings
from gpt.lessons.tutorials.listing import ROADS, Listing, Outcome
from pages.ui.derived import tutorials
from pages.ui.lessons.picture import table
from pages.ui.problem import problem

PATIENCE = 0.6  # seconds that the page waits before it says how far it is

Pairs = Sequence[tuple[Listing, Outcome]]


def show() -> None:
    """The table of every road, once all listings are computed."""
    st.markdown("# All listings")
    work = tutorials.all_of_them()
    found = work.wait(PATIENCE)
    if work.problem:
        st.info(problem(work.problem))
    elif found is None:
        st.fragment(waiting, run_every="1s")()
    else:
        roads(list(zip(listings.LISTINGS, found, strict=True)))


def waiting() -> None:
    """How far it is; then the whole page anew."""
    work = tutorials.all_of_them()
    if work.result is not None or work.problem:
        st.rerun()
    st.markdown(f"Every listing is run once on this server: {100 * work.share:.0f} % are done.")


def roads(found: Pairs) -> None:
    """A table a road, the rows that differ with why, and all of it as a file."""
    rows = [row for _, outcome in found for row in outcome.printed]
    same = sum(row.same for row in rows)
    st.markdown(
        f"{len(found)} listings print {len(rows):,} numbers, rows and texts; **{same:,} come out here to every "
        f"digit**, {len(rows) - same:,} differ, each for a reason that is told."
    )
    for road, name in ROADS.items():
        here = [(one, outcome) for one, outcome in found if one.road == road]
        if here:
            st.markdown(f"## {name}")
            table([
                {
                    f"listing of: {name}": one.title,
                    "same of printed": f"{sum(row.same for row in outcome.printed)} of {len(outcome.printed)}",
                    "differ, because": differing(outcome),
                }
                for one, outcome in here
            ])  # fmt: skip
    st.download_button("Download as-printed.csv", tables.csv(every_row(found)), "as-printed.csv", "text/csv")


def differing(outcome: Outcome) -> str:
    """How many rows differ, and all reasons."""
    rows = [row for row in outcome.printed if not row.same]
    if not outcome.printed:
        return "it prints no number"
    return f"{len(rows)}: {'; '.join(dict.fromkeys(row.why for row in rows))}" if rows else "none"


def every_row(found: Pairs) -> pd.DataFrame:
    """Every printed number of every listing, one a row."""
    return pd.DataFrame(
        [
            {"road": one.road, "listing": one.key, "what": row.what, "printed": row.printed, "here": row.ours,
             "verdict": row.verdict}
            for one, outcome in found
            for row in outcome.printed
        ]
    )  # fmt: skip
