"""All rungs, one prompt: what each of them holds for likely, how hard it finds the text, and what it writes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt import sampling
from gpt.config import SamplingConfig, need_int
from gpt.lessons import trained
from gpt.lessons.ladder import RUNGS
from gpt.lessons.rung import Rung
from gpt.model import GPT
from gpt.trace import trace

MOST = 256  # characters of a text that are read, its last ones
SAMPLE = 40  # characters that each rung writes
KNOBS = SamplingConfig(temperature=0.8)


@dataclass(frozen=True)
class Guess:
    """One token that may come next."""

    token: str
    probability: float


@dataclass(frozen=True)
class Reading:
    """What one rung makes of a text."""

    rung: str
    guesses: tuple[Guess, ...]  # the likeliest next tokens, the likeliest first
    loss: float | None  # nats a character of this text, given those before; None for a single one
    sample: str  # what it writes on
    val_loss: float  # nats a character over the whole last tenth of Tiny Shakespeare
    context: int  # how many characters it sees at once


def readings(text: str, k: int = 5, sample: int = SAMPLE) -> list[Reading]:
    """Every trained rung on one text: its k likeliest next tokens, its loss here, and a short sample.

    A rung that is not trained, or has no model, is left out; characters that it does not know are, too.
    Raises ConfigError for a bad k, ValueError for a text without a known character.
    """
    need_int("k", k, 1, 65)
    return [reading(rung, text, k, sample) for rung in RUNGS if trained.is_trained(rung.name)]


def reading(rung: Rung, text: str, k: int = 5, sample: int = SAMPLE) -> Reading:
    """One rung on one text. Raises as `readings` does, and NotTrained."""
    loaded = trained.load(rung.name)
    ids = trained.known_ids(loaded, text)
    context = loaded.config.block_size
    logits = trace(loaded.model, ids[-context:]).logits[-1]  # (V,)
    row, best = sampling.distribution(logits, SamplingConfig()).topk(min(k, loaded.config.vocab_size))  # (k,), (k,)
    guesses = [Guess(loaded.tokenizer.tokens[i], p) for i, p in zip(best.tolist(), row.tolist(), strict=True)]
    loss = loss_on(loaded.model, torch.tensor(ids[-MOST:])) if len(ids) > 1 else None
    written = sampling.generate(loaded.model, ids, KNOBS, sample)
    return Reading(
        rung.name, tuple(guesses), loss, loaded.tokenizer.decode([choice.id for choice in written]),
        trained.loss(rung.name), context,
    )  # fmt: skip


@torch.no_grad()
def loss_on(model: GPT, ids: Tensor) -> float:
    """Mean nats of tokens 2..N of ids (N,), each foretold from as many before it as the model sees at once.

    Rungs see 32 or 128 characters; all are asked about the same ones here, whatever they see of the rest.
    """
    T = model.config.block_size
    start = ids[: T + 1]  # (T' + 1,): from these, every place is asked
    found = [F.cross_entropy(model(start[None, :-1])[0], start[1:], reduction="none")]  # (T',)
    if len(ids) > T + 1:  # after them, the window moves on by one, and its last place is asked
        windows = ids.unfold(0, T + 1, 1)[1:]  # (N - T - 1, T + 1)
        found.append(F.cross_entropy(model(windows[:, :-1])[:, -1], windows[:, -1], reduction="none"))  # (N - T - 1,)
    return float(torch.cat(found).mean())
