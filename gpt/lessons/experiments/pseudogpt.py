"""Lesson 13, PseudoGPT: the stream from place to place when it passes through every norm, or through none."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gpt.lessons.experiments.stream import places, spread, stream
from gpt.trace import Trace


@dataclass(frozen=True)
class Streams:
    """The spread (standard deviation) of each token's vector at each place of a model."""

    places: tuple[str, ...]  # (P,)
    spread: Tensor  # (P, T)

    @property
    def quietest(self) -> Tensor:
        """The smallest spread of a token at each place, (P,)."""
        return self.spread.amin(dim=-1)  # (P,)

    @property
    def loudest(self) -> Tensor:
        """The largest, (P,)."""
        return self.spread.amax(dim=-1)  # (P,)

    @property
    def apart(self) -> float:
        """How many times the loudest token is the quietest, at the place where they differ most.

        The embedding is left out: no norm has seen it yet.
        """
        return float((self.loudest / self.quietest)[1:].max())


def streams(trace: Trace) -> Streams:
    """Follow the stream of a model with feed-forward through all its layers."""
    return Streams(places(len(trace.resid_mid)), spread(stream(trace)))
