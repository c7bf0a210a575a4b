"""The link that restores what one sees: one table, from which it is written and read.

A link comes from anybody. What does not exist is replaced by the nearest that does, or by the default, with a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from gpt.config import SamplingConfig
from pages.ui import cache
from pages.ui.state import changes, reading
from pages.ui.state.choices import ROWS
from pages.ui.state.inputs import KNOBS, Inputs, Written
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import LIMIT, MODES, START, WRITE_LIMIT, cell_of, clean, whole

NORMS = ("attn", "mlp")  # of a block, by the part that each belongs to
MOST = 10**9  # beyond every step, layer and token
NUMBERS = {"t": "temperature", "k": "top_k", "p": "top_p", "seed": "seed"}
NUMBERS |= {"minp": "min_p", "penalty": "repetition_penalty"}


def restore(link: Mapping[str, str]) -> Inputs:
    """The choices of a link's parameters."""
    inputs = Inputs()
    for row in TABLE:
        inputs, notice = restored(row, link.get(row.name), inputs)
        if notice:
            inputs = replace(inputs, notices=(*inputs.notices, notice))
    return inputs


def parsed(query: str) -> dict[str, str]:
    """The parameters of a link from its "?" on, as a browser tells it."""
    return dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


def restored(row: Parameter, word: str | None, inputs: Inputs) -> tuple[Inputs, str]:
    """The choices with one parameter's word (None: the link does not have it), and what to tell about it."""
    if word is None:
        return row.put(inputs, row.default(inputs)), ""
    try:
        value = row.parse(word, inputs)
        return row.put(inputs, value), row.notice(word, value, inputs)
    except (ValueError, OverflowError) as error:
        return row.put(inputs, row.default(inputs)), str(error)


def link(inputs: Inputs, named: Collection[str] = ()) -> dict[str, str]:
    """The parameters that restore these choices; what is at its default is left out, unless it is `named`."""
    found = {}
    for row in TABLE:
        value = row.get(inputs)
        if row.always or row.name in named or value != row.default(inputs):
            found[row.name] = row.write(value)
    return found


def link_of(inputs: Inputs, rows: Collection[Parameter]) -> dict[str, str]:
    """The parameters of these rows alone, for a page that shows no model; none that is at its default."""
    return {row.name: row.write(row.get(inputs)) for row in rows if row.get(inputs) != row.default(inputs)}


def settings(values: Mapping[str, Any]) -> SamplingConfig:
    """Sampling settings from a browser, field by field; what cannot be stays as it was by default."""
    inputs = Inputs()
    for row in KNOB_ROWS:
        value = values.get(row.field.removeprefix("knobs."))
        word = None if value is None else str(int(value) if isinstance(value, bool) else value)[:40]
        inputs, _ = restored(row, word, inputs)
    return inputs.knobs


def chosen(inputs: Inputs, words: Mapping[str, Any]) -> Inputs:
    """The choices with some of a page's own (`choices/`), as a browser tells them: in the words of the link."""
    for row in ROWS:
        word = words.get(row.name)
        if isinstance(word, str):
            with suppress(ValueError, OverflowError):  # nonsense leaves what was chosen
                inputs = row.put(inputs, row.parse(word[: row.most], inputs))
    return inputs


def parse_model(word: str, inputs: Inputs) -> str:
    """A model that is there."""
    if word not in cache.offered():
        cache.forget_offered()  # it may be a run of the last two seconds
    if word not in cache.offered() or cache.newest_step(word) is None:
        raise ValueError(
            f"The link asked for the model “{clean(word)[:40]}”, which is not here; showing {cache.DEFAULT}."
        )
    return word


def parse_step(word: str, inputs: Inputs) -> int:
    """The kept step nearest to the one asked for."""
    while True:
        steps = inputs.shelved.steps
        step = changes.nearest(steps, whole(word, 0, MOST, steps[-1]))
        if not cache.refusal(inputs.model, step):  # else it is not among the steps any more
            return step


