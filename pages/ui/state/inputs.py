"""What a visitor has chosen. Frozen: a callback puts another `Inputs` in its place, and drawing cannot change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gpt.bundled import Shelved
from gpt.config import SamplingConfig
from pages.ui import cache
from pages.ui.state.choices.compare import CompareChoice
from pages.ui.state.choices.embeddings import Embeddings
from pages.ui.state.choices.exercises import ExerciseChoice
from pages.ui.state.choices.feedforward import FeedForwardChoice
from pages.ui.state.choices.layernorm import LayerNorm
from pages.ui.state.choices.model import ModelChoice
from pages.ui.state.choices.next_token import NextTokenChoice
from pages.ui.state.choices.patching import PatchChoice
from pages.ui.state.choices.probe import ProbeChoice
from pages.ui.state.choices.residual import ResidualChoice
from pages.ui.state.choices.tokens import Tokens
from pages.ui.state.choices.training_step import TrainingStep
from pages.ui.state.choices.writing import WritingChoice
from pages.ui.state.validate import START

KNOBS = SamplingConfig(temperature=0.8)


class Written(NamedTuple):
    """One token that the model wrote."""

    id: int
    text: str
    probability: float  # when it was drawn, to four decimals: what the page shows and what a link carries


@dataclass(frozen=True)
class Inputs:
    """One visitor's choices; tokens, layers and heads count from 0. Components follow Python when a `rev` has changed.

    They are what was asked for: `reading.read` says what of it there is in this model and on this prompt.
    """

    model: str = cache.DEFAULT
    step: int = 0
    text: str = START
    written: tuple[Written, ...] = ()
    layer: int = 0
    head: int = 0
    mode: str = "head"
    norm: int = 0  # which of a block's norms is shown
    pin: int | None = None  # the token that a click holds
    cell: tuple[str, int, int] | None = None  # the number that is worked out: stage, row, column
    switches: tuple[str, ...] = ()  # what is changed about the mechanism, the one turned last at the end
    knobs: SamplingConfig = KNOBS
    whole: ModelChoice = ModelChoice()
    token_choices: Tokens = Tokens()
    embeddings: Embeddings = Embeddings()
    residual: ResidualChoice = ResidualChoice()
    layernorm: LayerNorm = LayerNorm()
    feedforward: FeedForwardChoice = FeedForwardChoice()
    next_token: NextTokenChoice = NextTokenChoice()
    writing: WritingChoice = WritingChoice()
    probe: ProbeChoice = ProbeChoice()
    compare: CompareChoice = CompareChoice()
    patching: PatchChoice = PatchChoice()
    exercises: ExerciseChoice = ExerciseChoice()
    film: TrainingStep = TrainingStep()
    projector: bool = False  # everything large, for the back row
    follow: bool = False  # stay at the newest step of a run that is still training
    rev: int = 0  # how often Python chose the text
    rev_view: int = 0  # how often Python chose layer, head, pin and knobs
    ack_view: int = 0  # the newest change of the selection that Python has heard
    ack: int = 0  # the newest commit of the editor that Python has seen
    answered: int = 0  # the newest request of the writing panel that Python has answered
    notices: tuple[str, ...] = ()

    @property
    def shelved(self) -> Shelved:
        """The chosen model's entry on the shelf."""
        return cache.offered()[self.model]

    @property
    def full_text(self) -> str:
        """The prompt and what was written on from it: tokens together, for a character may lie in several of them."""
        if not self.written:
            return self.text
        try:
            tokenizer = cache.model(self.model, self.step).tokenizer
            return self.text + tokenizer.decode([token.id for token in self.written])
        except (KeyError, ValueError, OSError):  # the model is gone
            return self.text + "".join(token.text for token in self.written)
