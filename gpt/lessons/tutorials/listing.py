"""One listing of a tutorial: what it computes, what was printed, what comes out here, and what may be turned."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gpt.figures.chart import Chart
from gpt.figures.matrix import Matrix

ROADS = {
    "lecture": "The lecture: from a bigram to a GPT",
    "notebook": "The notebook: post-norm, ReLU, worked by hand",
    "letters": "Blog: letters, contexts, counting",
    "attention": "Blog: attention, order and positions",
    "encoder": "Blog: encoder, decoder and cross-attention",
}

Turned = Mapping[str, str]  # what a visitor has turned: key of a Turn -> one of its options


@dataclass(frozen=True)
class Printed:
    """One number, row or text that a tutorial prints, and the same one computed here, written alike."""

    what: str  # "the loss of the first batch"
    printed: str  # as it stands there: "4.8786"
    ours: str  # as it comes out here, with as many digits
    why: str = ""  # where the two differ, one sentence: because ...

    @property
    def same(self) -> bool:
        """Whether every digit is the same."""
        return self.printed == self.ours

    @property
    def verdict(self) -> str:
        """What stands beside the two: "same", or "differs, because ..."."""
        return "same" if self.same else f"differs, because {self.why}"


@dataclass(frozen=True)
class Turn:
    """One thing to turn: a few options, the first of which is what the tutorial does."""

    key: str  # a word that may stand in a link
    label: str
    options: tuple[str, ...]

    def fit(self, word: object) -> str:
        """The option itself, if it is one; else what the tutorial does."""
        return str(word) if word in self.options else self.options[0]


@dataclass(frozen=True)
class Picture:
    """A chart or a matrix, with a sentence that has its numbers for whoever cannot see it."""

    name: str  # of its files: "lecture-averages"
    figure: Chart | Matrix
    alt: str


@dataclass(frozen=True)
class Outcome:
    """What a listing gives, with what is turned."""

    printed: tuple[Printed, ...] = ()  # only while nothing is turned is it compared with what was printed
    said: tuple[str, ...] = ()  # sentences with this run's own numbers
    pictures: tuple[Picture, ...] = ()
    text: str = ""  # what the program writes, if it writes


@dataclass(frozen=True)
class Listing:
    """A listing, told in our own words and code. `run` computes it anew, in well under a second."""

    key: str  # "lecture-batch": stands in the link
    road: str  # one of ROADS
    title: str
    what: str  # Markdown: what it computes, and what to look for
    run: Callable[[Turned], Outcome]
    code: tuple[Callable[..., object] | type, ...]  # what runs, and whose source is shown
    turns: tuple[Turn, ...] = ()
    live: tuple[str, str] = ("", "")  # where the app shows it live: "attention?model=mini", and the words of that link

    def outcome(self, turned: Turned = {}) -> Outcome:  # noqa: B006 - a Mapping is never changed
        """What comes out; whatever does not fit a turn is taken for what the tutorial does."""
        return self.run({turn.key: turn.fit(turned.get(turn.key)) for turn in self.turns})

    @property
    def source(self) -> str:
        """The code that runs, as it stands in the engine."""
        return "\n\n".join(textwrap.dedent(inspect.getsource(one)).strip() for one in self.code)
