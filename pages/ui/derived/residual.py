"""Of the residual stream: a model without residual connections on a prompt, and the gradients with and without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.cache import PLAIN, Stacked
from pages.ui.lately import Lately
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.analysis.lens import Lens
    from gpt.model import GPT
    from gpt.trace import Trace

TEXTS = 4  # of the held-out ones
SEEDS = (0, 1, 2)  # of the fresh models


@dataclass(frozen=True)
class Gradients:
    """Lengths of the gradient at each of the L + 1 boundaries, a row a series: means over texts, and over seeds."""

    texts: int  # how many texts of how many tokens; 0: none is here, so it was measured on the prompt
    tokens: int
    trained: tuple[float, ...]
    trained_off: tuple[float, ...]
    fresh: tuple[float, ...]
    fresh_off: tuple[float, ...]
    plain: tuple[float, ...]  # fresh, without norms
    plain_off: tuple[float, ...]


READINGS = 64  # lenses that are kept
_read_lately: Lately[Lens] = Lately(READINGS)


@shared(READINGS)
def lens_of(name: str, step: int, ids: tuple[int, ...], off: bool, best: int, stack: Stacked = PLAIN) -> Lens:
    """The lens over one prompt; it begins where this text leaves one that was read lately, as its pass does.

    With edits it is read as a whole.
    """
    from gpt.analysis.lens import lens, read_on

    if stack[0]:
        flow = cache.edited(name, step, ids, *stack)
        return lens(*(bare(name, step, ids, stack) if off else (flow.model, flow.trace)), ids, best=best)
    model, trace = bare(name, step, ids) if off else (cache.model(name, step).model, cache.trace(name, step, ids))
    seen, kept = _read_lately.closest(model, ids) if model.config.causal else (None, 0)
    if seen is None or seen.best.shape[-1] != min(best, model.config.vocab_size):
        found = lens(model, trace, ids, best=best)
    else:
        found = read_on(model, trace, ids, seen, kept)
    _read_lately.add(model, ids, found)
    return found


@shared(24)
def bare(name: str, step: int, ids: tuple[int, ...], stack: Stacked = PLAIN) -> tuple[GPT, Trace]:
    """The model without its residual connections (it shares the weights), and its pass over one prompt, edits made."""
    from gpt.analysis.stacks import flows
    from gpt.trace import trace
    from gpt.weights import with_config

    without = with_config(cache.model(name, step).model, residual=False)
    if stack[0]:
        flow = flows(without, ids, *stack)
        return flow.model, flow.trace
    return without, trace(without, ids)


def gradients(name: str, step: int, ids: tuple[int, ...]) -> Gradients | None:
    """Over held-out texts, or on this prompt where there are none; None while there is nothing to predict in it."""
    texts = tuple(text for text in cache.texts(name)[:TEXTS] if len(text) > 1)
    if not texts and len(ids) < 2:
        return None
    return measured(name, step, () if texts else ids)


@shared(24)
def measured(name: str, step: int, ids: tuple[int, ...]) -> Gradients:
    """Some fifty passes forth and back."""
    from gpt.analysis import gradients as engine
    from gpt.weights import with_config

    model = cache.model(name, step).model
    texts = [ids] if ids else [text for text in cache.texts(name)[:TEXTS] if len(text) > 1]
    models = [model], [with_config(model, residual=False)]
    young = [engine.fresh(model.config, seed) for seed in SEEDS]
    plain = [with_config(one, norm="none") for one in young]
    of_all = (
        *models,
        young,
        [with_config(one, residual=False) for one in young],
        plain,
        [with_config(one, residual=False) for one in plain],
    )
    rows = []
    for some in of_all:
        found = [engine.sizes(one, text) for one in some for text in texts]  # (N, S)
        rows.append(tuple(sum(column) / len(column) for column in zip(*found, strict=True)))
    return Gradients(0 if ids else len(texts), max(map(len, texts)), *rows)