def parse_prompt(word: str, inputs: Inputs) -> str:
    """Any text; only the usual beginning, which nobody typed, gives way where a model cannot read it."""
    text = clean(word)
    if text == START != reading.opening_text(inputs.model, inputs.step):
        raise ValueError("This model has no tokens for the link's prompt; showing an example that it can read.")
    return text


def parse_written(word: str, inputs: Inputs) -> tuple[Written, ...]:
    """What the model wrote: "53.0312-7.9998", ids with their probabilities in ten-thousandths."""
    vocabulary, written = cache.model(inputs.model, inputs.step).tokenizer.tokens, list[Written]()
    for part in word.split("-")[:WRITE_LIMIT]:
        id_, _, share = part.partition(".")
        number = int(id_[:10])
        if not 0 <= number < len(vocabulary):
            raise ValueError("The link's written tokens are not this model's; showing the prompt without them.")
        written.append(Written(number, vocabulary[number], whole(share, 0, 10_000, 0) / 10_000))
    return tuple(written)


def write_written(written: tuple[Written, ...]) -> str:
    """As `parse_written` reads it."""
    return "-".join(f"{token.id}.{round(token.probability * 10_000)}" for token in written)


def from_one(name: str, count: Callable[[Inputs], int]) -> Callable[[str, Inputs], int]:
    """A reader of a place that people count from 1: the nearest there is, from 0."""

    def parse(word: str, inputs: Inputs) -> int:
        number = whole(word, 1, MOST, 0)
        if not number:
            raise ValueError(f"The link's {name} is not a number.")
        return min(number, max(count(inputs), 1)) - 1

    return parse


def layers(inputs: Inputs) -> int:
    """How many layers the chosen model has."""
    return cache.model(inputs.model, inputs.step).config.n_layer


def heads(inputs: Inputs) -> int:
    """How many heads each has."""
    return cache.model(inputs.model, inputs.step).config.n_head


def opening(kind: int) -> Callable[[Inputs], int]:
    """The layer (0) or head (1) to begin with."""
    return lambda inputs: reading.opening_head(inputs.model, inputs.step, inputs.text)[kind]


def place_notice(name: str, count: Callable[[Inputs], int]) -> Callable[[str, int, Inputs], str]:
    """What to tell when there are not so many."""

    def notice(word: str, value: int, inputs: Inputs) -> str:
        if whole(word, 1, MOST, 1) == value + 1:
            return ""
        asked = whole(word, 1, MOST, 1)
        return f"The link asked for {name} {asked}; this model has {count(inputs)}, showing {name} {value + 1}."

    return notice


def parse_norm(word: str, inputs: Inputs) -> int:
    """Which of a block's norms is shown."""
    if word not in NORMS[: 2 if cache.model(inputs.model, inputs.step).config.feed_forward else 1]:
        raise ValueError("The link's layer norm is not one of this model's; showing the first of each block.")
    return NORMS.index(word)


def parse_mode(word: str, inputs: Inputs) -> str:
    """Which heads shade the tokens."""
    if word not in MODES:
        raise ValueError(f"The link's mode is not one of {', '.join(MODES)}.")
    return word


def parse_token(word: str, inputs: Inputs) -> int:
    """A token of the prompt."""
    asked, T = whole(word, 1, LIMIT, 0), reading.count(inputs)
    if not 1 <= asked <= T:
        raise ValueError(f"The link's token is not one of the {T} that the model reads; none is pinned.")
    return asked - 1


def parse_cell(word: str, inputs: Inputs) -> tuple[str, int, int]:
    """A number of a stage of the head: "pattern.5.3", row and column from 0."""
    stage, _, place = word.partition(".")
    asked = replace(inputs, cell=cell_of(stage, *(place.split(".") + ["", ""])[:2]))
    found = reading.fit(asked, cache.model(inputs.model, inputs.step).config, reading.count(inputs)).cell
    if found is None:
        raise ValueError("The link's cell is not one of this head's numbers; showing the largest share instead.")
    return found


