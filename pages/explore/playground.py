"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

import streamlit as st

from gpt import sampling
from gpt.analysis.heads import describe
from gpt.analysis.reading import choices_per_token
from pages.ui import cached, components, inputs, panels, payload
from pages.ui.look import Look, look, note, write_asked

RUN = 200  # tokens that "Run" writes


def text_row(chosen: inputs.Inputs, seen: Look) -> None:
    """The editor and the writing panel, then the strip of tokens."""
    left, right = st.columns([2.42, 1], gap="small")
    sentence, warn = note(seen)
    with left:
        editor = {
            "text": inputs.full_text(chosen),
            "rev": chosen.rev,
            "ack": chosen.ack,
            "note": sentence,
            "warn": warn,
        }
        components.prompt({**editor, "examples": inputs.EXAMPLES, "limit": inputs.LIMIT}, inputs.prompt_changed)
    with right:
        reading = ""
        if seen.trace is not None and len(seen.ids) > 1:
            reading = f"The text so far reads at {choices_per_token(seen.trace.logits, seen.ids):.2f} choices a token."
        vocabulary = seen.loaded.tokenizer.tokens
        panel = {
            "n": chosen.asked,
            "run": RUN,
            "room": inputs.WRITE_LIMIT - len(chosen.written),
            "ready": bool(seen.ids),
            "reading": reading,
            "written": [[vocabulary[token], round(p, 4)] for token, p in chosen.written],
        }
        components.write(panel, write_asked)
    view = {"layer": chosen.layer, "head": chosen.head, "mode": chosen.mode, "pin": chosen.pin, "rev": chosen.rev_view}
    strip = {"tokens": seen.tokens, "chips": seen.chips, "hidden": seen.hidden, "written": seen.written}
    components.tokens(payload.pack({**view, **strip}), inputs.view_changed)


def model_row(chosen: inputs.Inputs, seen: Look) -> None:
    """All heads, the chosen one, and what comes next."""
    config = seen.loaded.config
    roles = [] if seen.trace is None else describe(seen.trace.pattern, seen.tokens)
    columns = st.columns([1.12, 1.3, 1], gap="small")
    with columns[0]:
        components.heads(payload.attention(seen.trace, config.n_layer, config.n_head, config.causal, roles))
    with columns[1]:
        components.head({"tokens": seen.tokens})
    with columns[2]:
        extra = {
            "settings": chosen.knobs.to_json(),
            "rev": chosen.rev_view,
            "index": len(chosen.written),
            "u": sampling.draw(chosen.knobs.seed, len(chosen.written)),
        }
        bars = payload.next_token(seen.trace, seen.tokens, seen.loaded.tokenizer.tokens, extra)
        components.next_token(bars, inputs.knobs_changed)


def vector_row(chosen: inputs.Inputs, seen: Look) -> None:
    """What goes in, how it is levelled, and which tokens are alike."""
    model = seen.loaded.model
    columns = st.columns(3, gap="small")
    with columns[0]:
        components.vectors(payload.vectors(model, seen.ids, seen.tokens))
    with columns[1]:
        components.norms(payload.norms(model, seen.trace, seen.tokens))
    with columns[2]:
        found = cached.token_map(chosen.model, chosen.step)
        components.token_map(payload.token_map(found, seen.loaded.tokenizer.tokens, seen.ids))


@st.fragment
def playground() -> None:
    """One fragment: a key reruns it and nothing else."""
    chosen = inputs.current()
    panels.top_row(chosen)
    seen = look(chosen)
    text_row(chosen, seen)
    model_row(chosen, seen)
    vector_row(chosen, seen)
    panels.below(chosen, seen)


playground()
