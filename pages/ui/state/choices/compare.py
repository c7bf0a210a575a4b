"""What the page of comparisons lets choose about B, the other side; its prompt is `probe.other`, for all of Probe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import clean, whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

OFF = ("", "b", "a")  # which of the two is without the edits: neither, B, A
MOST = 10**9  # beyond every step


@dataclass(frozen=True)
class CompareChoice:
    """The choices. What is empty is as in A."""

    model: str = ""
    step: int | None = None  # None: of A's model A's step, of another model its newest
    off: str = ""
    prompt: str = ""  # "a": A's, also where there is another one
    swaps: int = 0  # how often A and B have changed places, so that one click is heard once

    @property
    def chosen(self) -> bool:
        """Whether B was told apart from A."""
        return (self.model, self.step, self.off, self.prompt) != ("", None, "", "")


def parse_model(word: str, inputs: Inputs) -> str:
    """A model that is there; nothing: A's."""
    if not word or word == inputs.model:
        return ""
    if word not in cache.offered():
        cache.forget_offered()  # it may be a run of the last two seconds
    if word not in cache.offered() or cache.newest_step(word) is None:
        raise ValueError(f"The other side's model “{clean(word)[:40]}” is not here; comparing with {inputs.model}.")
    return word


def parse_step(word: str, inputs: Inputs) -> int | None:
    """The kept step of B's model nearest to the one asked for; nothing: as `CompareChoice.step` says."""
    asked = whole(word, 0, MOST, -1)
    if word and asked < 0:
        raise ValueError("The other side's step is not a number; comparing with the one that is shown.")
    return kept(inputs.compare.model or inputs.model, asked) if word else None


def kept(model: str, asked: int) -> int:
    """The step of a model nearest to this one, of those that can be read."""
    while True:
        step = min(cache.offered()[model].steps, key=lambda step: abs(step - asked))
        if not cache.refusal(model, step):  # else it is not among the steps any more
            return step


def step_notice(word: str, value: int | None, inputs: Inputs) -> str:
    """What to tell when that step was not kept."""
    if not word or word == str(value):
        return ""
    return f"The link asked to compare with step {clean(word)[:20]}; the nearest one kept is {value}."


def parse_off(word: str, inputs: Inputs) -> str:
    """One of OFF; "1" is B."""
    if word not in ("", "1", "a"):
        raise ValueError("The link does not say which side is without the edits; both have them.")
    return {"1": "b"}.get(word, word)


def parse_prompt(word: str, inputs: Inputs) -> str:
    """Whether B reads A's prompt, whatever the other one is."""
    if word not in ("", "a"):
        raise ValueError("The link does not say which prompt the other side reads; it reads the other prompt.")
    return word


ROWS = (
    Parameter("model2", "compare.model", lambda _: "", parse_model, str),
    Parameter("step2", "compare.step", lambda _: None, parse_step, lambda s: "" if s is None else str(s), step_notice),
    Parameter("prompt2", "compare.prompt", lambda _: "", parse_prompt, str),
    Parameter("off2", "compare.off", lambda _: "", parse_off, lambda off: "1" if off == "b" else off),
)
