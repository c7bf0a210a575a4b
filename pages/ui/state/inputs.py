"""What a visitor has chosen: one `Inputs` a session, restored from the link, changed only by the callbacks here.

The only home of session_state and query_params. Whatever comes from a browser (link or component) is checked here:
a student's browser may send anything, and a bad value must never end in a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from gpt.bundled import Shelved
from gpt.config import ConfigError, SamplingConfig
from pages.ui import cache
from pages.ui.state.validate import EXAMPLES, LIMIT, MODES, START, cell_of, clean, examples, whole

KNOBS = SamplingConfig(temperature=0.8)


@dataclass
class Inputs:
    """One visitor's choices. `rev` counts the changes that Python made, so that components know when to follow."""

    model: str = cache.DEFAULT
    step: int = 0
    text: str = START
    layer: int = 0
    head: int = 0
    mode: str = "head"
    pin: int | None = None
    knobs: SamplingConfig = KNOBS
    written: list[tuple[int, float]] = field(default_factory=list)  # (token id, its probability when drawn)
    rev: int = 0  # of the text
    rev_view: int = 0  # of layer, head, pin and knobs
    ack: int = 0  # the newest commit of the editor that Python has seen
    asked: int = 0  # the newest request of the writing panel that Python has answered
    cell: tuple[str, int, int] | None = None  # the number that is worked out: stage, row, column
    switches: tuple[str, ...] = ()  # what is changed about the mechanism, on the attention page
    follow: bool = False  # stay at the newest step of a run that is still training
    notices: list[str] = field(default_factory=list)

    @property
    def shelved(self) -> Shelved:
        """The chosen model's entry on the shelf."""
        return cache.offered()[self.model]


def current() -> Inputs:
    """This session's choices; on its first call, what the link asks for."""
    if "inputs" not in st.session_state:
        st.session_state["inputs"] = restore(st.query_params.to_dict())
    inputs: Inputs = st.session_state["inputs"]
    if inputs.model not in cache.offered():  # someone deleted the run
        inputs.notices = ["The model that was shown here is gone; showing the bundled one."]
        take_model(inputs, cache.DEFAULT)
        st.session_state.pop("model", None)
    if inputs.step not in inputs.shelved.steps:
        go_to(inputs, inputs.step)
    follow_newest(inputs)
    return inputs


def restore(link: Mapping[str, str]) -> Inputs:
    """Choices from a link's parameters. What does not exist is replaced by the nearest that does, with a notice."""
    inputs, offered = Inputs(), cache.offered()
    name = link.get("model", inputs.model)
    if name not in offered:
        inputs.notices.append(
            f"The link asked for the model “{clean(name)[:40]}”, which is not here; showing {inputs.model}."
        )
        name = cache.DEFAULT
    inputs.model = name
    steps = inputs.shelved.steps
    wanted = whole(link.get("step"), 0, 10**9, steps[-1])
    inputs.step = min(steps, key=lambda step: abs(step - wanted))
    if "step" in link and str(inputs.step) != link["step"]:
        inputs.notices.append(f"The link asked for step {link['step'][:20]}; the nearest one kept is {inputs.step}.")
    inputs.text = clean(link.get("prompt", START))
    config = cache.model(inputs.model, inputs.step).config
    start = dict(zip(("layer", "head"), telling_head(inputs), strict=True))
    for kind, count in (("layer", config.n_layer), ("head", config.n_head)):
        asked = whole(link.get(kind), 1, 10**9, start[kind] + 1)
        setattr(inputs, kind, min(asked, max(count, 1)) - 1)
        if asked > max(count, 1):
            inputs.notices.append(f"The link asked for {kind} {asked}; this model has {count}, showing {kind} {count}.")
    inputs.mode = link["mode"] if link.get("mode") in MODES else "head"
    stage, _, place = link.get("cell", "").partition(".")
    inputs.cell = cell_of(stage, *(place.split(".") + ["", ""])[:2])
    inputs.switches = tuple(name for name in clean(link.get("off", ""))[:200].split(".") if name)
    inputs.pin = whole(link["token"], 1, LIMIT, 1) - 1 if "token" in link else None
    inputs.knobs = settings(
        {"temperature": link.get("t"), "top_k": link.get("k"), "top_p": link.get("p"), "seed": link.get("seed"),
         "greedy": link.get("greedy") == "1"}, inputs.notices,
    )  # fmt: skip
    return inputs


