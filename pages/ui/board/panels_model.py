"""The panels that pages are put together from: each takes the choices and what was read, and gives one panel's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gpt import sampling
from gpt.analysis.embeddings import Map
from gpt.analysis.heads import Role, describe, meaningful
from gpt.analysis.perplexity import choices_per_token
from pages.ui import cache
from pages.ui.board import components, payload
from pages.ui.state import callbacks, permalink, reading, session, validate
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading

RUN = 200  # tokens that "Run" writes

Panel = tuple[str, int, bytes | Mapping[str, Any]]  # its name, how many of 60 columns it takes, its data


def top_row(chosen: Inputs, scrub: bool = True) -> None:
    """Which model, at which step of its training. Outside the fragment: a key does not send it again."""
    left, middle, _ = st.columns([1.6, 5, 2], gap="small", vertical_alignment="center")
    with left:
        model_picker(chosen)
    with middle:
        if scrub:
            steps = chosen.shelved.steps
            state = {"steps": steps, "losses": cache.losses(chosen.model, steps[-1]), "step": chosen.step}
            components.scrub({**state, "rev": f"{chosen.model} {chosen.rev_view}"}, callbacks.scrubbed)
    follow(chosen)
    for notice in chosen.notices:
        st.info(validate.plain(notice))


def model_picker(chosen: Inputs) -> None:
    """The list of models; it shows the link's choice first."""
    if session.recall(callbacks.MODEL) != chosen.model:  # Python chose it, or another page is opened
        session.remember(callbacks.MODEL, chosen.model)
    st.selectbox(
        "Model",
        list(cache.offered()),
        key=callbacks.MODEL,
        label_visibility="collapsed",
        on_change=callbacks.model_changed,
        format_func=lambda name: cache.offered()[name].label if name in cache.offered() else name,
    )


def follow(chosen: Inputs) -> None:
    """A run in training: stay at its newest step, so that the page moves by itself."""
    if chosen.model in cache.offered_at_start() or not cache.in_training(chosen.model):
        return
    if session.recall(callbacks.FOLLOW) != chosen.follow:
        session.remember(callbacks.FOLLOW, chosen.follow)
    st.toggle("Follow the newest step", key=callbacks.FOLLOW, on_change=callbacks.follow_changed)


def live(page: Callable[[], None]) -> None:
    """Draw a page as one fragment: a key reruns it and nothing else; while a run is followed, so does a timer."""
    st.fragment(page, run_every="3s" if session.current().follow else None)()


def show(panels: list[Panel]) -> None:
    """Mount the panels as one board, with everything that they may tell."""
    told = {
        "on_typed_change": callbacks.prompt_changed,
        "on_ask_change": callbacks.write_asked,
        "on_view_change": callbacks.view_changed,
        "on_knobs_change": callbacks.knobs_changed,
        "on_slid_change": callbacks.slid,
        "on_cell_change": callbacks.cell_changed,
        "on_switches_change": callbacks.switches_changed,
    }
    components.board(panels, **told)


def link(seen: Reading) -> Panel:
    """What keeps the address bar in step."""
    return "link", 60, {"link": permalink.link(seen.inputs), "present": session.link().get("present") == "1"}


def tour(seen: Reading) -> Panel:
    """The guided tour, which notices what the visitor does."""
    chosen = seen.inputs
    return "tour", 60, {"written": len(chosen.written), "model": chosen.model, "temperature": chosen.knobs.temperature}


def prompt(seen: Reading, span: int = 42) -> Panel:
    """The editor."""
    chosen, (sentence, warn) = seen.inputs, note(seen)
    state = {"text": chosen.full_text, "rev": chosen.rev, "ack": chosen.ack, "note": sentence, "warn": warn}
    examples = reading.examples(chosen.model, chosen.step)
    return "prompt", span, {**state, "examples": examples, "limit": validate.LIMIT}


