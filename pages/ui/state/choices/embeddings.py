"""What the page Embeddings lets choose: which table, in which order, seen along which axes, in which colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.derived import embeddings as derived
from pages.ui.derived.embeddings import AXES, ORDERS
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import whole

if TYPE_CHECKING:
    from torch import Tensor

    from gpt.model import GPT
    from pages.ui.state.inputs import Inputs

TABLES = ("tokens", "positions")
COLOURS = ("kind", "case", "frequency")
VIEWS = ("last", "own")  # the axes of the last kept step, or of the one that is shown
SCHEMES = ("", "none", "sinusoids", "index", "share", "rows", "tokens")  # those of gpt/analysis/placements.py
NUMBERS = ("input", "tokens", "positions")
ORDERS_MOST = 999
MOST = 200_000  # rows that a table may have


@dataclass(frozen=True)
class Embeddings:
    """The choices; whether a model has such a row is asked when the page is drawn."""

    table: str = "tokens"
    order: str = "id"
    start: int = 0  # the place in that order of the first row shown
    axes: tuple[int, ...] = (0, 1)  # two or three, from 0
    colour: str = "kind"
    view: str = "last"
    sum: tuple[int, int, int] | None = None  # ids of a - b + c; None: what fits the model
    scheme: str = ""  # how places are told, where not as trained
    shuffle: int = 0  # the number of an order of the prompt's tokens; 0: their own
    number: tuple[str, int, int] | None = None  # what is worked out: the kind of number, and its place


def shown(chosen: Inputs, model: GPT) -> tuple[tuple[int, ...], Tensor | None, bool]:
    """The rows that are shown of the chosen table, that table (V, C), None without positions; and if it is of tokens.

    A table's first row shown gives way to the last one from which on the room is filled.
    """
    choice, tokens = chosen.embeddings, chosen.embeddings.table == TABLES[0]
    table = model.token_embedding.weight if tokens else model.positions(model.config.block_size)
    if table is None:
        return (), None, tokens
    start, most = min(choice.start, max(0, len(table) - derived.room(table.shape[1]))), derived.room(table.shape[1])
    if tokens:
        return derived.listed(chosen.model, chosen.step, choice.order, start), table, tokens
    return tuple(range(len(table)))[start : start + most], table, tokens


def axes_step(chosen: Inputs) -> int:
    """The step whose principal axes the map has."""
    return chosen.shelved.steps[-1] if chosen.embeddings.view == VIEWS[0] else chosen.step


def one_of(what: str, words: tuple[str, ...]) -> Callable[[str, Inputs], str]:
    """A reader of one of some words."""

    def parse(word: str, inputs: Inputs) -> str:
        if word not in words:
            there = ", ".join(one for one in words if one)
            raise ValueError(f"The link's {what} is not one of {there}; showing {words[0] or 'it as trained'}.")
        return word

    return parse


def parse_start(word: str, inputs: Inputs) -> int:
    """The first row that is shown, counted from 1."""
    return whole(word, 1, MOST, 1) - 1


def parse_axes(word: str, inputs: Inputs) -> tuple[int, ...]:
    """Two or three different axes, counted from 1: "1.2"."""
    places = [whole(part, 0, AXES, 0) for part in word.split(".")[:4]]
    if not 2 <= len(places) <= 3 or 0 in places or len(set(places)) < len(places):
        raise ValueError(f"The link's axes are not two or three different ones of 1 to {AXES}; showing 1 and 2.")
    return tuple(place - 1 for place in places)


def parse_ids(word: str, inputs: Inputs) -> tuple[int, int, int]:
    """Three ids: "39.13.14"."""
    parts = word.split(".")[:4]
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 7 for part in parts):
        raise ValueError("The link's sum is not of three token ids, as in 39.13.14; showing one that fits the model.")
    a, b, c = (int(part) for part in parts)
    return a, b, c


def parse_number(word: str, inputs: Inputs) -> tuple[str, int, int]:
    """A number to work out: "input.5.17", counted from 1, or the cosine of two tokens' ids or of two places."""
    kind, *place = word.split(".")[:4]
    if kind not in NUMBERS or len(place) != 2 or not all(part.isdecimal() and len(part) < 7 for part in place):
        raise ValueError(f"The link's number is not one of {', '.join(NUMBERS)} with its place; showing another one.")
    return kind, int(place[0]), int(place[1])


ROWS = (
    Parameter("table", "embeddings.table", lambda _: "tokens", one_of("table", TABLES), str),
    Parameter("rows", "embeddings.order", lambda _: "id", one_of("order of the rows", ORDERS), str),
    Parameter("from", "embeddings.start", lambda _: 0, parse_start, lambda start: str(start + 1)),
    Parameter(
        "axes", "embeddings.axes", lambda _: (0, 1), parse_axes, lambda axes: ".".join(str(axis + 1) for axis in axes)
    ),
    Parameter("colour", "embeddings.colour", lambda _: "kind", one_of("colours of the map", COLOURS), str),
    Parameter("axes-of", "embeddings.view", lambda _: "last", one_of("choice of axes", VIEWS), str),
    Parameter("sum", "embeddings.sum", lambda _: None, parse_ids, lambda ids: ".".join(map(str, ids))),
    Parameter("places", "embeddings.scheme", lambda _: "", one_of("way to tell places", SCHEMES), str),
    Parameter("shuffle", "embeddings.shuffle", lambda _: 0, lambda word, _: whole(word, 0, ORDERS_MOST, 0), str),
    Parameter("emb-sum", "embeddings.number", lambda _: None, parse_number, lambda number: ".".join(map(str, number))),
)
