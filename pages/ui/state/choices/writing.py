"""What is chosen while a text is written as a tree: its branches, where one stands in it, how it is coloured."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpt.config import SamplingConfig
from gpt.texttree import LONGEST, TextTree, from_word, to_word
from pages.ui import cache
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

COLOURS = ("probability", "rank", "surprise")
WIDEST = 8  # beam
SETTINGS = {  # a second way to draw, beside the knobs
    "greedy": SamplingConfig(greedy=True),
    "cold": SamplingConfig(temperature=0.3),
    "plain": SamplingConfig(temperature=1.0),
    "hot": SamplingConfig(temperature=1.5),
    "top-k": SamplingConfig(temperature=1.0, top_k=10),
    "nucleus": SamplingConfig(temperature=1.0, top_p=0.9),
}
NUMBER = 10**6
KEY = re.compile(r"(\d{1,6}\.)?[0-9a-f]{0,8}")


@dataclass(frozen=True)
class WritingChoice:
    """Frozen like all choices. The tree stands on one model and one prompt; on others there is none."""

    tree: TextTree = TextTree()
    model: str = ""
    text: str = ""
    now: int = 0  # the branch that one is on, where several go through the text that is written
    at: int | None = None  # the token of the written text, from 0, for which one asks what else could stand there
    colour: str = "probability"
    width: int = 4
    eight: str = ""  # the text (see growing.key_of) that eight continuations under two settings are wanted of
    other: str = "hot"
    timed: str = ""  # the turn and the text that the cache is timed on: "2.1f3c"; a key is not timed by itself
    said: str = ""  # why the last wish was not done
    answered: int = 0  # the newest wish that was heard

    def standing(self, model: str, text: str) -> TextTree:
        """The tree that stands on this prompt of this model."""
        return self.tree if (self.model, self.text) == (model, text) else TextTree()


@dataclass(frozen=True)
class TreeParameter(Parameter):
    """The tree of the link, which stands on the link's own model and prompt."""

    def get(self, inputs: Inputs) -> TextTree:
        """The tree on this prompt."""
        return inputs.writing.standing(inputs.model, inputs.text)

    def put(self, inputs: Inputs, value: TextTree) -> Inputs:
        """The choices with this tree on their prompt."""
        return replace(inputs, writing=replace(inputs.writing, tree=value, model=inputs.model, text=inputs.text))


def parse_tree(word: str, inputs: Inputs) -> TextTree:
    """A tree of texts in this model's tokens."""
    return from_word(word, cache.model(inputs.model, inputs.step).config.vocab_size)


def one_of(words: tuple[str, ...], what: str) -> Callable[[str, Inputs], str]:
    """A reader of one of some words."""

    def parse(word: str, inputs: Inputs) -> str:
        if word not in words:
            raise ValueError(f"The link's {what} is not one of {', '.join(words)}; showing {words[0]}.")
        return word

    return parse


def parse_key(word: str, inputs: Inputs) -> str:
    """A text by its key, perhaps behind the number of a turn; of another text nothing is shown."""
    if not KEY.fullmatch(word):
        raise ValueError("The link's writing is of no text; press the button again to see it.")
    return word


def number(low: int, high: int, usual: int) -> Callable[[str, Inputs], int]:
    """A reader of a whole number within bounds."""
    return lambda word, _: whole(word, low, high, usual)


ROWS = (
    TreeParameter("tree", "writing.tree", lambda _: TextTree(), parse_tree, to_word),
    Parameter("branch", "writing.now", lambda _: 0, number(0, NUMBER, 0), str),
    Parameter(
        "look",
        "writing.at",
        lambda _: None,
        lambda word, _: whole(word, 1, LONGEST, 1) - 1 if word else None,
        lambda at: "" if at is None else str(at + 1),
    ),
    Parameter("shade", "writing.colour", lambda _: COLOURS[0], one_of(COLOURS, "shade of the text"), str),
    Parameter("beam", "writing.width", lambda _: 4, number(1, WIDEST, 4), str),
    Parameter("eight", "writing.eight", lambda _: "", parse_key, str),
    Parameter("against", "writing.other", lambda _: "hot", one_of(tuple(SETTINGS), "second setting"), str),
    Parameter("timed", "writing.timed", lambda _: "", parse_key, str),
)
