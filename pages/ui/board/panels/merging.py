"""Byte pairs beside characters: the prompt's end, glued together merge after merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pages.ui.board.panel import Panel, array
from pages.ui.derived import tokens as derived
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.merges import Merges

BYTES = 400  # of the prompt's end that are shown
LISTED = 8  # merges around the chosen number


@dataclass(frozen=True, kw_only=True, eq=False)
class Merging(Panel):
    """A passage and when each seam between two of its bytes is closed. It tells the number of merges as a choice."""

    name = "merging"
    sentence: str
    text: str
    characters: int  # tokens of the passage if each character is one
    T: int  # bytes of the passage
    closed: np.ndarray = array("uint16", "T")  # after how many merges the seam behind a byte is closed; 65535: never
    merges: int  # chosen
    most: int  # that there are
    sizes: Sequence[int]  # of the vocabulary, after the listed merges
    listed: Sequence[tuple[int, str, str]]  # number, left and right piece
    busy: float | None


def panel(seen: Reading) -> Merging:
    """The end of the prompt, and the merges around the chosen number."""
    work = derived.pairs(seen.inputs.model)
    text = passage(seen.inputs.full_text)
    if work.result is None:
        told = work.problem or "Learning which bytes stand side by side most often…"
        none = np.zeros(0, np.uint16)
        return Merging(sentence=told, text="", characters=0, T=0, closed=none, merges=0, most=0, sizes=[], listed=[],
                       busy=None if work.problem else work.share)  # fmt: skip
    merges = work.result.merges
    chosen = min(seen.inputs.token_choices.merges, merges.count)
    first = max(0, min(chosen - LISTED // 2, merges.count - LISTED))
    listed = [(i + 1, *names(merges, i)) for i in range(first, min(first + LISTED, merges.count))]
    seams = [*merges.seams_of(text), 65_535] if text else []
    return Merging(
        sentence=f"Bytes of the prompt, glued in the order in which {merges.count:,} pairs were found most often.",
        text=text,
        characters=len(text),
        T=len(seams),
        closed=np.array(seams, np.uint16),
        merges=chosen,
        most=merges.count,
        sizes=[int(merges.sizes[i]) for i, *_ in listed],
        listed=listed,
        busy=None,
    )


def passage(text: str) -> str:
    """The end of a text, of so many bytes at most, without half characters."""
    return text.encode("utf-8")[-BYTES:].decode("utf-8", "ignore")


def names(merges: Merges, rank: int) -> tuple[str, str]:
    """The two pieces that a merge joins."""
    left, right = merges.tokenizer.merges[rank]
    return merges.tokenizer.tokens[left], merges.tokenizer.tokens[right]
