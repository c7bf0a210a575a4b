"""The table of pages, by section; in Explore in the order in which a token passes the parts of the model."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage


def sections() -> dict[str, list[StreamlitPage]]:
    """The pages of every section, as the bar lists them."""
    return {
        "Explore": [
            st.Page("pages/explore/model.py", title="The model"),
            st.Page("pages/explore/playground.py", title="Playground", default=True),
            st.Page("pages/explore/tokens.py", title="Tokens"),
            st.Page("pages/explore/embeddings.py", title="Embeddings"),
            st.Page("pages/explore/layernorm.py", title="Layer norm"),
            st.Page("pages/explore/attention.py", title="Attention"),
            st.Page("pages/explore/mlp.py", title="Feed-forward"),
            st.Page("pages/explore/residual.py", title="Residual stream"),
            st.Page("pages/explore/next_token.py", title="Next token"),
        ],
        "Probe": [
            st.Page("pages/probe/knockout.py", title="What matters"),
            st.Page("pages/probe/edits.py", title="Edits"),
            st.Page("pages/probe/compare.py", title="Compare"),
        ],
        "Train": [
            st.Page("pages/train/studio.py", title="Studio"),
            st.Page("pages/train/timeline.py", title="Timeline"),
        ],
        "Learn": [
            st.Page("pages/learn/lessons.py", title="Lessons"),
            st.Page("pages/learn/tutorials.py", title="As printed"),
            st.Page("pages/learn/exercises.py", title="Exercises"),
            st.Page("pages/learn/slips.py", title="Slips"),
            st.Page("pages/learn/training_step.py", title="One training step"),
        ],
    }
