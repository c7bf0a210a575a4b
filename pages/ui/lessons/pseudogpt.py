"""Lesson 13: how far the characters of one's own text spread, place by place, before and after norms."""

from __future__ import annotations

import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons import named, trained
from gpt.lessons.experiments import pseudogpt
from gpt.lessons.passage import read
from pages.ui.board import components
from pages.ui.board.panels import diagram
from pages.ui.lessons.controls import Slider
from pages.ui.lessons.picture import cut, picture, table

RUNGS = {"pre-norm": "norm", "post-norm": "pseudogpt"}


def control(text: str) -> Slider:
    """Which character is drawn beside the mean."""
    known = [char for char in text if char in trained.load("norm").tokenizer.tokens]
    block = trained.load("norm").config.block_size
    return Slider("Follow character number", 1, max(1, min(len(known), block)), 1, 1)


def draw(text: str, number: float) -> None:
    """One line a model: a character's spread from place to place; and the loudest and quietest of all."""
    passages = {label: read(rung, text) for label, rung in RUNGS.items()}
    found = {label: pseudogpt.streams(passage.trace) for label, passage in passages.items()}
    tokens = passages["pre-norm"].tokens
    at = min(int(number), len(tokens)) - 1
    lines = {}
    for label, one in found.items():
        places = list(one.places)
        lines[f"{label}: character {at + 1}"] = (places, one.spread[:, at].tolist())
        lines[f"{label}: loudest"] = (places, one.loudest.tolist())
        lines[f"{label}: quietest"] = (places, one.quietest.tolist())
    figure = figures.lines(lines, "place in the model", "spread of its numbers", height=310)

    pre, post = found.values()
    sentence = (
        f"Character {at + 1}, “{glyph(tokens[at])}”: through pre-norm its spread goes from {pre.spread[0, at]:.2f} to "
        f"{pre.spread[-1, at]:.2f}, through post-norm from {post.spread[0, at]:.2f} to {post.spread[-1, at]:.2f}. At "
        f"one place the loudest character has at most {pre.apart:.1f} times the quietest's spread in pre-norm, "
        f"{post.apart:.2f} times in post-norm."
    )
    picture(figure, sentence + cut(text, tokens))
    table([
        {"place": place, **{label: f"{one.quietest[i]:.2f} to {one.loudest[i]:.2f}" for label, one in found.items()}}
        for i, place in enumerate(pre.places)
    ])  # fmt: skip
    for column, (label, rung) in zip(st.columns(2), RUNGS.items(), strict=True):
        config = named(rung).model
        if config:
            with column:
                st.markdown(f"**{label}**: {trained.loss(rung):.3f} nats")
                components.alone(diagram.panel(config), key=f"diagram-{rung}")
