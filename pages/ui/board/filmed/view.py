"""What every panel of the film looks at: the chosen film, the pass before and after its step, the followed weight."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.lessons.training_step import film
from gpt.lessons.training_step.film import Film, Pass
from gpt.lessons.training_step.rules import Step
from gpt.lessons.training_step.setting import TOKENIZER, WEIGHTS, Followed, Weight, followed
from pages.ui.board.words import quoted
from pages.ui.derived import training_step as derived
from pages.ui.state.choices.training_step import TrainingStep


@dataclass(frozen=True)
class View:
    """One step of one film, and one weight of it."""

    chosen: TrainingStep
    film: Film
    before: Pass  # with the weights that the step changes
    after: Pass  # with those that it leaves
    place: Followed

    @property
    def step(self) -> Step:
        """What the step does to the followed weight's tensor."""
        return self.film.steps[self.chosen.taken - 1][self.place.name]

    @property
    def weight(self) -> Weight:
        """The followed weight's tensor."""
        return WEIGHTS[self.place.name]

    @property
    def named(self) -> str:
        """The followed weight in words."""
        return f"{self.weight.title}, {place_of(self.weight, self.place.row, self.place.column)}"

    def history(self, stage: str) -> list[float]:
        """One number of the followed weight at each of the steps: "old", "gradient", "new", or a stage of its rule."""
        steps = [step[self.place.name] for step in self.film.steps]
        of = [getattr(step, stage) if stage in ("old", "gradient", "new") else step.stages[stage] for step in steps]
        return [x[self.place.index].item() for x in of]


def view_of(chosen: TrainingStep) -> View:
    """What is looked at; the weight with the most gradient is followed as long as none is chosen."""
    which = chosen.optimizer, chosen.rate, chosen.seed
    found = derived.film(*which)
    place = followed(chosen.weight) if chosen.weight else film.steepest(found)
    before, after = derived.seen(*which, chosen.taken - 1), derived.seen(*which, chosen.taken)
    return View(chosen, found, before, after, place)


def place_of(weight: Weight, row: int, column: int) -> str:
    """A weight's place in words, counted from 1."""
    if len(weight.shape) == 1:
        return f"number {column + 1}"
    if weight.name in ("tokens", "output"):
        return f"row {quoted(TOKENIZER.tokens[row])}, number {column + 1}"
    return f"row {row + 1}, column {column + 1}"


def character(view: View, window: int, place: int) -> str:
    """A character of the batch with its place: “R” (3)."""
    return f"{quoted(TOKENIZER.tokens[int(view.film.inputs[window, place])])} ({place + 1})"
