"""From logits to probabilities: every step that decides what the next token may be, and what each leaves.

The usual order is repetition penalty -> temperature -> top-k -> top-p -> min-p -> renormalise, over the whole
vocabulary, never over a shortlist. All of it is float64: the page recomputes the same numbers in the browser, where
every number is a double, and the two must agree to 1e-6. Ranks come from the logits as the penalty leaves them
(largest first, lowest id on a tie): neither temperature nor rounding reorders them.

Sources: repetition penalty, Keskar et al. 2019 (CTRL), section 4.1; temperature, Ackley, Hinton & Sejnowski 1985 (the
Boltzmann distribution); top-k, Fan, Lewis & Dauphin 2018; top-p (nucleus), Holtzman et al. 2020, section 3.1; min-p,
Nguyen et al. 2024, section 3.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpt.config import SamplingConfig

Row = Tensor | np.ndarray  # one number per token of the vocabulary, (V,)
REMOVED_BY = ("kept", "top-k", "top-p", "greedy", "min-p")  # what the codes 0 to 4 of Stages.removed_by stand for
ROUNDING = 1e-12  # a sum this close to top_p has reached it: in doubles, eight times 0.1 is 0.7999999999999999
LARGEST = 1e300  # beyond this a logit could overflow a double once divided by the temperature: as good as infinite


@dataclass(frozen=True, eq=False)
class Stages:
    """Every step from logits to probabilities; all of shape (V,), float64 unless said otherwise.

    What a step leaves is named for the step, whatever the order: -inf where it, or one before it, removed the token.
    """

    logits: Tensor  # (V,) the model's own
    penalised: Tensor  # (V,) what the repetition penalty made of them
    scaled: Tensor  # (V,) divided by the temperature
    after_top_k: Tensor  # (V,) with -inf where top-k removed the token
    after_top_p: Tensor  # (V,) with -inf where top-p (or greedy, in its place) removed the token
    after_min_p: Tensor  # (V,) with -inf where min-p removed the token
    probabilities: Tensor  # (V,) softmax of what the last step left: renormalised to sum to 1
    cumulative: Tensor  # (V,) their running sum in order of ids, where each token's stretch of the draw's bar ends
    kept: Tensor  # (V,) bool: removed by nothing, and not impossible from the start (a logit of -inf)
    removed_by: Tensor  # (V,) int8: 0 removed by nothing, 1 top-k, 2 top-p, 3 greedy, 4 min-p


def distribution(logits: Row, settings: SamplingConfig, seen: Sequence[int] = ()) -> Tensor:
    """What the next token may be: logits (V,) -> probabilities (V,), float64. `stages` says how, and what is raised."""
    removing = settings.greedy or settings.top_k or settings.top_p < 1 or settings.min_p > 0
    if removing or settings.repetition_penalty != 1:
        return stages(logits, settings, seen).probabilities  # (V,)
    return (possible(logits) / settings.temperature).softmax(dim=0)  # (V,) nothing is removed: no order is needed


def stages(logits: Row, settings: SamplingConfig, seen: Sequence[int] = ()) -> Stages:
    """Shows how every step turns logits (V,), of any float type, into probabilities (V,).

    Each step takes what the one before it left; `settings.order` says which is first.

    - the repetition penalty divides the logits of the tokens `seen` (ids; twice counts once) if above 0, else
      multiplies: above 1 they lose;
    - temperature divides every logit;
    - top-k keeps exactly k tokens (all, if there are fewer): of equals at the border the lowest ids stay;
    - top-p looks at what is left, renormalised, likeliest first: a token stays while the sum before it is below
      top_p (less 1e-12), so the fewest that reach it stay; the likeliest always does; top_p = 1 removes nothing;
    - min-p keeps the tokens whose probability is at least min_p times that of the likeliest (less a part in 1e12), so
      equals stay or go together; the likeliest always stays;
    - greedy, in the place of top-p, keeps the token alone that is largest under the penalty (the lowest id on a tie);
      top-k, top-p and min-p then have nothing to do.

    A logit of -inf is an impossible token, probability 0. Raises ValueError for anything but one row of numbers, for
    NaN, +inf or a size beyond 1e300, if all are -inf, and for an id in `seen` that is none of the V. The input is
    neither changed nor shared.
    """
    row = possible(logits)  # (V,)
    values, after, removed_by = row, dict[str, Tensor](), torch.zeros(len(row), dtype=torch.int8)  # (V,), , (V,)
    likelier = row  # (V,) what decides who is likelier: never scaled
    order: Tensor | None = None  # (V,) ids, likeliest first, then what is removed; None: to be found (anew)
    for step in settings.steps:
        if step == "penalty" and settings.repetition_penalty != 1:
            values = penalised(values, settings.repetition_penalty, seen)  # (V,)
            likelier, order = penalised(row, settings.repetition_penalty, seen), None  # (V,)
        elif step == "temperature":
            values = values / settings.temperature  # (V,)
        elif settings.greedy and step == "top-p":
            best = penalised(row, settings.repetition_penalty, seen).argsort(descending=True, stable=True)[0]  # ()
            removed_by[torch.arange(len(row)) != best] = REMOVED_BY.index("greedy")  # (V - 1,)
            values = values.masked_fill(removed_by > 0, -math.inf)  # (V,)
        elif works(step, settings):
            if order is None:  # stable: equals stay in the order of their ids
                order = likelier.masked_fill(removed_by > 0, -math.inf).argsort(descending=True, stable=True)  # (V,)
            cut = removed(step, values, order, settings)  # (number cut,) ids
            removed_by[cut[removed_by[cut] == 0]] = REMOVED_BY.index(step)  # (number cut by this step alone,)
            values = values.masked_fill(removed_by > 0, -math.inf)  # (V,)
        after[step] = values
    probabilities = values.softmax(dim=0)  # (V,)
    return Stages(
        logits=row,
        penalised=after["penalty"],
        scaled=after["temperature"],
        after_top_k=after["top-k"],
        after_top_p=after["top-p"],
        after_min_p=after["min-p"],
        probabilities=probabilities,
        cumulative=bar(probabilities),
        kept=values > -math.inf,
        removed_by=removed_by,
    )


def works(step: str, settings: SamplingConfig) -> bool:
    """Whether a step removes tokens by these settings."""
    on = {"top-k": bool(settings.top_k), "top-p": settings.top_p < 1, "min-p": settings.min_p > 0}
    return not settings.greedy and on.get(step, False)


def removed(step: str, values: Tensor, order: Tensor, settings: SamplingConfig) -> Tensor:
    """The ids that a step removes from what is left, `values` (V,); `order` (V,) has ids, likeliest first."""
    if step == "top-k":
        return order[settings.top_k :]  # (V - k,)
    if step == "min-p":
        least = settings.min_p * (1 - ROUNDING)
        return ((values - values.max()).exp() < least).nonzero()[:, 0]  # (number cut,): the ratio to the likeliest
    ranked = values.softmax(dim=0)[order]  # (V,) probabilities among what is left, likeliest first
    before = ranked.cumsum(dim=0)[:-1]  # (V - 1,) the sum before the 2nd, 3rd, ...: the 1st is never cut
    return order[1:][before >= settings.top_p - ROUNDING]  # (number cut,)


def penalised(values: Tensor, penalty: float, seen: Sequence[int]) -> Tensor:
    """Values (V,) with those of the tokens `seen` divided by the penalty if above 0, else multiplied."""
    if penalty == 1 or not len(seen):
        return values  # (V,)
    ids = torch.tensor(sorted(set(map(operator.index, seen))))  # (number of different ones,)
    if int(ids[0]) < 0 or int(ids[-1]) >= len(values):
        wrong = int(ids[0]) if int(ids[0]) < 0 else int(ids[-1])
        raise ValueError(f"The tokens seen hold the id {wrong}, but must lie from 0 to {len(values) - 1}.")
    told = values[ids]  # (number of different ones,)
    return values.index_copy(0, ids, torch.where(told > 0, told / penalty, told * penalty))  # (V,)


def bar(probabilities: Tensor) -> Tensor:
    """All probabilities (V,) laid end to end in order of ids: where each token's stretch ends, (V,)."""
    ends = probabilities.cumsum(dim=0)  # (V,)
    return ends / ends[-1]  # (V,) now the last end is exactly 1.0, above every u, however the sum was rounded


