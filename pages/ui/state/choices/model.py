"""What only the page of the whole model lets choose: which scene of its story is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

SCENES = 40  # more than any model has


@dataclass(frozen=True)
class ModelChoice:
    """Scenes count from 1; 0: the story is not told."""

    scene: int = 0


def parse_scene(word: str, inputs: Inputs) -> int:
    """A scene that there may be; the browser goes no further than the last one of its model."""
    if not word[:4].isdecimal() or int(word[:4]) > SCENES:
        raise ValueError("The link's scene is not one of the story; nothing is told.")
    return int(word[:4])


ROWS = (Parameter("scene", "whole.scene", lambda _: 0, parse_scene, str),)
