"""Eight continuations of the same text under two settings, by the same eight seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from gpt.config import SamplingConfig
from pages.ui.board.panel import Panel
from pages.ui.derived import writing
from pages.ui.state import growing, reading
from pages.ui.state.choices.writing import SETTINGS
from pages.ui.state.reading import Reading


class Set(TypedDict):
    """Eight texts under one setting."""

    title: str
    rows: list[tuple[str, float, float | None]]  # text, nats, the share of its pieces of four that are different


@dataclass(frozen=True, kw_only=True, eq=False)
class Eight(Panel):
    """Two sets of eight. It tells as the choices `eight` and `other` what is wanted, and plants one as `grow`."""

    name = "eight"
    n: int  # the number of the newest wish for the tree that Python heard
    on: bool
    key: str  # of the text, which is told to have them written
    ready: bool
    other: str
    others: Sequence[str]
    seed: int
    tokens: int
    sets: Sequence[Set]


def panel(seen: Reading) -> Eight:
    """What the model would write from here on, eight times each way."""
    inputs = seen.inputs
    key, ids = growing.key_of(inputs), (*growing.prompt_of(inputs), *growing.path_of(inputs))
    on = inputs.writing.eight == key  # of another text they are not written at every key
    settings = {"knobs": inputs.knobs, "other": growing.other_knobs(inputs)}
    return Eight(
        n=inputs.writing.answered,
        on=on,
        key=key,
        ready=bool(ids),
        other=inputs.writing.other,
        others=list(SETTINGS),
        seed=inputs.knobs.seed,
        tokens=writing.long(reading.stack_of(inputs)),
        sets=[Set(title=in_words(knobs), rows=rows(seen, ids, knobs)) for knobs in settings.values()]
        if on and ids
        else [],
    )


def rows(seen: Reading, ids: writing.Path, knobs: SamplingConfig) -> list[tuple[str, float, float | None]]:
    """The eight texts, each with its own numbers."""
    where, decode = (seen.inputs.model, seen.inputs.step), seen.checkpoint.tokenizer.decode
    found = list[tuple[str, float, float | None]]()
    for one in writing.continued(*where, ids, knobs, reading.stack_of(seen.inputs)):
        found.append((decode(list(one.ids)), round(-one.nats, 4), writing.repeats(one.ids)[0]))
    return found


def in_words(knobs: SamplingConfig) -> str:
    """A setting, as far as it differs from drawing from all that the model gives."""
    if knobs.greedy:
        return "greedy"
    usual, parts = SamplingConfig(), [f"temperature {knobs.temperature:g}"]
    for field, one in SamplingConfig.settings().items():
        value = getattr(knobs, field)
        if field not in ("temperature", "seed", "greedy") and value not in (getattr(usual, field), None):
            parts.append(f"{one.label} {value:g}" if isinstance(value, int | float) else f"{one.label} {value}")
    return ", ".join(parts)
