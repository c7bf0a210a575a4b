"""What the pages of Probe let choose: a stack of edits, what takes the place of a silent part, which effect is shown.

The stack travels to every page; whatever of it a model or a prompt does not have is left out there, and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpt.analysis.edit_lines import MOST_LINES, MOST_WORDS, Line, read_line, write_lines
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import LIMIT, clean, whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

BY = ("zero", "mean", "other")  # nothing, the mean so far, or what the other prompt has there
EFFECTS = ("logit", "share", "kl")


@dataclass(frozen=True)
class ProbeChoice:
    """The choices."""

    by: str = "zero"
    effect: str = "logit"
    looks: int | None = None  # the token whose edges are cut; none: the one that the prediction stands behind
    within: int | None = None  # the layer in whose heads they are cut; none: in all layers, and in each
    edits: tuple[Line, ...] = ()
    other: str = ""  # another prompt, from which edits may take what flows there
    cleared: tuple[Line, ...] = ()  # the stack that was just taken away, to undo it; not in the link

    @property
    def active(self) -> tuple[Line, ...]:
        """The lines that are switched on."""
        return tuple(line for line in self.edits if line.on)


@dataclass(frozen=True)
class StackParameter(Parameter):
    """The stack of edits: one that is taken away is remembered, until it is undone or another one is made."""

    def put(self, inputs: Inputs, value: tuple[Line, ...]) -> Inputs:
        """The choices with this stack."""
        cleared = () if value else inputs.probe.edits
        return replace(inputs, probe=replace(inputs.probe, edits=value, cleared=cleared))


def parse_by(word: str, inputs: Inputs) -> str:
    """One of BY."""
    if word not in ("", *BY):
        raise ValueError("The link's way to silence a part is none of this page; showing nothing in its place.")
    return word or BY[0]


def parse_effect(word: str, inputs: Inputs) -> str:
    """One of EFFECTS."""
    if word not in ("", *EFFECTS):
        raise ValueError("The link's effect is none of this page; showing the change of the logit.")
    return word or EFFECTS[0]


def parse_place(word: str, inputs: Inputs) -> int | None:
    """A token or a layer, from 1; whether there is such a one is asked when the page reads it."""
    if word and not whole(word, 0, LIMIT, 0):
        raise ValueError("The link's edges are none of this page; showing those of the token one looks from.")
    return whole(word, 1, LIMIT, 1) - 1 if word else None


def write_place(place: int | None) -> str:
    """As `parse_place` reads it."""
    return "" if place is None else str(place + 1)


def readable(word: str) -> list[Line]:
    """The lines of these words that can be read."""
    found = list[Line]()
    for one in word.split("~")[:MOST_LINES]:
        with suppress(ValueError):
            found.append(read_line(one))
    return found


def parse_edits(word: str, inputs: Inputs) -> tuple[Line, ...]:
    """A stack of edits: what of it can be read."""
    found = readable(word[:MOST_WORDS])
    if word and not found:
        raise ValueError("The link's edits cannot be read; showing the model as it was trained.")
    return tuple(found)


def edits_notice(word: str, value: Sequence[Line], inputs: Inputs) -> str:
    """What to tell when some of it was none."""
    left = word.count("~") + 1 - len(value) if word else 0
    return f"Left out of the link's edits: {left} that cannot be read." if left else ""


ROWS = (
    Parameter("by", "probe.by", lambda _: BY[0], parse_by, str),
    Parameter("effect", "probe.effect", lambda _: EFFECTS[0], parse_effect, str),
    Parameter("edges-of", "probe.looks", lambda _: None, parse_place, write_place),
    Parameter("edges-in", "probe.within", lambda _: None, parse_place, write_place),
    StackParameter("edits", "probe.edits", lambda _: (), parse_edits, write_lines, edits_notice, most=MOST_WORDS),
    Parameter("other", "probe.other", lambda _: "", lambda word, _: clean(word), str, most=LIMIT),
)
