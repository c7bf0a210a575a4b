"""What activation patching shows of two prompts, found once a drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.ui.board.compared import Compared
from pages.ui.board.words import quoted
from pages.ui.derived import patches
from pages.ui.derived.patches import Asked, Job
from pages.ui.state.choices.patching import PatchChoice
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.patching import Pair

WAIT = "Type a character into both prompts: then what tells them apart can be patched from one into the other."


@dataclass(frozen=True)
class Grids:
    """What is measured of a pair; `to` is the prompt that is patched."""

    pair: Pair
    to: Reading
    heads: Job
    tokens: Job

    @property
    def done(self) -> float:
        """The share of both that is measured."""
        return (self.heads.done + self.tokens.done) / 2

    @property
    def first(self) -> int:
        """The token of the first column, from 0."""
        return self.tokens.asked.places(self.pair)[0].token or 0


@dataclass(frozen=True)
class Patching:
    """A and B, and the grids, or why there are none, in a sentence."""

    here: Compared
    choice: PatchChoice
    answers: tuple[int, int] | None = None  # A's and B's
    grids: Grids | None = None
    problem: str = ""

    @property
    def turned(self) -> bool:
        """Whether B is patched with what A has."""
        return self.choice.way == "out"


def patching(here: Compared) -> Patching:
    """Both grids of these two prompts, under the model as it was trained: begun, or gone on with."""
    from gpt.analysis.patching import HEADS, SameAnswer
    from pages.ui import cache

    a, b = here.a, here.b
    found = Patching(here, here.shown.inputs.patching)
    if not a.ids or not b.ids:
        return replace(found, problem=WAIT)
    name, step = a.inputs.model, a.inputs.step
    if (name, step) != (b.inputs.model, b.inputs.step):
        return replace(found, problem="A patch stays within one model: give B the model and the step of A.")
    position = a.query
    ends = [cache.trace(name, step, one.ids).logits for one in (a, b)]
    likeliest = (int(ends[0][position].argmax()), int(ends[1][min(position, len(b.ids) - 1)].argmax()))
    V = len(a.vocabulary)
    low, high = (
        chosen if chosen is not None and chosen < V else usual
        for chosen, usual in zip(found.choice.answers, likeliest, strict=True)
    )
    found = replace(found, answers=(low, high))
    to, source, answers = (b, a, (high, low)) if found.turned else (a, b, (low, high))
    asked = Asked(name, step, to.ids, source.ids, position, answers, HEADS)
    asked = replace(asked, token=position if found.choice.at == "here" else None)
    try:
        pair = asked.pair()
        heads, tokens = patches.looked(asked, replace(asked, site=found.choice.site, token=None))
    except SameAnswer:
        token = quoted(a.vocabulary[low])
        why = f"Both answers are {token}: choose another one for A or B, or open a pair that is ready."
        return replace(found, problem=why)
    except ValueError as error:
        return replace(found, problem=str(error))
    if problem := heads.problem or tokens.problem:
        return replace(found, problem=problem)
    return replace(found, grids=Grids(pair, to, heads, tokens))
