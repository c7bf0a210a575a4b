"""What a rung of the ladder is. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gpt.config import GPTConfig, TrainConfig
from gpt.published import Published

TEXTS = Path(__file__).resolve().parents[2] / "assets" / "lessons"
CORPUS = "shakespeare"  # to the letter Tiny Shakespeare, without a download


@dataclass(frozen=True)
class Rung:
    """One step of the road: its model differs from the one `before` by what `changed` says."""

    number: int  # which lesson it belongs to, 1 to 14
    name: str
    title: str
    changed: str  # one phrase: what is new
    model: GPTConfig | None = None  # None: nothing to train
    train: TrainConfig | None = None  # None: nothing that this ladder trains
    before: str | None = None  # the rung that it is compared with
    published: Published | None = None  # what other people's model of that kind reached
    road: bool = False  # on the road itself: it may not be worse than the one before; the others are side roads
    share: float = 1.0  # the share of the training text that it sees
    sources: tuple[str, ...] = ()  # "module:name" of the code that matters
    lesson: str = ""  # the rung whose lesson a companion belongs to; its own if empty

    @property
    def text(self) -> Path:
        """The lesson's text."""
        return TEXTS / f"{self.number:02d}-{self.lesson or self.name}.md"

    @property
    def trained_here(self) -> bool:
        """Whether `python -m gpt.lessons` trains it."""
        return self.model is not None and self.train is not None
