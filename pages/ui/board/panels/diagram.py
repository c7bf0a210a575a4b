"""A model as boxes in the order in which a token passes them, each with its parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpt import diagram
from gpt.config import GPTConfig
from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagram(Panel):
    """Boxes before, in and after the blocks (see gpt/diagram.py), all parameters, and a sentence."""

    name = "diagram"
    before: Sequence[Mapping[str, Any]]
    times: str  # how many blocks; "" for none
    block: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    total: int
    words: str
    sentence: str


def panel(config: GPTConfig, sentence: str = "") -> Diagram:
    """The model of a config, its words, and a sentence more."""
    drawn = diagram.diagram(config)
    told = f"{drawn.total:,} parameters: {drawn.words}. {sentence}".rstrip()
    return Diagram(**dataclasses.asdict(drawn), sentence=told)