def note(seen: Reading) -> tuple[str, bool]:
    """The sentence under the editor's title, and whether it is a warning."""
    size, warnings = seen.config.block_size, []
    if seen.unknown:
        shown = " ".join(f"“{character}”" for character in seen.unknown[:8])
        warnings.append(f"This model has no token for {shown}: left out, struck through below.")
    if seen.hidden:
        warnings.append(f"It sees {size} tokens at most: only the last {size} of {seen.hidden + size} are read.")
    if warnings:
        return " ".join(warnings), True
    if not seen.ids:
        return "Type anything, or take an example: the text is cut into tokens as you type.", False
    return f"{len(seen.ids)} of at most {size} tokens.", False


def write(seen: Reading) -> Panel:
    """The writing panel."""
    chosen, difficulty = seen.inputs, ""
    if seen.trace is not None and len(seen.ids) > 1:
        difficulty = f"The text so far reads at {choices_per_token(seen.trace.logits, seen.ids):.2f} choices a token."
    state = {
        "n": chosen.answered,
        "run": RUN,
        "room": validate.WRITE_LIMIT - len(chosen.written),
        "ready": bool(seen.ids),
    }
    written = [[token.text, token.probability] for token in chosen.written]
    return "write", 18, {**state, "reading": difficulty, "written": written}


def strip(seen: Reading) -> Panel:
    """The strip of tokens, which also keeps where one looks."""
    chosen = seen.inputs
    view = {"layer": chosen.layer, "head": chosen.head, "mode": chosen.mode, "pin": chosen.pin, "rev": chosen.rev_view}
    shown = {"tokens": seen.tokens, "chips": seen.chips, "hidden": seen.hidden, "written": seen.written}
    return "tokens", 60, payload.pack({**view, **shown})


def heads(seen: Reading) -> Panel:
    """All heads at once."""
    config = seen.config
    return "heads", 20, payload.attention(seen.trace, config.n_layer, config.n_head, config.causal, roles_of(seen))


def roles_of(seen: Reading) -> list[Role]:
    """What each head does, on this prompt and, in the model as it was trained, as a rule."""
    if seen.trace is None:
        return []
    usual = cache.usual(seen.inputs.model, seen.inputs.step) if seen.trace is seen.trained else None
    return describe(seen.trace.pattern, seen.tokens, usual, meaningful(seen.vocabulary))


def head(seen: Reading) -> Panel:
    """The chosen head."""
    return "head", 22, {"tokens": seen.tokens}


def next_token(seen: Reading) -> Panel:
    """What comes next, with its knobs and the draw that is waiting."""
    chosen = seen.inputs
    drawn = len(chosen.written)
    state = {"settings": chosen.knobs.to_json(), "rev": chosen.rev_view, "index": drawn}
    state["u"] = sampling.draw(chosen.knobs.seed, drawn)
    return "next", 18, payload.next_token(seen.trace, seen.tokens, seen.vocabulary, state)


def vectors(seen: Reading) -> Panel:
    """Token + position = input."""
    return "vectors", 20, payload.vectors(seen.model, seen.ids, seen.tokens)


def norms(seen: Reading, span: int = 20) -> Panel:
    """The chosen block's layer norms."""
    return "norms", span, payload.norms(seen.model, seen.trace, seen.tokens)


def token_map(found: Map, seen: Reading, span: int = 20) -> Panel:
    """The token table in two dimensions."""
    return "map", span, payload.token_map(found, seen.vocabulary, seen.ids)


def below(seen: Reading, what: str = "numbers") -> None:
    """Tables, files and the record; closed, they cost nothing, not even an import. `what` is one of `numbers`."""
    for title, draw in (("The numbers behind the pictures", what), ("How this model was trained", "training")):
        panel = st.expander(title, on_change="rerun", key=title)
        if panel.open:
            from pages.ui import tables

            with panel:
                getattr(tables, draw)(seen)
    panel = st.expander("Glossary", on_change="rerun", key="Glossary")
    if panel.open:
        from pages.ui import glossary

        with panel:
            glossary.narrowed("")
