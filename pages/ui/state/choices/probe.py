"""What the pages of Probe let choose: what takes the place of a silent part, and which effect is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

BY = ("zero", "mean")  # nothing, or the mean so far
EFFECTS = ("logit", "share", "kl")


@dataclass(frozen=True)
class ProbeChoice:
    """The choices."""

    by: str = "zero"
    effect: str = "logit"


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


ROWS = (
    Parameter("by", "probe.by", lambda _: BY[0], parse_by, str),
    Parameter("effect", "probe.effect", lambda _: EFFECTS[0], parse_effect, str),
)
