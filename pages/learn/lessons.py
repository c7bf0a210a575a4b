"""The lessons: a small GPT built one part at a time, each rung trained and measured."""

from __future__ import annotations

import streamlit as st

from gpt.lessons import numbered, texts
from pages.ui import checks, components, lessons_all, lessons_ask, lessons_nav, lessons_rung, visitor, words
from pages.ui import lessons_first as first
from pages.ui import lessons_second as second

LIVE = (
    first.text_to_numbers,
    first.the_bigram,
    first.mean_of_the_past,
    first.one_head,
    first.many_heads,
    first.feed_forward,
    first.residual,
    second.layer_norm,
    second.dropout,
    second.scaled_up,
    second.positions,
    second.encoder,
    second.pseudogpt,
    second.gpt2,
)


@st.fragment
def experiment(number: int) -> None:
    """The live side: typing here draws nothing else again."""
    try:
        LIVE[number - 1]()
    except (ValueError, OSError) as error:  # a rung that is not trained, a text that is not here
        st.info(checks.plain(visitor.sentence(error)))


def lesson(number: int) -> None:
    """The explanation on the left, the live thing on the right."""
    rung, opened = numbered(number), lessons_ask.opened(number)
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        st.markdown(texts.shown(number, opened))
        words.of_lesson(number)
        if opened:
            lessons_rung.measured(rung)
        else:
            st.markdown("*The rest of this lesson, and its experiment, open when you have guessed.*")
        lessons_rung.behind(rung)
    with right:
        lessons_ask.questions(number)
        if opened:
            experiment(number)


place = lessons_nav.bar()
if place == lessons_nav.ALL:
    lessons_all.everything()
elif place == lessons_nav.WORDS:
    lessons_all.words()
else:
    components.owner({"token": visitor.owner()}, visitor.owner_told)
    lesson(int(place))
