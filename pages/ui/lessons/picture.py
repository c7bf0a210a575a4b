"""How a lesson's experiment shows what it finds: one picture to look at, one sentence with its numbers, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from gpt.figures.chart import Chart
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Matrix
from pages.ui.board import charts, components
from pages.ui.board.panels.table import Table
from pages.ui.state.validate import plain

LOOK = "look"  # the key of the picture that "Look for" speaks of
NATS = "loss (nats a character)"


def glyphs(tokens: Sequence[str]) -> list[str]:
    """Several of them."""
    return [glyph(token) for token in tokens]


def seen(text: str) -> str:
    """A text with all its characters visible, in quotes."""
    return f"“{''.join(map(glyph, text))}”"


def readable(text: str) -> str:
    """A longer text on one line, whose words stay words: only new lines get a glyph."""
    return text.replace("\n", " " + glyph("\n") + " ")


def picture(figure: Chart | Matrix, sentence: str, key: str = LOOK) -> None:
    """The picture, and under it what it shows; the same words are read to whoever cannot see it."""
    charts.show(figure, key=key, alt=sentence)
    st.markdown(plain(sentence))


def table(rows: Sequence[Mapping[str, object]]) -> None:
    """A small table whose cells wrap; of two on a page, the columns differ."""
    if rows:
        components.alone(Table.of(rows), key="table " + " ".join(rows[0]))


def cut(asked: str, read: Sequence[object]) -> str:
    """What to add where a rung does not see all of the text."""
    return f" It sees the last {len(read)} characters only." if len(read) < len(asked) else ""
