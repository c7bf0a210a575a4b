"""Questions to guess before one looks: which answer is right, and why, comes from the numbers of the page.

On a page: `(guess.panel(Question("Which ...?", ("this", "that"), right, f"It is ...: {number:.2f}."), ...), 60)`, where
`right` and the explanation are computed, never written down. Leave a question out while its numbers are not there (no
prompt, a model without the part): with none left the card says `waiting`. A guess stays in the browser's tab as long as
the question's own words and options are the same, so keep numbers that change with every key to the explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pages.ui.board.panel import Panel

WAITING = "Type a character first: what there is to guess is about what the model does with it."


@dataclass(frozen=True)
class Question:
    """One question with 2 to 4 different options. Raises ValueError for others: a fault of the program."""

    question: str
    options: Sequence[str]
    right: int  # which option, counted from 0
    explanation: str  # one or two sentences, with the numbers

    def __post_init__(self) -> None:
        if not 2 <= len(self.options) <= 4 or len(set(self.options)) < len(self.options):
            raise ValueError(f"A question has 2 to 4 different options; this one has {list(self.options)}.")
        if not 0 <= self.right < len(self.options):
            raise ValueError(f"The right option is {self.right}, but there are {len(self.options)}, from 0.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Guess(Panel):
    """The questions of a page. The answer is shown after a click, in the browser; nothing is told to Python."""

    name = "guess"
    questions: Sequence[dict[str, Any]]
    waiting: str


def panel(*questions: Question, waiting: str = WAITING) -> Guess:
    """The card with these questions; `waiting` says why there are none."""
    return Guess(questions=[asdict(one) for one in questions], waiting=waiting)