def telling_head(inputs: Inputs) -> tuple[int, int]:
    """Layer and head to begin with: one that finds the start of the word, or an earlier copy, else the clearest."""
    from gpt.analysis import heads

    loaded = cache.model(inputs.model, inputs.step)
    text = START if START in examples(loaded.tokenizer.tokens) else inputs.text
    ids = tuple(loaded.tokenizer.encode_known(text)[0])[-loaded.config.block_size :]
    if not ids:
        return 0, 0
    trace = cache.trace(inputs.model, inputs.step, ids)
    roles = heads.describe(trace.pattern, [loaded.tokenizer.tokens[i] for i in ids])
    if not roles:
        return 0, 0
    telling = (heads.ROLES["word start"], heads.ROLES["induction"])
    best = max(roles, key=lambda role: (role.phrase.endswith(telling), role.share))
    return best.layer, best.head


def settings(values: Mapping[str, Any], notices: list[str] | None = None) -> SamplingConfig:
    """Sampling settings from a browser, field by field; what cannot be stays as it was by default, with a notice."""
    chosen = KNOBS
    for name, convert in (("temperature", float), ("top_k", int), ("top_p", float), ("seed", int), ("greedy", bool)):
        if values.get(name) is None:
            continue
        try:
            value = convert(values[name] if name == "greedy" else str(values[name])[:40])
            chosen = SamplingConfig(**{**chosen.to_json(), name: value})
        except (ValueError, OverflowError) as error:
            if notices is not None:
                notices.append(str(error) if isinstance(error, ConfigError) else f"The link's {name} is not a number.")
    return chosen


def link(inputs: Inputs) -> dict[str, str]:
    """The parameters that restore these choices; what is at its default is left out."""
    knobs = inputs.knobs
    values = {
        "model": (inputs.model, cache.DEFAULT),
        "step": (inputs.step, inputs.shelved.steps[-1]),
        "prompt": (full_text(inputs), START),
        "layer": (inputs.layer + 1, None),
        "head": (inputs.head + 1, None),
        "mode": (inputs.mode, "head"),
        "token": (None if inputs.pin is None else inputs.pin + 1, None),
        "cell": (None if inputs.cell is None else ".".join(map(str, inputs.cell)), None),
        "off": (".".join(inputs.switches), ""),
        "t": (knobs.temperature, KNOBS.temperature),
        "k": (knobs.top_k or 0, 0),
        "p": (knobs.top_p, 1.0),
        "seed": (knobs.seed, KNOBS.seed),
        "greedy": (int(knobs.greedy), 0),
    }
    return {name: str(value) for name, (value, default) in values.items() if value != default}


def full_text(inputs: Inputs) -> str:
    """The prompt and what was written on from it."""
    if not inputs.written:
        return inputs.text
    tokenizer = cache.model(inputs.model, inputs.step).tokenizer
    return inputs.text + tokenizer.decode([token for token, _ in inputs.written])


def told(component: str, name: str) -> Any:
    """What a component has just told."""
    return (st.session_state.get(component) or {}).get(name)


def prompt_changed() -> None:
    """The editor committed: its text becomes the prompt, written tokens included."""
    value, inputs = told("board", "typed"), current()
    if isinstance(value, dict):
        inputs.text, inputs.written = clean(value.get("text", "")), []
        inputs.ack = whole(value.get("n"), 0, 10**9, inputs.ack)


