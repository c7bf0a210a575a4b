"""Activation patching: which pair of prompts, between which answers, what is patched, and what was found in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Patching(Panel):
    """It tells its groups and `answers` as `choice`, `pair` by a key, and asks `again` while something is measured."""

    name = "patching"
    T: int  # tokens of the prompt
    sentence: str
    pairs: Sequence[tuple[str, str]]  # those that are ready: key, title
    pair: str = ""  # the one that is open
    shows: str = ""  # what that one shows
    groups: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]] = ()  # parameter, label, (word, text), chosen
    answers: Sequence[tuple[str, str]] = ()  # id, what it is; none while there is nothing to patch
    chosen: tuple[str, str] = ("", "")  # A's and B's; "": the likeliest
    formula: str = ""
    found: str = ""
    busy: float | None = None
