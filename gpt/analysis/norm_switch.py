"""A layer norm left out, or all of them: what becomes of the stream, and of the prediction."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from gpt.analysis import layer_norms, switches
from gpt.analysis.layer_norms import Place, inputs, places
from gpt.analysis.switches import Change
from gpt.model import GPT
from gpt.trace import Trace
from gpt.weights import with_config


def without(model: GPT, left_out: tuple[Place, ...]) -> GPT:
    """The same weights, frozen and in eval mode, with some norms passing on what they get; gain and bias go with them.

    The given model is not changed. Raises ValueError for a norm that is not there.
    """
    for place in left_out:
        layer_norms.module(model, place)
    other = with_config(model)
    for place in left_out:
        if place.part == "final":
            other.norm_final = nn.Identity()
        else:
            setattr(other.blocks[place.layer], layer_norms.NORM_OF[place.part], nn.Identity())
    return other.eval().requires_grad_(False)


@dataclass(frozen=True)
class Compared:
    """One prompt through the model as it was trained, and without some of its norms."""

    before: Tensor  # (M,) length of what flows into every norm's place, the mean over the tokens
    after: Tensor  # (M,)
    change: Change  # of the prediction, and of the pattern of the first head


def compare(model: GPT, before: Trace, after: Trace, ids: tuple[int, ...]) -> Compared:
    """Compare a trace of `model` with one of `without(model, ...)` on the same ids (T,).

    Raises ValueError when the numbers of either outgrew what 32 bits hold: then nothing can be compared.
    """
    if not (before.logits.isfinite().all() and after.logits.isfinite().all()):
        raise ValueError("Without it the numbers outgrow what 32 bits hold: there is no prediction left.")
    lengths = [inputs(model, one).norm(dim=-1).mean(dim=-1) for one in (before, after)]  # (M,) each
    return Compared(lengths[0], lengths[1], switches.compare(before, after, ids, 0, 0))


def meant(model: GPT, word: str) -> tuple[Place, ...]:
    """The norms that a word of the link means: one, "all", or, for "", none. Raises ValueError for another word."""
    there = places(model.config)
    found = there if word == "all" else tuple(place for place in there if place.word == word)
    if word and not found:
        raise ValueError(f"There is no norm {word!r} in this model.")
    return found
