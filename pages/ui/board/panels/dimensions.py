"""Which of the stream's numbers carry the most, at one token or over the prompt, and whether they stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.lens import boundary_names
from gpt.numerals import percent
from pages.ui.board.panel import Panel, array, sized
from pages.ui.board.stream import Stream
from pages.ui.state.reading import Reading

TOP = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Dimensions(Panel):
    """The stream at every boundary as numbers, and each one's share over the prompt. It tells a number as `choice`."""

    name = "dimensions"
    S: int
    C: int
    n: int  # largest dimensions that are named
    names: Sequence[str] = sized("S")
    sentence: str
    token: str  # that one looks from, in words
    number: str  # that is worked out
    values: np.ndarray = array("float32", "S", "C")
    shares: np.ndarray = array("float32", "S", "C")  # of the squared length, the mean over the prompt
    tops: np.ndarray = array("uint16", "S", "n")  # the largest of them


def panel(seen: Reading, stream: Stream | None) -> Dimensions:
    """The token that one looks from, and the whole prompt."""
    from gpt.analysis.dimensions import carried, largest, staying

    names, C = boundary_names(seen.config), seen.config.n_embd
    S, n = len(names), min(TOP, C)
    if stream is None:
        none = np.zeros((S, C), np.float32)
        return Dimensions(
            S=S, C=C, n=n, names=names, sentence="Type: which of the stream's numbers are large will stand here.",
            token="", number="", values=none, shares=none, tops=np.zeros((S, n), np.uint16),
        )  # fmt: skip
    shares = carried(stream.streams)  # (S, C)
    tops = largest(shares, n)  # (S, n)
    return Dimensions(
        S=S,
        C=C,
        n=n,
        names=names,
        sentence=said(stream, [shares[s, tops[s]].sum().item() for s in range(S)], tops.tolist(), staying(tops)),
        token=f"token {stream.position + 1}",
        number=seen.inputs.residual.number,
        values=np.ascontiguousarray(stream.streams[:, stream.position].float().numpy()),
        shares=shares.float().numpy(),
        tops=tops.numpy().astype(np.uint16),
    )


def said(stream: Stream, kept: list[float], tops: list[list[int]], stay: list[int]) -> str:
    """How much the largest carry at the end, and how many of them stay from boundary to boundary."""
    C, n = stream.streams.shape[-1], len(tops[-1])
    ids = ", ".join(str(c + 1) for c in tops[-1])
    end = f"At the end the {n} largest of {C} dimensions ({ids}) carry {percent(kept[-1])} of the squared length"
    if len(tops) == 1:
        return f"{end}, the mean over this prompt; all alike would carry {percent(n / C)}."
    return (
        f"{end}, the mean over this prompt; all alike would carry {percent(n / C)}. From boundary to boundary "
        f"{', '.join(map(str, stay))} of the {n} stay the same."
    )
