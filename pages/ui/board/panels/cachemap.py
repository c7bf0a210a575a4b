"""The cache, seen: which keys, values and scores a step computes, which it finds kept, and what that saves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gpt.analysis import cache_cost
from pages.ui.board.panel import Panel
from pages.ui.derived import writing
from pages.ui.state import growing
from pages.ui.state.reading import Reading

EDITED = "With edits active each token takes a whole pass, so nothing is kept; a clock times the model without them."


@dataclass(frozen=True, kw_only=True, eq=False)
class CacheMap(Panel):
    """The steps follow from these numbers. It tells as the choice `timed` that the cache is to be timed."""

    name = "cachemap"
    prompt: int  # tokens
    written: int  # tokens after it
    block: int  # the context
    causal: bool
    edited: bool  # whether there are edits, which whole passes are taken for
    L: int
    H: int
    token: int  # multiply-adds for each computed token
    pair: int  # and for each pair of a computed token and one that it looks at
    why: str  # why nothing is kept as long as the text fits; empty if something is
    slides: str  # why nothing is kept once the window slides
    key: str  # of the text, which is told to have it timed
    timed: int  # how often it was; 0: not yet
    timing: dict[str, Any] | None  # tokens, and milliseconds kept and anew


def panel(seen: Reading) -> CacheMap:
    """The steps that wrote this text."""
    config, inputs = seen.checkpoint.config, seen.inputs
    cost, key = cache_cost.cost(config), growing.key_of(inputs)
    turn, _, of = inputs.writing.timed.rpartition(".")
    edited = bool(inputs.probe.active)
    timed = int(turn or 1) if seen.ids and of == key else 0  # another text is not timed at every key
    return CacheMap(
        prompt=len(growing.prompt_of(inputs)),
        written=len(inputs.written),
        block=config.block_size,
        causal=config.causal,
        edited=edited,
        L=config.n_layer,
        H=config.n_head,
        token=cost.token,
        pair=cost.pair,
        why=EDITED if edited else cache_cost.why_anew(config, 1),
        slides=cache_cost.why_anew(config, config.block_size + 1),
        key=key,
        timed=timed,
        timing=asdict(writing.timing(inputs.model, inputs.step, seen.ids, timed)) if timed else None,
    )
