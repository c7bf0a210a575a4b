"""The panels that pages are put together from: each takes the choices and what was read, and gives one panel's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gpt import sampling
from gpt.analysis.embeddings import Map
from gpt.analysis.heads import describe
from gpt.analysis.perplexity import choices_per_token
from pages.ui import cache
from pages.ui.board import components, payload
from pages.ui.state import inputs, validate
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Look, note, write_asked

RUN = 200  # tokens that "Run" writes

Panel = tuple[str, int, bytes | Mapping[str, Any]]  # its name, how many of 60 columns it takes, its data


def top_row(chosen: Inputs, scrub: bool = True) -> None:
    """Which model, at which step of its training. Outside the fragment: a key does not send it again."""
    left, middle, _ = st.columns([1.6, 5, 2], gap="small", vertical_alignment="center")
    with left:
        inputs.model_picker(chosen)
    with middle:
        if scrub:
            steps = chosen.shelved.steps
            state = {"steps": steps, "losses": cache.losses(chosen.model, steps[-1]), "step": chosen.step}
            components.scrub({**state, "rev": f"{chosen.model} {chosen.rev_view}"}, inputs.step_changed)
    follow(chosen)
    for notice in chosen.notices:
        st.info(validate.plain(notice))


def follow(chosen: Inputs) -> None:
    """A run in training: stay at its newest step, so that the page moves by itself."""
    if chosen.model in cache.offered_at_start() or not cache.in_training(chosen.model):
        return
    wanted = st.toggle("Follow the newest step", value=chosen.follow)
    if wanted != chosen.follow:
        chosen.follow = wanted
        st.rerun()  # the whole page: its timer starts or stops


def live(page: Callable[[], None]) -> None:
    """Draw a page as one fragment: a key reruns it and nothing else; while a run is followed, so does a timer."""
    st.fragment(page, run_every="3s" if inputs.current().follow else None)()


def show(panels: list[Panel]) -> None:
    """Mount the panels as one board, with everything that they may tell."""
    told = {
        "on_typed_change": inputs.prompt_changed,
        "on_ask_change": write_asked,
        "on_view_change": inputs.view_changed,
        "on_knobs_change": inputs.knobs_changed,
        "on_slid_change": inputs.slid,
        "on_cell_change": inputs.cell_changed,
        "on_switches_change": inputs.switches_changed,
    }
    components.board(panels, **told)


def link(chosen: Inputs) -> Panel:
    """What keeps the address bar in step."""
    return "link", 60, {"link": inputs.link(chosen), "present": st.query_params.get("present") == "1"}


def tour(chosen: Inputs) -> Panel:
    """The guided tour, which notices what the visitor does."""
    return "tour", 60, {"written": len(chosen.written), "model": chosen.model, "temperature": chosen.knobs.temperature}


def prompt(chosen: Inputs, seen: Look, span: int = 42) -> Panel:
    """The editor."""
    sentence, warn = note(seen)
    state = {"text": inputs.full_text(chosen), "rev": chosen.rev, "ack": chosen.ack, "note": sentence, "warn": warn}
    examples = validate.examples(seen.loaded.tokenizer.tokens)
    return "prompt", span, {**state, "examples": examples, "limit": validate.LIMIT}


def write(chosen: Inputs, seen: Look) -> Panel:
    """The writing panel."""
    reading = ""
    if seen.trace is not None and len(seen.ids) > 1:
        reading = f"The text so far reads at {choices_per_token(seen.trace.logits, seen.ids):.2f} choices a token."
    vocabulary = seen.loaded.tokenizer.tokens
    state = {"n": chosen.asked, "run": RUN, "room": validate.WRITE_LIMIT - len(chosen.written), "ready": bool(seen.ids)}
    written = [[vocabulary[token], round(p, 4)] for token, p in chosen.written]
    return "write", 18, {**state, "reading": reading, "written": written}


def strip(chosen: Inputs, seen: Look) -> Panel:
    """The strip of tokens, which also keeps where one looks."""
    view = {"layer": chosen.layer, "head": chosen.head, "mode": chosen.mode, "pin": chosen.pin, "rev": chosen.rev_view}
    shown = {"tokens": seen.tokens, "chips": seen.chips, "hidden": seen.hidden, "written": seen.written}
    return "tokens", 60, payload.pack({**view, **shown})


def heads(seen: Look) -> Panel:
    """All heads at once."""
    config = seen.loaded.config
    roles = [] if seen.trace is None else describe(seen.trace.pattern, seen.tokens)
    return "heads", 20, payload.attention(seen.trace, config.n_layer, config.n_head, config.causal, roles)


def head(seen: Look) -> Panel:
    """The chosen head."""
    return "head", 22, {"tokens": seen.tokens}


def next_token(chosen: Inputs, seen: Look) -> Panel:
    """What comes next, with its knobs and the draw that is waiting."""
    drawn = len(chosen.written)
    state = {"settings": chosen.knobs.to_json(), "rev": chosen.rev_view, "index": drawn}
    state["u"] = sampling.draw(chosen.knobs.seed, drawn)
    return "next", 18, payload.next_token(seen.trace, seen.tokens, seen.loaded.tokenizer.tokens, state)


def vectors(seen: Look) -> Panel:
    """Token + position = input."""
    return "vectors", 20, payload.vectors(seen.loaded.model, seen.ids, seen.tokens)


def norms(seen: Look, span: int = 20) -> Panel:
    """The chosen block's layer norms."""
    return "norms", span, payload.norms(seen.loaded.model, seen.trace, seen.tokens)


def token_map(found: Map, seen: Look, span: int = 20) -> Panel:
    """The token table in two dimensions."""
    return "map", span, payload.token_map(found, seen.loaded.tokenizer.tokens, seen.ids)


def below(chosen: Inputs, seen: object, what: str = "numbers") -> None:
    """Tables, files and the record; closed, they cost nothing, not even an import. `what` is one of `numbers`."""
    for title, draw in (("The numbers behind the pictures", what), ("How this model was trained", "training")):
        panel = st.expander(title, on_change="rerun", key=title)
        if panel.open:
            from pages.ui import tables

            with panel:
                getattr(tables, draw)(chosen, seen)
    panel = st.expander("Glossary", on_change="rerun", key="Glossary")
    if panel.open:
        from pages.ui import glossary

        with panel:
            glossary.narrowed("")
