"""The studio's form: widgets -> a checked recipe. Which fields it offers, and all words, are in gpt/config/."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gpt import corpora
from gpt.config import Config, GPTConfig, TrainConfig
from gpt.corpora.split import too_short
from gpt.presets import PRESETS, Preset
from gpt.runs import control, cost
from gpt.settings import Setting
from gpt.tokenizers import MAX_VOCABULARY, MIN_VOCABULARY, USUAL_VOCABULARY, check_vocabulary
from pages.ui import cache
from pages.ui.board import components
from pages.ui.board.panels import diagram
from pages.ui.problem import problem
from pages.ui.state import session, validate, visitor
from pages.ui.state.validate import TASKS
from pages.ui.studio import own_text
from pages.ui.studio.words import differences, duration

FIRST, STARTED = "mini", "new-started"  # the recipe of a new form; the key of what was started last


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
    same: dict[str, Any] = {"key": key, "help": told, "persist_state": "session"}
    match one.kind:
        case "choice":
            words = list(one.choices)
            return st.selectbox(one.label, words, words.index(start), lambda w: f"{w} · {one.choices[w]}", **same)
        case "switch":
            return st.toggle(one.label, start, **same)
        case "whole":
            return st.number_input(one.label, value=start, step=1, **same)
        case "real" if one.step:
            return st.slider(one.label, one.low, one.high, start, one.step, **same)
        case "real":
            return st.number_input(one.label, value=start, step=stepped(start), format="%g", **same)


def stepped(start: float) -> float:
    """By how much a typed number's buttons move it: 0.003 -> 0.0001, 1 -> 0.1."""
    return 10.0 ** (math.floor(math.log10(start)) - 1) if start > 0 else 0.01


def fields(start: Config, preset: str) -> dict[str, Any]:
    """Widgets by kind, numbers, switches and sliders in pairs; their values by field.

    A choice has a row of its own: each of its words stands there with what it means.
    """
    groups: dict[str, list[Setting]] = {"number": [], "choice": [], "switch": [], "slider": []}
    for one in start.settings().values():
        if one.in_form and one.name != "tokenizer":  # it stands above the model, whose tables it sizes
            kind = one.kind if one.kind in groups else "slider" if one.step else "number"
            groups[kind].append(one)
    values = {}
    for kind, group in groups.items():
        abreast = 1 if kind == "choice" else 2
        for i in range(0, len(group), abreast):
            for column, one in zip(st.columns(abreast), group[i : i + abreast], strict=False):
                with column:
                    values[one.name] = widget(one, getattr(start, one.name), preset)
    return values


def sized() -> None:
    """Another size was picked: one that is made for a task brings the task's text, and takes it away again."""
    picked = PRESETS.get(session.recall("new-preset") or FIRST, PRESETS[FIRST])
    if picked.corpus in TASKS:
        session.remember(own_text.CORPUS, picked.corpus)
    elif session.recall(own_text.CORPUS) in TASKS:
        session.remember(own_text.CORPUS, corpora.names()[0])


def form() -> Recipe | None:
    """Draw the form; the recipe it describes, or None while it cannot work (the reason is on the page)."""
    corpus, text, refusal = "", None, ""
    try:
        corpus, text = own_text.choose()
    except ValueError as error:  # the rest is drawn all the same
        refusal = str(error)
        st.warning(problem(refusal))
    name = size()
    preset = PRESETS[name]
    with st.expander("Architecture"):
        cut = tokens(preset, name)
        values = fields(preset.model, name)
    with st.expander("Training"):
        trained = {**fields(preset.anywhere, name), "tokenizer": cut["tokenizer"]}
    changed(name, {**cut, **values, **trained})
    if refusal:
        return None
    try:
        config = GPTConfig(vocab_size=vocabulary(cut, corpus, text), **values)
        train = dataclasses.replace(preset.anywhere, **trained)
        refusal = cost.fit(config, train) or (too_short(len(text), config.block_size) if text else "")
        if not refusal:
            return Recipe(config, train, corpus, text)
    except ValueError as error:
        refusal = str(error)
    st.warning(problem(refusal))
    return None


