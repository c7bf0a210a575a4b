"""The studio's form: widgets -> a checked recipe. Every field of GPTConfig and TrainConfig that a learner may turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gpt import corpora
from gpt.config import ACTIVATIONS, HEADS, NORMS, OPTIMIZERS, POSITIONS, PRECISIONS, SCHEDULES, GPTConfig, TrainConfig
from gpt.corpora import upload
from gpt.presets import PRESETS
from gpt.runs import control, cost
from pages.ui import cache
from pages.ui.board import components
from pages.ui.state import inputs, visitor

OWN = "my own text"
FIRST = "mini"
TASKS = ("copy", "sort")  # texts made for one kind of model
MODEL_FIELDS = ("n_layer", "n_head", "n_embd", "block_size", "position", "norm", "activation", "head")
SWITCHES = ("residual", "feed_forward", "causal", "attention_scale", "uniform_attention", "bias")
TRAIN_FIELDS = ("steps", "batch_size", "optimizer", "lr", "muon_lr", "schedule", "precision", "weight_decay", "seed")
WORDS = {"position": POSITIONS, "norm": NORMS, "activation": ACTIVATIONS, "head": HEADS, "optimizer": OPTIMIZERS}
WORDS |= {"schedule": SCHEDULES, "precision": PRECISIONS}
MEANING = {
    "n_layer": "layers", "n_head": "heads a layer", "n_embd": "width", "block_size": "context", "head": "output table",
    "residual": "residual connections", "feed_forward": "feed-forward (MLP)", "causal": "causal mask",
    "attention_scale": "divide scores by √D", "uniform_attention": "uniform attention", "bias": "biases",
    "lr": "learning rate (AdamW)", "muon_lr": "learning rate (Muon)", "batch_size": "sequences a step",
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What the form says, checked."""

    config: GPTConfig
    train: TrainConfig
    corpus: str
    text: str | None


def widget(field: str, start: Any, preset: str) -> Any:
    """One field as the widget that suits it, beginning with the preset's value; returns what it says now.

    Each preset has widgets of its own, which carry their first value. Were it put into the session's state instead, a
    browser that is still loading when the page is drawn for the second time would miss it, and show zeros.
    """
    label, key = MEANING.get(field, field.replace("_", " ")), f"new-{preset}-{field}"
    if field in WORDS:
        return st.selectbox(label, WORDS[field], WORDS[field].index(start), key=key)
    if isinstance(start, bool):
        return st.toggle(label, start, key=key)
    if isinstance(start, int):
        return st.number_input(label, 0, 10_000_000, start, 1, key=key)
    return st.number_input(label, 0.0, 100.0, start, 0.001, format="%g", key=key)


def fields(names: Sequence[str], start: GPTConfig | TrainConfig, preset: str) -> dict[str, Any]:
    """Widgets in two columns; their values by field."""
    columns, values = st.columns(2), {}
    for i, field in enumerate(names):
        with columns[i % 2]:
            values[field] = widget(field, getattr(start, field), preset)
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
        return inputs.clean(file.name)[:60], upload.read(file.getvalue())
    if not pasted:
        raise ValueError("Upload or paste a text, or take one from the shelf.")
    return "a pasted text", upload.read(inputs.clean(pasted, upload.MAX_BYTES).encode())


def sized() -> None:
    """Another size was picked: one that is made for a task brings the task's text, and takes it away again."""
    picked = PRESETS.get(st.session_state.get("new-preset") or FIRST, PRESETS[FIRST])
    if picked.corpus in TASKS:
        st.session_state["new-corpus"] = picked.corpus
    elif st.session_state.get("new-corpus") in TASKS:
        st.session_state["new-corpus"] = corpora.names()[0]


def form() -> Recipe | None:
    """Draw the form; the recipe it describes, or None while it cannot work (the reason is on the page)."""
    corpus, text, refusal = "", None, ""
    try:
        corpus, text = text_of()
    except ValueError as error:  # the rest is drawn all the same, so that nothing chosen there is forgotten
        refusal = str(error)
        st.warning(refusal)
    name = st.segmented_control("Size", list(PRESETS), key="new-preset", default=FIRST, on_change=sized) or FIRST
    preset = PRESETS[name]
    st.markdown(preset.description)
    with st.expander("Architecture"):
        values = fields(MODEL_FIELDS, preset.model, name) | fields(SWITCHES, preset.model, name)
        values["dropout"] = st.slider("dropout", 0.0, 0.9, preset.model.dropout, 0.05, key=f"new-{name}-dropout")
    with st.expander("Training"):
        trained = fields(TRAIN_FIELDS, preset.train, name)
    if refusal:
        return None
    try:
        size = len(set(text)) if text else cache.alphabet_size(corpus)
        config = GPTConfig(vocab_size=size, **values)
        train = dataclasses.replace(preset.train, **trained)
        refusal = cost.fit(config, train) or (upload.long_enough(text, config.block_size) if text else "")
        if not refusal:
            return Recipe(config, train, corpus, text)
    except ValueError as error:
        refusal = str(error)
    st.warning(refusal)
    return None


def picture(recipe: Recipe | None) -> None:
    """The model that the form describes, and what its training will cost; nothing while the form cannot work."""
    if recipe is None:
        return
    config, train = recipe.config, recipe.train
    needs = cost.shown(cost.memory(config, train))
    sentence = f"About {needs} of memory while it trains. {expectation(config, train)}"
    components.model(config, sentence)


def expectation(config: GPTConfig, train: TrainConfig) -> str:
    """How long it will take here, once the probe was asked."""
    probed = st.session_state.get("probed")
    if st.button("How long will it take here? (two seconds)", key="new-probe"):
        probed = st.session_state["probed"] = (config, train.batch_size, cache.speed(config, train))
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
            shown = inputs.clean(name) or f"{st.session_state.get('new-preset') or FIRST} on {recipe.corpus}"
            wish = visitor.request((recipe, shown))
            asked = (recipe.config, recipe.train, recipe.corpus, shown, visitor.owner(), wish, recipe.text)
            visitor.choose_run(control.create(*asked, teacher=visitor.teacher()))
        except (ValueError, OSError) as error:
            st.warning(visitor.sentence(error))
            return
        st.rerun()
