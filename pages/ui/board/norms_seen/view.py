"""What every panel of the page on layer norms looks at: all norms on this prompt; which one, which number of it."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.analysis import layer_norms
from gpt.analysis.layer_norms import Every, Place
from gpt.trace import Trace
from pages.ui.state.reading import Reading

NONE = "This model has no layer norms: choose one that has, such as shakespeare or mini."
TYPE = "Type a character first: every number here belongs to a prompt."


@dataclass(frozen=True)
class View:
    """All norms on one prompt, and where one looks. Only of a prompt with a token, in a model with norms."""

    trace: Trace
    every: Every
    index: int  # of the norm that is shown
    number: tuple[str, int]  # step and dimension of the number that is worked out
    names: tuple[str, ...]  # (M,) as sentences have them

    @property
    def place(self) -> Place:
        """The norm that is shown."""
        return self.every.places[self.index]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.names[self.index]


def view_of(seen: Reading) -> View | None:
    """What is looked at; None without a token, and in a model without norms."""
    config, own = seen.config, seen.inputs.layernorm
    found = layer_norms.places(config)
    if seen.trace is None or not found:
        return None
    asked = own.at or f"{('attn', 'mlp')[seen.inputs.norm]}.{seen.inputs.layer + 1}"
    index = [place.word for place in found].index(asked)
    number = own.number or ("output", 0)
    names = tuple(layer_norms.name(config, place) for place in found)
    return View(seen.trace, layer_norms.every(seen.model, seen.trace), index, number, names)


def waiting(seen: Reading) -> str:
    """Why there is no view."""
    return TYPE if layer_norms.places(seen.config) else NONE


def label(place: Place) -> str:
    """A norm beside its row: "attn 1", "final"."""
    return place.word.replace(".", " ")
