"""What the page on layer norms lets choose: which norm, which number of it is worked out, which norms are off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from gpt.config import GPTConfig
    from pages.ui.state.inputs import Inputs

ALL = "all"
WIDEST = 100_000  # dimensions that any model has, at most


@dataclass(frozen=True)
class LayerNorm:
    """Norms are named as `gpt.analysis.layer_norms.Place.word` names them; dimensions count from 0."""

    at: str = ""  # the norm that is shown; "": that of the block and part that are selected on every page
    number: tuple[str, int] | None = None  # step and dimension of the number that is worked out
    off: str = ""  # the norm that is left out, or "all"

    def fitting(self, config: GPTConfig) -> LayerNorm:
        """The same without what such a model does not have."""
        if self == LayerNorm():
            return self
        there = named(config)
        at, off = self.at if self.at in there else "", self.off if self.off in (*there, ALL) and there else ""
        number = self.number if self.number is None or self.number[1] < config.n_embd else None
        return replace(self, at=at, off=off, number=number)


def named(config: GPTConfig) -> tuple[str, ...]:
    """The norms of such a model."""
    from gpt.analysis.layer_norms import places

    return tuple(place.word for place in places(config))


def words(inputs: Inputs) -> tuple[str, ...]:
    """The norms of the chosen model."""
    return named(cache.model(inputs.model, inputs.step).config)


def parse_at(word: str, inputs: Inputs) -> str:
    """A norm that this model has."""
    if word and word not in words(inputs):
        raise ValueError("The link's layer norm (ln) is not one of this model's; showing the first.")
    return word


def parse_number(word: str, inputs: Inputs) -> tuple[str, int] | None:
    """A number of a token's way through a norm: "mean", "output.17"."""
    from gpt.analysis.norm_sums import EACH, WHOLE

    step, _, dimension = word.partition(".")
    if not word:
        return None
    if step in WHOLE and not dimension:
        return step, 0
    if step not in EACH or not re.fullmatch(r"[1-9]\d{0,5}", dimension) or int(dimension) > WIDEST:
        raise ValueError("The link's number of a layer norm (ln-sum) is none of its steps; showing the first output.")
    return step, int(dimension) - 1


def write_number(number: tuple[str, int] | None) -> str:
    """As `parse_number` reads it."""
    from gpt.analysis.norm_sums import WHOLE

    if number is None:
        return ""
    step, dimension = number
    return step if step in WHOLE else f"{step}.{dimension + 1}"


def parse_off(word: str, inputs: Inputs) -> str:
    """A norm to leave out, or all."""
    if word and word != ALL and word not in words(inputs):
        raise ValueError("The link's layer norm to leave out (ln-off) is not one of this model's; none is left out.")
    return word


ROWS = (
    Parameter("ln", "layernorm.at", lambda _: "", parse_at, str),
    Parameter("ln-sum", "layernorm.number", lambda _: None, parse_number, write_number),
    Parameter("ln-off", "layernorm.off", lambda _: "", parse_off, str),
)