def tokens(preset: Preset, name: str) -> dict[str, Any]:
    """What the text is cut into, and, of byte pairs, how many there shall be: what that costs, too."""
    cut = {"tokenizer": widget(TrainConfig.settings()["tokenizer"], preset.train.tokenizer, name)}
    if cut["tokenizer"] == "bpe":
        told = f"`vocab_size`: {MIN_VOCABULARY:,} to {MAX_VOCABULARY:,}; a short text gives fewer."
        key = f"new-{name}-vocab_size"
        cut["vocab_size"] = st.number_input(
            "byte-pair tokens", value=pairs(preset), step=1, key=key, help=told, persist_state="session"
        )
        width = session.recall(f"new-{name}-n_embd") or preset.model.n_embd
        st.markdown(
            f"{cut['vocab_size']:,} tokens × width {width:,} = {cut['vocab_size'] * width:,} numbers in each table of "
            "tokens. More tokens make a text shorter, but each is seen less often."
        )
    return cut


def pairs(preset: Preset) -> int:
    """How many byte-pair tokens to begin with."""
    return preset.model.vocab_size if preset.train.tokenizer == "bpe" else USUAL_VOCABULARY


def vocabulary(cut: dict[str, Any], corpus: str, text: str | None) -> int:
    """V: as many as the text has characters, or as the form says. Raises ValueError."""
    if cut["tokenizer"] == "bpe":
        check_vocabulary(cut["vocab_size"])
        return cut["vocab_size"]
    return len(set(text)) if text else cache.alphabet_size(corpus)


def size() -> str:
    """The recipe to begin with, and what it is good for."""
    name = st.segmented_control(
        "Recipe",
        list(PRESETS),
        key="new-preset",
        default=FIRST,
        on_change=sized,
        help="A model and a training that work. Everything in them can be changed below.",
        wrap=True,
        persist_state="session",
    )
    name = name or FIRST
    st.markdown(f"**{name}** · {PRESETS[name].description}")
    return name


def changed(name: str, values: dict[str, Any]) -> None:
    """What differs from the recipe, while its fields are folded away, and the way back."""
    preset = PRESETS[name]
    base = {**preset.model.to_json(), **preset.anywhere.to_json(), "vocab_size": pairs(preset)}
    if found := differences(base, values):
        st.markdown(f"Changed in **{name}**: {validate.plain(', '.join(found))}.")
        start = {field: base[field] for field in values}
        st.button("Back to the recipe", key="new-reset", type="tertiary", on_click=reset, args=(name, start))


def reset(name: str, values: dict[str, Any]) -> None:
    """The recipe's own values again."""
    for field, value in values.items():
        session.remember(f"new-{name}-{field}", value)


def picture(recipe: Recipe | None, key: str) -> None:
    """The model that the form describes, and what its training will cost; nothing while the form cannot work."""
    if recipe is None:
        return
    needs = cost.shown(cost.memory(recipe.config, recipe.train))
    components.alone(diagram.panel(recipe.config, f"About {needs} of memory while it trains."), key=key)


def expectation(recipe: Recipe | None) -> None:
    """How long it will take here, once the probe was asked."""
    if recipe is None:
        return
    config, train = recipe.config, recipe.train
    probed = session.recall("probed")
    if st.button("Measure how long it will take here", key="new-probe"):
        probed = (config, train.batch_size, train.device, cache.speed(config, train))
        session.remember("probed", probed)
    if probed and probed[:-1] == (config, train.batch_size, train.device):
        seconds = train.steps * train.batch_size * config.block_size / probed[-1]
        st.markdown(f"About {duration(seconds)} on this machine ({probed[-1]:,.0f} tokens a second).")


def start(recipe: Recipe | None) -> None:
    """The button; a double click starts one run, since both clicks carry the same request."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(
            "Name",
            key="new-name",
            placeholder="what would you call it?",
            max_chars=60,
            help="How the run is called in the table; without one, after its recipe and its text.",
            persist_state="session",
        )
        pressed = st.button("Start training", type="primary", disabled=recipe is None, key="new-start")
    started = session.recall(STARTED)
    if pressed and recipe:
        try:
            shown = validate.clean(name) or f"{session.recall('new-preset') or FIRST} on {recipe.corpus}"
            wish = visitor.request((recipe, shown))
            asked = (recipe.config, recipe.train, recipe.corpus, shown, visitor.owner(), wish, recipe.text)
            visitor.choose_run(control.create(*asked, teacher=visitor.is_teacher()))
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        session.remember(STARTED, (recipe, shown))
        st.rerun()
    if started and started[0] == recipe:
        st.markdown(f"Started: **{validate.plain(started[1])}** is on top of the table of runs.")
