"""The panels that pages are put together from: each takes the choices and what was read, and mounts one component."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gpt import sampling
from gpt.analysis.embeddings import Map
from gpt.analysis.heads import describe
from gpt.analysis.reading import choices_per_token
from pages.ui import cached, components, inputs, payload
from pages.ui.inputs import Inputs
from pages.ui.look import Look, note, write_asked

RUN = 200  # tokens that "Run" writes


def top_row(chosen: Inputs, scrub: bool = True) -> None:
    """Which model, at which step of its training; the link to all this."""
    left, middle, right = st.columns([1.6, 5, 2], gap="small", vertical_alignment="center")
    with left:
        inputs.model_picker(chosen)
    with middle:
        if scrub:
            steps = chosen.shelved.steps
            state = {"steps": steps, "losses": cached.losses(chosen.model, steps[-1]), "step": chosen.step}
            components.scrub({**state, "rev": f"{chosen.model} {chosen.rev}"}, inputs.step_changed)
    with right:
        components.link({"link": inputs.link(chosen), "present": st.query_params.get("present") == "1"})
    follow(chosen)
    for notice in chosen.notices:
        st.info(notice)


def follow(chosen: Inputs) -> None:
    """A run in training: stay at its newest step, so that the page moves by itself."""
    if chosen.model in cached.offered_at_start() or not cached.in_training(chosen.model):
        return
    wanted = st.toggle("Follow the newest step", value=chosen.follow)
    if wanted != chosen.follow:
        chosen.follow = wanted
        st.rerun()  # the whole page: its timer starts or stops


def live(page: Callable[[], None]) -> None:
    """Draw a page as one fragment: a key reruns it and nothing else; while a run is followed, so does a timer."""
    st.fragment(page, run_every="3s" if inputs.current().follow else None)()


def prompt(chosen: Inputs, seen: Look) -> None:
    """The editor."""
    sentence, warn = note(seen)
    state = {"text": inputs.full_text(chosen), "rev": chosen.rev, "ack": chosen.ack, "note": sentence, "warn": warn}
    components.prompt({**state, "examples": inputs.EXAMPLES, "limit": inputs.LIMIT}, inputs.prompt_changed)


def write(chosen: Inputs, seen: Look) -> None:
    """The writing panel."""
    reading = ""
    if seen.trace is not None and len(seen.ids) > 1:
        reading = f"The text so far reads at {choices_per_token(seen.trace.logits, seen.ids):.2f} choices a token."
    vocabulary = seen.loaded.tokenizer.tokens
    state = {"n": chosen.asked, "run": RUN, "room": inputs.WRITE_LIMIT - len(chosen.written), "ready": bool(seen.ids)}
    written = [[vocabulary[token], round(p, 4)] for token, p in chosen.written]
    components.write({**state, "reading": reading, "written": written}, write_asked)


def strip(chosen: Inputs, seen: Look) -> None:
    """The strip of tokens, which also keeps where one looks."""
    view = {"layer": chosen.layer, "head": chosen.head, "mode": chosen.mode, "pin": chosen.pin, "rev": chosen.rev_view}
    shown = {"tokens": seen.tokens, "chips": seen.chips, "hidden": seen.hidden, "written": seen.written}
    components.tokens(payload.pack({**view, **shown}), inputs.view_changed)


def heads(seen: Look) -> None:
    """All heads at once."""
    config = seen.loaded.config
    roles = [] if seen.trace is None else describe(seen.trace.pattern, seen.tokens)
    components.heads(payload.attention(seen.trace, config.n_layer, config.n_head, config.causal, roles))


def head(seen: Look) -> None:
    """The chosen head."""
    components.head({"tokens": seen.tokens})


def next_token(chosen: Inputs, seen: Look) -> None:
    """What comes next, with its knobs and the draw that is waiting."""
    drawn = len(chosen.written)
    state = {"settings": chosen.knobs.to_json(), "rev": chosen.rev_view, "index": drawn}
    state["u"] = sampling.draw(chosen.knobs.seed, drawn)
    bars = payload.next_token(seen.trace, seen.tokens, seen.loaded.tokenizer.tokens, state)
    components.next_token(bars, inputs.knobs_changed)


def vectors(seen: Look) -> None:
    """Token + position = input."""
    components.vectors(payload.vectors(seen.loaded.model, seen.ids, seen.tokens))


def norms(seen: Look) -> None:
    """The chosen block's layer norms."""
    components.norms(payload.norms(seen.loaded.model, seen.trace, seen.tokens))


def token_map(found: Map, seen: Look) -> None:
    """The token table in two dimensions."""
    components.token_map(payload.token_map(found, seen.loaded.tokenizer.tokens, seen.ids))


def below(chosen: Inputs, seen: Look) -> None:
    """Tables, files and the record; closed, they cost nothing, not even an import."""
    for title in ("The numbers behind the pictures", "How this model was trained"):
        panel = st.expander(title, on_change="rerun", key=title)
        if panel.open:
            from pages.ui import numbers

            with panel:
                (numbers.numbers if title.startswith("The") else numbers.training)(chosen, seen)
