"""Lesson 1: a window of one's own text, and the same one character later."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons.experiments import numbers
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import picture, seen, table

NAMES = ("read", "to foretell")


def control(text: str) -> Slider:
    """Where the window begins."""
    known = [char for char in text if char in numbers.ALPHABET.chars]
    return Slider("Where the window begins", 1, 1 + numbers.last_start(len(known)), 1, 1)


def draw(text: str, begin: float) -> None:
    """Two rows of letters with their numbers."""
    batch = numbers.window(text, int(begin) - 1)
    rows = np.stack([batch.inputs[0].numpy(), batch.targets[0].numpy()])  # (2, T)
    chars = numbers.ALPHABET.chars
    shown = [[f"{glyph(chars[i])}\n{i}" for i in row] for row in rows.tolist()]
    places = [str(t + 1) for t in range(rows.shape[1])]
    figure = figures.letters(rows, shown, places, NAMES, "place", "row", "number", height=230, key=False)

    lessons = numbers.examples(batch.inputs[0], batch.targets[0], numbers.ALPHABET)
    first, last = lessons[0], lessons[-1]
    picture(
        figure,
        f"One window, {len(lessons)} questions: after {seen(first.context)}, number {rows[0, 0]}, comes "
        f"{seen(first.target)}, number {rows[1, 0]}. And so on, up to {seen(last.context)}, after which comes "
        f"{seen(last.target)}, number {rows[1, -1]}.",
    )
    table([{"after": seen(one.context), "comes": seen(one.target)} for one in lessons])

    greeting = numbers.encode(numbers.GREETING, numbers.ALPHABET)
    st.markdown(
        f"“{greeting.text}” in numbers: `{' '.join(map(str, greeting.ids))}`; read backwards: “{greeting.back}”."
    )
    with st.expander("The lecture's first batch: four windows of eight"):
        whole = numbers.lecture_batch()
        pairs = zip(whole.inputs.tolist(), whole.targets.tolist(), strict=True)
        table([
            {"window": f"{b + 1}, {name}", **{str(t + 1): f"{glyph(chars[i])} {i}" for t, i in enumerate(row)}}
            for b, pair in enumerate(pairs)
            for name, row in zip(NAMES, pair, strict=True)
        ])  # fmt: skip