def possible(logits: Row) -> Tensor:
    """Logits (V,) as `as_row` gives them, of which one at least is possible."""
    row = as_row("logits", logits)  # (V,)
    if not float(row.max()) > -math.inf:
        raise ValueError("All logits are -inf, but at least one token must be possible.")
    return row


def as_row(name: str, values: Row) -> Tensor:
    """One row of numbers (V,) as a float64 copy on the CPU, or a refusal in one sentence that says which row."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        values = torch.from_numpy(values.astype(np.float64))  # (V,)
    if not isinstance(values, Tensor) or values.is_complex() or values.dim() != 1 or len(values) == 0:
        got = f"{type(values).__name__} of shape {tuple(getattr(values, 'shape', ()))}"
        raise ValueError(f"The {name} are a {got}, but they must be one row of numbers, one per token.")
    row = values.detach().to("cpu", torch.float64, copy=True)  # (V,)
    if float(row.abs().max()) <= LARGEST:  # not of NaN, and not where anything is infinite
        return row
    bad = (~(row.abs() <= LARGEST) & (row != -math.inf)).nonzero()  # (number bad, 1); not <= is true of NaN as well
    if len(bad):
        raise ValueError(f"The {name} hold {float(row[bad[0]])} at token {int(bad[0])}, but must be finite (or -inf).")
    return row