def view_changed() -> None:
    """Another layer, head, mode or pinned token."""
    value, inputs = told("board", "view"), current()
    if isinstance(value, dict):
        config = cache.model(inputs.model, inputs.step).config
        inputs.layer = whole(value.get("layer"), 0, max(config.n_layer - 1, 0), inputs.layer)
        inputs.head = whole(value.get("head"), 0, config.n_head - 1, inputs.head)
        inputs.mode = value["mode"] if value.get("mode") in MODES else inputs.mode
        inputs.pin = None if value.get("pin") is None else whole(value["pin"], 0, config.block_size - 1, 0)


def cell_changed() -> None:
    """Another number to work out; whether there is such a cell is asked when it is drawn."""
    value = told("board", "cell")
    if isinstance(value, dict):
        current().cell = cell_of(value.get("stage"), value.get("row"), value.get("column"))


def switches_changed() -> None:
    """A switch of the mechanism was turned; those that the model does not have are left out when it is drawn."""
    value = told("board", "switches")
    if isinstance(value, dict) and isinstance(value.get("on"), list):
        current().switches = tuple(dict.fromkeys(clean(name)[:20] for name in value["on"][:20]))


def knobs_changed() -> None:
    """A knob was let go."""
    value, inputs = told("board", "knobs"), current()
    if isinstance(value, dict):
        inputs.knobs = settings(value)


def step_changed() -> None:
    """Another step of the training, by the slider on top."""
    go_to(current(), told("scrub", "step"))


def slid() -> None:
    """Another step of the training, by the timeline."""
    go_to(current(), told("board", "slid"))


def go_to(inputs: Inputs, asked: object) -> None:
    """Show the kept step that is nearest to the one asked for."""
    wanted = whole(asked, 0, 10**9, inputs.step)
    inputs.step = min(inputs.shelved.steps, key=lambda step: abs(step - wanted))
    inputs.follow = inputs.follow and inputs.step == inputs.shelved.steps[-1]


def model_picker(inputs: Inputs) -> None:
    """The list of models; it shows the link's choice first."""
    st.session_state.setdefault("model", inputs.model)
    st.selectbox(
        "Model", list(cache.offered()), key="model", label_visibility="collapsed", on_change=model_changed,
        format_func=lambda name: cache.offered()[name].label if name in cache.offered() else name,
    )  # fmt: skip


def model_changed() -> None:
    """Another model was picked."""
    name = st.session_state.get("model")
    if name in cache.offered():
        take_model(current(), str(name))


def take_model(inputs: Inputs, name: str) -> None:
    """Another model: its last step, and a layer and head that it has. What was written stays, as prompt."""
    inputs.text, inputs.written = clean(full_text(inputs)), []
    inputs.model, inputs.rev, inputs.rev_view = name, inputs.rev + 1, inputs.rev_view + 1
    inputs.step, inputs.follow = inputs.shelved.steps[-1], False
    fitting = examples(cache.model(name, inputs.step).tokenizer.tokens)
    if inputs.text in EXAMPLES and inputs.text not in fitting and fitting:
        inputs.text = START if START in fitting else fitting[0]  # an example gives way to one that this model can read
    inputs.layer, inputs.head = telling_head(inputs)
    inputs.pin = None


def prefer_many_steps(inputs: Inputs) -> None:
    """The timeline opens with a model that has a past, unless the link names another."""
    if "timeline_seen" in st.session_state:
        return
    st.session_state["timeline_seen"] = True
    named = st.query_params.get("model") == inputs.model
    several = [name for name, model in cache.offered().items() if len(model.steps) > 1]
    if len(inputs.shelved.steps) == 1 and several and not named:
        take_model(inputs, several[0])
        st.session_state["model"] = inputs.model


def open_run(run: str) -> None:
    """Every page now shows this run's model, and follows its newest step."""
    cache.forget_offered()
    inputs = current()
    if run in cache.offered():
        take_model(inputs, run)
        inputs.follow = True
        st.session_state["model"] = run


def follow_newest(inputs: Inputs) -> None:
    """While a run is followed, look at its newest step."""
    if inputs.follow:
        inputs.step = inputs.shelved.steps[-1]
