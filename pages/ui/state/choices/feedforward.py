"""What only the page of the feed-forward part lets choose: a neuron, a token to push, a number, what is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt.analysis.neuron_names import BREAKS, KINDS
from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

MOST = 100_000  # beyond every neuron
TOKEN = 40  # characters of a token, at most


@dataclass(frozen=True)
class FeedForwardChoice:
    """Neurons count from 0. What this model does not have is left out when the page reads it."""

    neuron: int | None = None  # of the chosen layer; None: the one that matters most here
    toward: str = ""  # the token whose logit is pushed; "": the predicted one
    number: str = "effect"  # of KINDS: the one that is worked out
    push: str = ""  # the token of a push that is worked out; "": the one above
    breaks: tuple[str, ...] = ()  # of BREAKS
    role: str = ""  # what the head's ten places are of; "": its clearest


def parse_neuron(word: str, inputs: Inputs) -> int | None:
    """A neuron, counted from 1; 0 lets the page choose."""
    if not word[:7].isdecimal() or int(word[:7]) > MOST:
        raise ValueError("The link's neuron is not a number; showing the one that matters most.")
    return int(word[:7]) - 1 if int(word[:7]) else None


def parse_token(word: str, inputs: Inputs) -> str:
    """Any short text: whether the model has such a token is asked where it is read."""
    return word.encode("utf-8", "replace").decode("utf-8")[:TOKEN]


def parse_number(word: str, inputs: Inputs) -> str:
    """One of the numbers that can be worked out."""
    if word not in KINDS:
        raise ValueError("The link's number of a neuron is none of this page's; working out its effect.")
    return word


def parse_breaks(word: str, inputs: Inputs) -> tuple[str, ...]:
    """What is broken; the rest of the word is left out."""
    return tuple(name for name in BREAKS if name in word.split("."))


ROWS = (
    Parameter(
        "neuron",
        "feedforward.neuron",
        lambda _: None,
        parse_neuron,
        lambda neuron: "0" if neuron is None else str(neuron + 1),
    ),
    Parameter("toward", "feedforward.toward", lambda _: "", parse_token, str),
    Parameter("number", "feedforward.number", lambda _: "effect", parse_number, str),
    Parameter("push", "feedforward.push", lambda _: "", parse_token, str),
    Parameter("breaks", "feedforward.breaks", lambda _: (), parse_breaks, ".".join),
    Parameter("role", "feedforward.role", lambda _: "", parse_token, str),
)
