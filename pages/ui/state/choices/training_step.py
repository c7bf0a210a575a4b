"""What the page of one training step lets choose: the optimizer, its rate, the seed, which step, scene and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

SCENES = 15


@dataclass(frozen=True)
class TrainingStep:
    """Steps and scenes count from 1; `weight` is "query.3.2", or "": the one with the most gradient."""

    optimizer: str = "adamw"
    rate: float = 0.03
    seed: int = 1
    taken: int = 1
    scene: int = 1
    weight: str = ""


def parse_optimizer(word: str, inputs: Inputs) -> str:
    """One of the film's."""
    from gpt.lessons.training_step.setting import OPTIMIZERS

    if word not in OPTIMIZERS:
        raise ValueError(f"The link's optimizer (film-by) is not one of {', '.join(OPTIMIZERS)}; showing adamw.")
    return word


def parse_rate(word: str, inputs: Inputs) -> float:
    """One of the film's rates."""
    from gpt.lessons.training_step.setting import RATES

    found = next((rate for rate in RATES if f"{rate:g}" == word), None)
    if found is None:
        raise ValueError("The link's learning rate (film-rate) is not one of the film's; showing 0.03.")
    return found


def parse_seed(word: str, inputs: Inputs) -> int:
    """A seed of weights and batch."""
    from gpt.lessons.training_step.setting import LAST_SEED

    return counted(word, 0, LAST_SEED, "seed (film-seed)")


def parse_taken(word: str, inputs: Inputs) -> int:
    """Which step is shown."""
    from gpt.lessons.training_step.setting import STEPS

    return counted(word, 1, STEPS, "step (film-step)")


def parse_scene(word: str, inputs: Inputs) -> int:
    """Which scene is shown."""
    return counted(word, 1, SCENES, "scene (film-scene)")


def parse_weight(word: str, inputs: Inputs) -> str:
    """The weight that is followed."""
    from gpt.lessons.training_step.setting import followed

    return followed(word).word if word else ""


def counted(word: str, low: int, high: int, what: str) -> int:
    """A whole number within its bounds."""
    if not (word.isascii() and word.isdecimal() and len(word) < 4 and low <= int(word) <= high):
        raise ValueError(f"The link's {what} is not a number from {low} to {high}; showing what the film begins with.")
    return int(word)


def written(rate: float) -> str:
    """As `parse_rate` reads it."""
    return f"{rate:g}"


ROWS = (
    Parameter("film-by", "film.optimizer", lambda _: "adamw", parse_optimizer, str),
    Parameter("film-rate", "film.rate", lambda _: 0.03, parse_rate, written),
    Parameter("film-seed", "film.seed", lambda _: 1, parse_seed, str),
    Parameter("film-step", "film.taken", lambda _: 1, parse_taken, str),
    Parameter("film-scene", "film.scene", lambda _: 1, parse_scene, str),
    Parameter("film-weight", "film.weight", lambda _: "", parse_weight, str),
)
