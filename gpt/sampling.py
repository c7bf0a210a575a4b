"""From logits to the next token: which tokens may be drawn, with what probability, and the draw itself.

The order is temperature -> top-k -> top-p -> renormalise, over the whole vocabulary, never over a shortlist. All of it
is float64: the page recomputes the same numbers in the browser, where every number is a double, and the two must agree
to 1e-6. Ranks come from the logits (largest first, lowest id on a tie): neither temperature nor rounding reorders them.

Sources: temperature, Ackley, Hinton & Sejnowski 1985 (the Boltzmann distribution); top-k, Fan, Lewis & Dauphin 2018;
top-p (nucleus), Holtzman et al. 2020, section 3.1; the draw, Devroye 1986, chapter III.2 (inversion).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, overload

import numpy as np
import torch
from torch import Generator, Tensor

from gpt.config import SamplingConfig, need_int
from gpt.decoder import reader
from gpt.model import GPT
from gpt.tokenizers import Tokenizer

Row = Tensor | np.ndarray  # one number per token of the vocabulary, (V,)
Stop = Callable[[], bool]  # answers True when it is time to stop
REMOVED_BY = ("kept", "top-k", "top-p", "greedy")  # what the codes 0, 1, 2, 3 of Stages.removed_by stand for
ROUNDING = 1e-12  # a sum this close to top_p has reached it: in doubles, eight times 0.1 is 0.7999999999999999
LARGEST = 1e300  # beyond this a logit could overflow a double once divided by the temperature: as good as infinite
MOST = 1_000_000  # tokens to generate, and draws of one seed that can be asked for


class Model(Protocol):
    """What `generate` needs of a model; `gpt.model.GPT` has it."""

    config: Any  # with a block_size

    def __call__(self, ids: Tensor, /) -> Tensor:
        """Ids (1, T) -> logits (1, T, V)."""
        ...


@dataclass(frozen=True, eq=False)
class Stages:
    """Every step from logits to probabilities; all of shape (V,), float64 unless said otherwise."""

    logits: Tensor  # (V,) the model's own
    scaled: Tensor  # (V,) logits / temperature
    after_top_k: Tensor  # (V,) scaled, with -inf where top-k removed the token
    after_top_p: Tensor  # (V,) after_top_k, with -inf where top-p (or greedy) removed the token
    probabilities: Tensor  # (V,) softmax of after_top_p: what is left, renormalised to sum to 1
    kept: Tensor  # (V,) bool: removed by nothing, and not impossible from the start (a logit of -inf)
    removed_by: Tensor  # (V,) int8: 0 removed by nothing, 1 top-k, 2 top-p, 3 greedy


@dataclass(frozen=True)
class Choice:
    """One drawn token, and where u fell on the bar of all probabilities laid end to end in id order."""

    id: int
    u: float  # the draw, start <= u < end
    start: float  # where the token's stretch of the bar begins
    end: float  # where it ends: end - start is the probability, up to rounding
    probability: float


def distribution(logits: Row, settings: SamplingConfig) -> Tensor:
    """What the next token may be: logits (V,) -> probabilities (V,), float64. `stages` says how, and what is raised."""
    if settings.greedy or settings.top_k or settings.top_p < 1:
        return stages(logits, settings).probabilities  # (V,)
    return (possible(logits) / settings.temperature).softmax(dim=0)  # (V,) nothing is removed: no order is needed


def stages(logits: Row, settings: SamplingConfig) -> Stages:
    """Shows how temperature, top-k and top-p (or greedy) turn logits (V,), of any float type, into probabilities (V,).

    - temperature divides every logit;
    - top-k keeps exactly k tokens (all, if there are fewer): of equals at the border the lowest ids stay;
    - top-p looks at what top-k left, renormalised, likeliest first: a token stays while the sum before it is below
      top_p (less 1e-12), so the fewest that reach it stay; the likeliest always does; top_p = 1 removes nothing;
    - greedy keeps the largest logit alone (the lowest id on a tie), and top-k and top-p have nothing to do.

    A logit of -inf is an impossible token, probability 0. Raises ValueError for anything but one row of numbers, for
    NaN, +inf or a size beyond 1e300, and if all are -inf. The input is neither changed nor shared.
    """
    row = possible(logits)  # (V,)
    order = row.argsort(descending=True, stable=True)  # (V,) ids, likeliest first; stable: equals stay in id order
    removed_by = torch.zeros(len(row), dtype=torch.int8)  # (V,)
    scaled = row / settings.temperature  # (V,)
    if settings.top_k and not settings.greedy:
        removed_by[order[settings.top_k :]] = REMOVED_BY.index("top-k")  # (V - k,)
    after_top_k = scaled.masked_fill(removed_by > 0, -math.inf)  # (V,)
    if settings.greedy:
        removed_by[order[1:]] = REMOVED_BY.index("greedy")  # (V - 1,)
    elif settings.top_p < 1:
        ranked = after_top_k.softmax(dim=0)[order]  # (V,) probabilities among what top-k left, likeliest first
        before = ranked.cumsum(dim=0)[:-1]  # (V - 1,) the sum before the 2nd, 3rd, ...: the 1st is never cut
        cut = order[1:][before >= settings.top_p - ROUNDING]  # (number cut,) ids
        removed_by[cut[removed_by[cut] == 0]] = REMOVED_BY.index("top-p")  # (number cut by top-p alone,)
    after_top_p = scaled.masked_fill(removed_by > 0, -math.inf)  # (V,)
    kept = after_top_p > -math.inf  # (V,)
    return Stages(row, scaled, after_top_k, after_top_p, after_top_p.softmax(dim=0), kept, removed_by)


@overload
def choose(logits: Row, settings: SamplingConfig, generator: Generator, explain: Literal[False] = False) -> int: ...
@overload
def choose(logits: Row, settings: SamplingConfig, generator: Generator, explain: Literal[True]) -> Choice: ...
def choose(logits: Row, settings: SamplingConfig, generator: Generator, explain: bool = False) -> int | Choice:
    """Draws the next token: all probabilities laid end to end in id order, and the one that u falls on.

    logits (V,) -> the token's id, or with `explain` the whole Choice. Takes exactly one u from the generator, greedy or
    not, so that turning greedy on and off does not shift later draws; `settings.seed` is not used here. A token of
    probability 0 is never drawn. Raises as `stages` does, and then draws nothing.
    """
    probabilities = distribution(logits, settings)  # (V,)
    u = float(torch.rand((), dtype=torch.float64, generator=generator))  # () one of 2**53 steps in [0, 1)
    bar = probabilities.cumsum(dim=0)  # (V,) where each token's stretch ends
    bar = bar / bar[-1]  # (V,) now the last end is exactly 1.0, above every u, however the sum was rounded
    # The first end beyond u; the end before it is not, so this token's probability is above 0.
    chosen = int(torch.searchsorted(bar, u, right=True))
    start = float(bar[chosen - 1]) if chosen else 0.0
    return Choice(chosen, u, start, float(bar[chosen]), float(probabilities[chosen])) if explain else chosen


def draw(seed: int, index: int) -> float:
    """The u in [0, 1) that `generate` uses for token number `index` (0 is the first) of this seed: known in advance."""
    return float(torch.rand((), dtype=torch.float64, generator=generator(seed, index)))  # ()


def generate(
    model: Model, ids: Sequence[int], settings: SamplingConfig, n: int, stop: Stop | None = None, skip: int = 0
) -> Iterator[Choice]:
    """Writes on: yields up to n drawn tokens, each drawn after the prompt `ids` and the tokens before it.

    The model (in eval mode; unchanged) sees the last `config.block_size` tokens. `stop` is asked before every forward.
    Draws come from `settings.seed`, not torch's own state: the same call gives the same tokens in any thread. `skip`
    throws that many draws away first: n = 1 with skip 0, 1, 2, ... and the tokens so far as prompt gives what one call
    does. Raises at the call: ValueError for an empty prompt or dropout that is on, ConfigError for a bad n or skip.
    """
    tokens = [operator.index(i) for i in ids]
    if not tokens:
        raise ValueError("The prompt is empty, but it must hold at least one token for the model to continue.")
    dropout = any(getattr(model.config, name, 0) for name in ("dropout", "attention_dropout"))
    if dropout and getattr(model, "training", False):
        raise ValueError("The model is in training mode with dropout on, but it must be in eval mode to generate.")
    need_int("n", n, 0, MOST)
    draws, read = generator(settings.seed, skip), reader(model)

    def one_by_one() -> Iterator[Choice]:  # a function of its own, so that the checks above run at the call
        for _ in range(n):
            if stop is not None and stop():
                return
            choice = choose(read(tokens), settings, draws, explain=True)
            tokens.append(choice.id)
            yield choice

    return one_by_one()


def sample(model: GPT, tokenizer: Tokenizer, length: int) -> str:
    """What a model writes by itself: `length` tokens after a newline (or its first token), always by the same draws.

    One that is in training is put into eval mode for it, and back.
    """
    first = tokenizer.tokens.index("\n") if "\n" in tokenizer.tokens else 0
    training = model.training
    if training:  # never touch a model that others share
        model.eval()
    written = [choice.id for choice in generate(model, [first], SamplingConfig(temperature=0.8), length)]
    if training:
        model.train()
    return tokenizer.decode(written)


def generator(seed: int, skip: int = 0) -> Generator:
    """A generator of the caller's own (torch's is shared by all threads), with the first `skip` draws gone."""
    SamplingConfig.settings()["seed"].check(seed)
    need_int("skip", skip, 0, MOST)
    fresh = Generator().manual_seed(seed)
    torch.rand(skip, dtype=torch.float64, generator=fresh)  # (skip,) the same draws as one by one
    return fresh


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
