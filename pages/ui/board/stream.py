"""What every panel about the residual stream reads of one prompt, found once a drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.ui.derived import residual
from pages.ui.state import reading
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor

    from gpt.analysis.lens import Lens
    from gpt.analysis.writes import Write, Written
    from gpt.trace import Trace

BEST = 3  # tokens of a reading
WINDOW = 256  # positions that a picture shows


@dataclass(frozen=True)
class Stream:
    """One prompt's stream, with or without the residual connections."""

    seen: Reading
    trace: Trace
    off: bool
    streams: Tensor  # (S, T, C)
    lens: Lens  # of the positions from `start` on, at most WINDOW of them
    start: int
    found: Written  # at the token one looks from
    rows: tuple[Write, ...]  # its writes, each layer's heads behind their sum
    missing: str  # what was typed for a token, but is none

    @property
    def position(self) -> int:
        """The token that one looks from."""
        return self.found.position

    @property
    def words(self) -> tuple[str, ...]:
        """(V,) the text of each id."""
        return self.seen.vocabulary


def read(chosen: Inputs) -> tuple[Reading, Stream | None]:
    """The reading, without its residual connections if they are switched off, and its stream; None without a token."""
    seen = reading.read(chosen)
    if seen.trace is None:
        return seen, None
    trace, off = seen.trace, chosen.residual.off and can_switch(seen)
    if off:
        model, trace = residual.bare(chosen.model, chosen.step, seen.ids, reading.stack_of(chosen))
        seen = replace(seen, model=model, trace=trace)
    return seen, stream(seen, trace, off)


def can_switch(seen: Reading) -> bool:
    """Whether there are residual connections to be switched off."""
    return seen.config.residual and seen.config.n_layer > 0


def stream(seen: Reading, trace: Trace, off: bool) -> Stream:
    """Everything that follows from a pass."""
    from gpt.analysis import writes
    from gpt.analysis.lens import lens, streams

    T, token = len(seen.ids), seen.inputs.residual.token
    missing = token if isinstance(token, str) else ""
    if not isinstance(token, int) or token >= seen.config.vocab_size:
        token = None
    start = min(max(0, T - WINDOW), seen.query)
    if T <= WINDOW:
        stack = reading.stack_of(seen.inputs)
        found_lens = residual.lens_of(seen.inputs.model, seen.inputs.step, seen.ids, off, BEST, stack)
    else:
        found_lens = lens(seen.model, trace, seen.ids, best=BEST, start=start)
    found = writes.written(seen.model, trace, seen.ids, seen.query, token, seen.edited)
    return Stream(
        seen=seen,
        trace=trace,
        off=off,
        streams=streams(seen.model, trace, seen.ids),
        lens=found_lens,
        start=start,
        found=found,
        rows=writes.grouped(found),
        missing=missing,
    )
