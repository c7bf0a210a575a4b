"""How much of B's answer each patch brings into A: measured in the background (see measuring), a grid a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pages.ui import cache
from pages.ui.derived.measuring import Measuring
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.analysis.patching import Pair, Place

JOBS = 48  # grids that are kept
TOKENS = 48  # columns of a grid, the last ones
ROWS = 64  # patches of one part
WORK = 2e10  # weights times tokens of one part: about a second of one core


@dataclass(frozen=True)
class Asked:
    """One grid of a pair of prompts."""

    name: str
    step: int
    ids: tuple[int, ...]  # of the prompt that is patched
    other: tuple[int, ...]  # and of the one it is patched from
    position: int
    answers: tuple[int, int]
    site: str  # "z": heads
    token: int | None = None  # the one at which heads are patched; None: all

    def pair(self) -> Pair:
        """The two prompts with their passes. Raises ValueError, in a sentence, where there is nothing to patch."""
        from gpt.analysis.patching import pair

        traces = [cache.trace(self.name, self.step, ids) for ids in (self.ids, self.other)]
        model = cache.model(self.name, self.step).model
        return pair(model, self.ids, self.other, self.position, self.answers, (traces[0], traces[1]))

    def places(self, pair: Pair) -> list[Place]:
        """What is patched, layer by layer."""
        from gpt.analysis.patching import HEADS

        return pair.by_head(self.token) if self.site == HEADS else pair.by_token(self.site, TOKENS)


class Job(Measuring):
    """One grid. What is NaN is not measured yet."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        pair = asked.pair()
        self.count = len(asked.places(pair))
        weights = sum(one.numel() for one in pair.model.parameters())
        self.rows = max(1, min(ROWS, int(WORK / (weights * len(asked.ids)))))
        self.patched = np.full(self.count, np.nan)  # nats: the difference of the two logits
        self.share = np.full(self.count, np.nan)

    def parts(self) -> Sequence[Callable[[], None]]:
        """Some patches at a time."""
        return [partial(self.measure, first) for first in range(0, self.count, self.rows)]

    def measure(self, first: int) -> None:
        """The next patches."""
        pair = self.asked.pair()  # its passes are not kept here: they may be large
        some = slice(first, first + self.rows)
        found = pair.measured(self.asked.places(pair)[some])
        self.patched[some], self.share[some] = found.numpy(), pair.share(found).numpy()


@shared(JOBS)
def job(asked: Asked) -> Job:
    """One grid, for everyone who looks. Raises ValueError as `Asked.pair`."""
    return Job(asked)


def looked(*asked: Asked) -> list[Job]:
    """Some grids, begun or gone on with, one after the other; what is quick is there at once."""
    found = [job(one) for one in asked]
    for one in found:
        if one is next((other for other in found if not other.over), None):
            one.look()  # only the first is waited for: the others have not their turn yet
        else:
            one.begin()
    return found
