"""A pass of a model without some of its layer norms, found once for all visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.cache import PLAIN, Stacked
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.trace import Trace


@shared(16)
def without(name: str, step: int, ids: tuple[int, ...], word: str, stack: Stacked = PLAIN) -> Trace:
    """One prompt through the model without the norms that a word of the link means, with a stack of edits."""
    from gpt.analysis import norm_switch
    from gpt.trace import trace

    flow = cache.edited(name, step, ids, *stack) if stack[0] else None
    model = flow.model if flow else cache.model(name, step).model
    return trace(norm_switch.without(model, norm_switch.meant(model, word)), ids, flow.edits if flow else ())