def parse_switches(word: str, inputs: Inputs) -> tuple[str, ...]:
    """Switches of the mechanism that this model has."""
    asked = tuple(name for name in clean(word)[:200].split(".") if name)
    return reading.fit(replace(inputs, switches=asked), cache.model(inputs.model, inputs.step).config, 1).switches


def switches_notice(word: str, value: tuple[str, ...], inputs: Inputs) -> str:
    """What to tell when one was left out."""
    left = [name for name in clean(word)[:200].split(".") if name and name not in value]
    return f"Left out of the link's switches: {', '.join(left)[:80]}." if left else ""


def parse_number(name: str, kind: type[int] | type[float]) -> Callable[[str, Inputs], float]:
    """A sampling setting; its bounds are those of SamplingConfig."""
    field = NUMBERS[name]

    def parse(word: str, inputs: Inputs) -> float:
        try:
            value = kind(word[:40])
        except (ValueError, OverflowError) as error:
            raise ValueError(f"The link's {field} is not a number.") from error
        return getattr(SamplingConfig(**{**inputs.knobs.to_json(), field: value}), field)

    return parse


def parse_order(word: str, inputs: Inputs) -> str:
    """The steps from logits to probabilities in another order."""
    return SamplingConfig(order=clean(word, 40)).order


KNOB_ROWS = (
    Parameter("t", "knobs.temperature", lambda _: KNOBS.temperature, parse_number("t", float), str),
    Parameter("k", "knobs.top_k", lambda _: KNOBS.top_k, parse_number("k", int), lambda k: str(k or 0)),
    Parameter("p", "knobs.top_p", lambda _: KNOBS.top_p, parse_number("p", float), str),
    Parameter("seed", "knobs.seed", lambda _: KNOBS.seed, parse_number("seed", int), str),
    Parameter("greedy", "knobs.greedy", lambda _: KNOBS.greedy, lambda word, _: word == "1", lambda on: str(int(on))),
    Parameter("minp", "knobs.min_p", lambda _: KNOBS.min_p, parse_number("minp", float), str),
    Parameter(
        "penalty", "knobs.repetition_penalty", lambda _: KNOBS.repetition_penalty, parse_number("penalty", float), str
    ),
    Parameter("order", "knobs.order", lambda _: KNOBS.order, parse_order, str),
)

TABLE = (
    Parameter("model", "model", lambda _: cache.DEFAULT, parse_model, str),
    Parameter(
        "step",
        "step",
        lambda inputs: inputs.shelved.steps[-1],
        parse_step,
        str,
        lambda word, value, _: (
            ""
            if word == str(value)
            else f"The link asked for step {clean(word)[:20]}; the nearest one kept is {value}."
        ),
    ),
    Parameter(
        "prompt",
        "text",
        lambda inputs: reading.opening_text(inputs.model, inputs.step),
        parse_prompt,
        str,
        lambda word, value, _: "" if len(word) <= LIMIT else f"The link's prompt is cut to {LIMIT:,} characters.",
    ),
    Parameter("written", "written", lambda _: (), parse_written, write_written),
    Parameter(
        "layer",
        "layer",
        opening(0),
        from_one("layer", layers),
        lambda i: str(i + 1),
        place_notice("layer", layers),
        True,
    ),
    Parameter(
        "head", "head", opening(1), from_one("head", heads), lambda i: str(i + 1), place_notice("head", heads), True
    ),
    Parameter("norm", "norm", lambda _: 0, parse_norm, lambda i: NORMS[i]),
    Parameter("mode", "mode", lambda _: "head", parse_mode, str),
    Parameter("token", "pin", lambda _: None, parse_token, lambda i: str(i + 1)),
    Parameter("cell", "cell", lambda _: None, parse_cell, lambda cell: ".".join(map(str, cell))),
    Parameter("off", "switches", lambda _: (), parse_switches, ".".join, switches_notice),
    *KNOB_ROWS,
    *ROWS,
    Parameter("present", "projector", lambda _: False, lambda word, _: word == "1", lambda on: str(int(on))),
)
