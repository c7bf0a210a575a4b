"""What the page Tokens lets choose: ids to decode, a part of the vocabulary, how a batch is cut, how many merges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import clean, whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

SORTS = ("id", "token", "kind", "count")
IDS = 200  # characters of what is typed as ids, at most
SOUGHT = 20  # characters that are looked for
BLOCKS = (4, 8, 16, 32)
MOST = 2**32 - 1


@dataclass(frozen=True)
class Tokens:
    """The choices; what a model does not have of them is clamped when the page is drawn."""

    ids: str = ""  # as typed; empty: those of the prompt
    sort: str = "id"
    page: int = 0  # of the vocabulary's table, from 0
    sought: str = ""  # tokens that hold this text
    block: int = 8
    draw: int = 1337  # the seed of a batch
    merges: int = 500
    renamed: int = 0  # the seed of a shuffled vocabulary; 0: it is as the model knows it


def number(low: int, high: int, usual: int, less: int = 0) -> Callable[[str, Inputs], int]:
    """A reader of a whole number within bounds, which the link counts from `less` on."""
    return lambda word, inputs: whole(word, low, high, usual) - less


def parse_sort(word: str, inputs: Inputs) -> str:
    """An order of the vocabulary."""
    if word not in SORTS:
        raise ValueError(f"The link's order of the vocabulary is not one of {', '.join(SORTS)}; showing it by id.")
    return word


def parse_block(word: str, inputs: Inputs) -> int:
    """A context that a batch is cut with: the nearest of a few."""
    asked = whole(word, 1, MOST, 8)
    return min(BLOCKS, key=lambda block: abs(block - asked))


ROWS = (
    Parameter("ids", "token_choices.ids", lambda _: "", lambda word, _: clean(word, IDS), str),
    Parameter("sort", "token_choices.sort", lambda _: "id", parse_sort, str),
    Parameter("page", "token_choices.page", lambda _: 0, number(1, 10_000, 1, 1), lambda page: str(page + 1)),
    Parameter("find", "token_choices.sought", lambda _: "", lambda word, _: clean(word, SOUGHT), str),
    Parameter("block", "token_choices.block", lambda _: 8, parse_block, str),
    Parameter("draw", "token_choices.draw", lambda _: 1337, number(0, MOST, 1337), str),
    Parameter("merges", "token_choices.merges", lambda _: 500, number(0, 8_192, 500), str),
    Parameter("renamed", "token_choices.renamed", lambda _: 0, number(0, MOST, 0), str),
)
