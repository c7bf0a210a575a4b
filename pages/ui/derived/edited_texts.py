"""A text that a model writes with a stack of edits and without, by the same draws: written once for all visitors.

It is begun when somebody looks a second time at the same prompt, so that who types does not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gpt.analysis.edit_lines import Line
from gpt.config import SamplingConfig
from pages.ui import cache
from pages.ui.derived.measuring import Measuring
from pages.ui.shared import shared

TEXTS = 96  # that are kept
LENGTH = 60  # tokens
AT_ONCE = 6  # between two pauses


@dataclass(frozen=True)
class Asked:
    """What is written on from, and how; without lines it is the model as it was trained."""

    name: str
    step: int
    ids: tuple[int, ...]
    lines: tuple[Line, ...]
    other: tuple[int, ...]
    knobs: SamplingConfig


class Text(Measuring):
    """One text, as far as it is written."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        self.ids: tuple[int, ...] = ()
        self.looks = 0

    def parts(self) -> Sequence[Callable[[], None]]:
        """Some tokens each."""
        return [self.go_on] * (LENGTH // AT_ONCE)

    def look(self) -> None:
        """Somebody looks: from the second time on it is written. Nobody waits."""
        self.looks += 1
        if self.looks > 1:
            self.begin()

    def go_on(self) -> None:
        """Some more tokens, by whole passes where there are edits: nothing of an earlier one may be kept then."""
        from gpt.sampling import generate

        asked = self.asked
        model = cache.reads(asked.name, asked.step, (asked.lines, asked.other))
        ids = (*asked.ids, *self.ids)
        self.ids += tuple(one.id for one in generate(model, ids, asked.knobs, AT_ONCE, skip=len(self.ids)))


@shared(TEXTS)
def text(asked: Asked) -> Text:
    """A text, for everyone who looks."""
    return Text(asked)


def looked(asked: Asked) -> Text:
    """The same, begun or gone on with."""
    found = text(asked)
    found.look()
    return found
