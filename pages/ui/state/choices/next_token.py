"""What the page Next token lets choose: which large row of logits is wanted, which draw, how many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import clean, whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

MANY = (0, 1_000, 10_000, 100_000)  # draws at once
LATER = 10_000  # draws of one seed that can be looked at one by one


@dataclass(frozen=True)
class NextTokenChoice:
    """The choices."""

    asked: str = ""  # the key of the row of logits that a browser waits for, where there are very many
    again: int = 0  # draws of this seed that are passed over
    many: int = 0  # draws that are compared with the probabilities


def parse_many(word: str, inputs: Inputs) -> int:
    """As many draws as are offered, the nearest number of them."""
    asked = whole(word, 0, MANY[-1], 0)
    return min(MANY, key=lambda n: abs(n - asked))


ROWS = (
    Parameter("asked", "next_token.asked", lambda _: "", lambda word, _: clean(word, 20), str),
    Parameter("again", "next_token.again", lambda _: 0, lambda word, _: whole(word, 0, LATER, 0), str),
    Parameter("many", "next_token.many", lambda _: 0, parse_many, str),
)
