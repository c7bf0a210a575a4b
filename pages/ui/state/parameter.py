"""One parameter of the link: how it is found in the choices, written and read.

A page with choices of its own keeps them, and the parameters that restore them, in one file of `choices/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the choices hold those of the pages, which import this
    from pages.ui.state.inputs import Inputs


@dataclass(frozen=True)
class Parameter:
    """One parameter of the link. The rows of the table before it are already in the `Inputs` that it is given."""

    name: str
    field: str  # of Inputs, or of its sampling settings: "knobs.seed"
    default: Callable[[Inputs], Any]  # what a link without it means
    parse: Callable[[str, Inputs], Any]  # the nearest value there is; ValueError, with the notice, if there is none
    write: Callable[[Any], str]
    notice: Callable[[str, Any, Inputs], str] = lambda word, value, inputs: ""  # when that is not what was asked for
    always: bool = False  # written even at its default, which costs too much to find with every key
    most: int = 400  # characters that a page may tell it in

    def get(self, inputs: Inputs) -> Any:
        """The choice that it stands for."""
        return self.reader(inputs)

    @cached_property
    def reader(self) -> Callable[[Inputs], Any]:
        """What reads its field; looked up once, for every key reads all of the table."""
        return attrgetter(self.field)

    def put(self, inputs: Inputs, value: Any) -> Inputs:
        """The choices with this one. Raises ValueError for a value that cannot be."""
        place, _, name = self.field.rpartition(".")
        if not place:
            return replace(inputs, **{name: value})
        return replace(inputs, **{place: replace(getattr(inputs, place), **{name: value})})
