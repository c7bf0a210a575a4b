"""What only the page of the whole model lets choose: which scene of its story is told, and what one dives into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

SCENES = 40  # more than any model has
DIVES = (
    "",
    "head",
    "norm",
    "neurons",
    "stream",
)  # what one can look inside; layer, head and token are those that are chosen


@dataclass(frozen=True)
class ModelChoice:
    """Scenes count from 1; 0: the story is not told. `dive` is one of DIVES; "": nothing is looked into."""

    scene: int = 0
    dive: str = ""


def parse_scene(word: str, inputs: Inputs) -> int:
    """A scene that there may be; the browser goes no further than the last one of its model."""
    if not word[:4].isdecimal() or int(word[:4]) > SCENES:
        raise ValueError("The link's scene is not one of the story; nothing is told.")
    return int(word[:4])


def parse_dive(word: str, inputs: Inputs) -> str:
    """Something that can be looked into; whether this model has it is asked when the page is drawn."""
    if word not in DIVES:
        raise ValueError("The link looks into a part that there is not; showing the whole model.")
    return word


ROWS = (
    Parameter("scene", "whole.scene", lambda _: 0, parse_scene, str),
    Parameter("dive", "whole.dive", lambda _: "", parse_dive, str),
)
