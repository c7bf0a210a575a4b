"""The draw of the next token, and writing on token by token; how logits become probabilities, pipeline.py says.

Source: the draw, Devroye 1986, chapter III.2 (inversion).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, overload

import torch
from torch import Generator, Tensor

from gpt.config import SamplingConfig, need_int
from gpt.decoder import reader
from gpt.model import GPT
from gpt.pipeline import REMOVED_BY, Row, Stages, bar, distribution, stages
from gpt.tokenizers import Tokenizer

__all__ = ["REMOVED_BY", "Choice", "Row", "Stages", "choose", "distribution", "draw", "generate", "generator"]
__all__ += ["sample", "stages"]

Stop = Callable[[], bool]  # answers True when it is time to stop
MOST = 1_000_000  # tokens to generate, and draws of one seed that can be asked for


class Model(Protocol):
    """What `generate` needs of a model; `gpt.model.GPT` has it."""

    config: Any  # with a block_size

    def __call__(self, ids: Tensor, /) -> Tensor:
        """Ids (1, T) -> logits (1, T, V)."""
        ...


@dataclass(frozen=True)
class Choice:
    """One drawn token, and where u fell on the bar of all probabilities laid end to end in id order."""

    id: int
    u: float  # the draw, start <= u < end
    start: float  # where the token's stretch of the bar begins
    end: float  # where it ends: end - start is the probability, up to rounding
    probability: float


@overload
def choose(
    logits: Row,
    settings: SamplingConfig,
    generator: Generator,
    explain: Literal[False] = False,
    seen: Sequence[int] = (),
) -> int: ...
@overload
def choose(
    logits: Row, settings: SamplingConfig, generator: Generator, explain: Literal[True], seen: Sequence[int] = ()
) -> Choice: ...
def choose(
    logits: Row, settings: SamplingConfig, generator: Generator, explain: bool = False, seen: Sequence[int] = ()
) -> int | Choice:
    """Draws the next token: all probabilities laid end to end in id order, and the one that u falls on.

    logits (V,), and the ids `seen` that the repetition penalty is about -> the token's id, or with `explain` the whole
    Choice. Takes exactly one u from the generator, greedy or
    not, so that turning greedy on and off does not shift later draws; `settings.seed` is not used here. A token of
    probability 0 is never drawn. Raises as `stages` does, and then draws nothing.
    """
    probabilities = distribution(logits, settings, seen)  # (V,)
    u = float(torch.rand((), dtype=torch.float64, generator=generator))  # () one of 2**53 steps in [0, 1)
    ends = bar(probabilities)  # (V,) where each token's stretch ends
    # The first end beyond u; the end before it is not, so this token's probability is above 0.
    chosen = int(torch.searchsorted(ends, u, right=True))
    start = float(ends[chosen - 1]) if chosen else 0.0
    return Choice(chosen, u, start, float(ends[chosen]), float(probabilities[chosen])) if explain else chosen


def draw(seed: int, index: int) -> float:
    """The u in [0, 1) that `generate` uses for token number `index` (0 is the first) of this seed: known in advance."""
    return float(torch.rand((), dtype=torch.float64, generator=generator(seed, index)))  # ()


def generate(
    model: Model, ids: Sequence[int], settings: SamplingConfig, n: int, stop: Stop | None = None, skip: int = 0
) -> Iterator[Choice]:
    """Writes on: yields up to n drawn tokens, each drawn after the prompt `ids` and the tokens before it.

    The model (in eval mode; unchanged) sees the last `config.block_size` tokens; so does the repetition penalty. `stop`
    is asked before every forward. Draws come from `settings.seed`, not torch's own state: the same call gives the same
    tokens in any thread. `skip` throws that many draws away first: n = 1 with skip 0, 1, 2, ... and the tokens so far
    as prompt gives what one call does. Raises at the call: ValueError for an empty prompt or dropout that is on,
    ConfigError for a bad n or skip.
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
            seen = tokens[-model.config.block_size :] if settings.repetition_penalty != 1 else ()
            choice = choose(read(tokens), settings, draws, explain=True, seen=seen)
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
