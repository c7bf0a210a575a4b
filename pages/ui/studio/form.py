"""The studio's form: widgets -> a checked recipe. Which fields it offers, and all words, are in gpt/config.py."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gpt import corpora
from gpt.config import Config, GPTConfig, TrainConfig
from gpt.corpora import upload
from gpt.corpora.split import too_short
from gpt.presets import PRESETS
from gpt.runs import control, cost
from gpt.settings import Setting
from pages.ui import cache
from pages.ui.board import components
from pages.ui.board.panels import diagram
from pages.ui.problem import problem
from pages.ui.state import session, validate, visitor

OWN = "my own text"
FIRST = "mini"
TASKS = ("copy", "sort")  # texts made for one kind of model


@dataclass(frozen=True)
class Recipe:
    """What the form says, checked."""

    config: GPTConfig
    train: TrainConfig
    corpus: str
    text: str | None


def widget(one: Setting, start: Any, preset: str) -> Any:
    """One field as the widget that suits it, beginning with the preset's value; returns what it says now.

    Each preset has widgets of its own, which carry their first value. Were it put into the session's state instead, a
    browser that is still loading when the page is drawn for the second time would miss it, and show zeros.
    A typed number has no bounds here: the browser would keep one beyond them to itself, and the model that is drawn
    and started would be another one than the form shows. The config refuses it with a sentence.
    """
    key, told = f"new-{preset}-{one.name}", f"`{one.name}` {one.explain()}"
    match one.kind:
        case "choice":
            words = list(one.choices)
            return st.selectbox(one.label, words, words.index(start), key=key, help=told)
        case "switch":
            return st.toggle(one.label, start, key=key, help=told)
        case "whole":
            return st.number_input(one.label, value=start, step=1, key=key, help=told)
        case "real" if one.step:
            return st.slider(one.label, one.low, one.high, start, one.step, key=key, help=told)
        case "real":
            return st.number_input(one.label, value=start, step=stepped(start), format="%g", key=key, help=told)


def stepped(start: float) -> float:
    """By how much a typed number's buttons move it: 0.003 -> 0.0001, 1 -> 0.1."""
    return 10.0 ** (math.floor(math.log10(start)) - 1) if start > 0 else 0.01


def fields(start: Config, preset: str) -> dict[str, Any]:
    """Widgets in pairs: what is typed or chosen, then the switches, then the sliders; their values by field."""
    groups: tuple[list[Setting], ...] = ([], [], [])
    for one in start.settings().values():
        if one.in_form:
            groups[1 if one.kind == "switch" else 2 if one.step else 0].append(one)
    values = {}
    for group in groups:
        for i in range(0, len(group), 2):
            for column, one in zip(st.columns(2), group[i : i + 2], strict=False):
                with column:
                    values[one.name] = widget(one, getattr(start, one.name), preset)
    return values


def text_of() -> tuple[str, str | None]:
    """The text to train on: a name of the shelf, or the visitor's own. Raises ValueError with a sentence."""
    shelf = [name for name in corpora.names() if name != "tinyshakespeare"]
    name = st.selectbox(
        "Text", [*shelf, OWN], key="new-corpus", format_func=lambda n: n if n == OWN else corpora.SHELF[n].title
    )
    if name != OWN:
        return name, None
    file = st.file_uploader("A text file", key="new-file", max_upload_size=20)
    pasted = st.text_area("or paste it here", key="new-paste", height=90)
    if file is not None:
        return validate.clean(file.name)[:60], upload.read(file.getvalue())
    if not pasted:
        raise ValueError("Upload or paste a text, or take one from the shelf.")
    return "a pasted text", upload.read(validate.clean(pasted, upload.MAX_BYTES).encode())


def sized() -> None:
    """Another size was picked: one that is made for a task brings the task's text, and takes it away again."""
    picked = PRESETS.get(session.recall("new-preset") or FIRST, PRESETS[FIRST])
    if picked.corpus in TASKS:
        session.remember("new-corpus", picked.corpus)
    elif session.recall("new-corpus") in TASKS:
        session.remember("new-corpus", corpora.names()[0])


def form() -> Recipe | None:
    """Draw the form; the recipe it describes, or None while it cannot work (the reason is on the page)."""
    corpus, text, refusal = "", None, ""
    try:
        corpus, text = text_of()
    except ValueError as error:  # the rest is drawn all the same, so that nothing chosen there is forgotten
        refusal = str(error)
        st.warning(problem(refusal))
    name = st.segmented_control("Size", list(PRESETS), key="new-preset", default=FIRST, on_change=sized) or FIRST
    preset = PRESETS[name]
    st.markdown(preset.description)
    with st.expander("Architecture"):
        values = fields(preset.model, name)
    with st.expander("Training"):
        trained = fields(preset.train, name)
    if refusal:
        return None
    try:
        size = len(set(text)) if text else cache.alphabet_size(corpus)
        config = GPTConfig(vocab_size=size, **values)
        train = dataclasses.replace(preset.train, **trained)
        refusal = cost.fit(config, train) or (too_short(len(text), config.block_size) if text else "")
        if not refusal:
            return Recipe(config, train, corpus, text)
    except ValueError as error:
        refusal = str(error)
    st.warning(problem(refusal))
    return None


def picture(recipe: Recipe | None) -> None:
    """The model that the form describes, and what its training will cost; nothing while the form cannot work."""
    if recipe is None:
        return
    config, train = recipe.config, recipe.train
    needs = cost.shown(cost.memory(config, train))
    sentence = f"About {needs} of memory while it trains. {expectation(config, train)}"
    components.alone(diagram.panel(config, sentence))


def expectation(config: GPTConfig, train: TrainConfig) -> str:
    """How long it will take here, once the probe was asked."""
    probed = session.recall("probed")
    if st.button("How long will it take here? (two seconds)", key="new-probe"):
        probed = (config, train.batch_size, cache.speed(config, train))
        session.remember("probed", probed)
    if not probed or probed[:2] != (config, train.batch_size):
        return ""
    minutes = train.steps * train.batch_size * config.block_size / probed[2] / 60
    return f"About {minutes:.1f} minutes on this machine ({probed[2]:,.0f} tokens a second)."


def start(recipe: Recipe | None) -> None:
    """The button; a double click starts one run, since both clicks carry the same request."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input("Name", key="new-name", placeholder="what would you call it?", max_chars=60)
        pressed = st.button("Start training", disabled=recipe is None, key="new-start")
    if pressed and recipe:
        try:
            shown = validate.clean(name) or f"{session.recall('new-preset') or FIRST} on {recipe.corpus}"
            wish = visitor.request((recipe, shown))
            asked = (recipe.config, recipe.train, recipe.corpus, shown, visitor.owner(), wish, recipe.text)
            visitor.choose_run(control.create(*asked, teacher=visitor.is_teacher()))
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        st.rerun()
