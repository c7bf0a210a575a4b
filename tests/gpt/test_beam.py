"""Texts that grow together: beam search against an exhaustive one, several continuations against one at a time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch

from gpt.batch import Batch, Continuation
from gpt.beam import likeliest, search
from gpt.config import ConfigError, GPTConfig, SamplingConfig
from gpt.continuations import continuations
from gpt.decoder import whole
from gpt.model import GPT
from gpt.sampling import generate
from tests.support import shipped
from tests.support.ladder import MODELS, RUNGS, T, fresh

PROMPT = [3, 1, 4]


def nats_of(model: GPT, prompt: list[int], ids: tuple[int, ...]) -> float:
    """The log-probability of a continuation, a whole pass a token, as the definition says."""
    total = 0.0
    for n, token in enumerate(ids):
        total += float(whole(model, [*prompt, *ids[:n]]).double().log_softmax(dim=0)[token])
    return total


@pytest.mark.parametrize("rung", ["pre-norm", "post-norm", "bigram", "sees the future", "no positions"])
@pytest.mark.parametrize("n", [3, 5], ids=["inside the context", "over the sliding window"])
def test_a_wide_beam_is_exhaustive(rung: str, n: int) -> None:
    """As wide as there are beginnings, it finds the likeliest of all texts, in order; V = 2, so 8 does for n = 4."""
    config = RUNGS[rung]
    small = {"vocab_size": 2, "block_size": 4} | ({"n_embd": 2} if config.head == "none" else {})
    model = fresh(GPTConfig(**{**config.to_json(), **small}), seed=3)
    found = search(model, [0, 1], n, 2 ** (n - 1))
    every = {ids: nats_of(model, [0, 1], ids) for ids in itertools.product(range(2), repeat=n)}
    assert len({one.ids for one in found}) == len(found) == 2 ** (n - 1)
    assert [one.nats for one in found] == pytest.approx([every[one.ids] for one in found], abs=1e-4)
    assert [one.nats for one in found] == pytest.approx(sorted(every.values(), reverse=True)[: len(found)], abs=1e-4)


@pytest.mark.parametrize("rung", RUNGS)
def test_a_beam_of_one_is_greedy(rung: str) -> None:
    """On every rung, over the sliding window: the likeliest token each time; a wider beam's best is no less likely."""
    model, n = MODELS[rung], T + 3
    greedy = tuple(choice.id for choice in generate(model, PROMPT, SamplingConfig(greedy=True), n))
    (one,) = search(model, PROMPT, n, 1)
    assert one.ids == greedy
    assert one.nats == pytest.approx(nats_of(model, PROMPT, greedy), abs=1e-4)


def test_a_beam_finds_what_greedy_misses() -> None:
    """In a shipped model, on five prompts: the best of a wide beam is likelier than greedy on four at least."""
    model = shipped.loaded("mini").model
    better = 0
    for text in ("ROMEO:", "To be, or not to be", "First Citizen:\n", "KING", "O "):
        ids = shipped.ids_of(text, "mini")
        (greedy,), wide = search(model, ids, 20, 1), search(model, ids, 20, 8)
        assert len(wide) == 8 and [one.nats for one in wide] == sorted((one.nats for one in wide), reverse=True)
        assert wide[0].nats == pytest.approx(nats_of(model, ids, wide[0].ids), abs=1e-3)
        better += wide[0].nats > greedy.nats + 1e-6
    assert better >= 4


def test_fewer_texts_than_the_beam_is_wide() -> None:
    assert len(search(MODELS["bigram"], PROMPT, 1, 512)) == RUNGS["bigram"].vocab_size
    assert search(MODELS["bigram"], PROMPT, 0, 8)[0].ids == ()


def test_equals_keep_their_order() -> None:
    row = torch.tensor([1.0, 2.0, 2.0, -torch.inf, 2.0, 0.0])
    assert likeliest(row, 2).tolist() == [1, 2] and likeliest(row, 9).tolist() == [1, 2, 4, 0, 5]


def test_what_cannot_be_searched() -> None:
    for n, width in ((-1, 1), (1, 0), (1, 513), (1_001, 1)):
        with pytest.raises(ConfigError):
            search(MODELS["pre-norm"], PROMPT, n, width)
    with pytest.raises(ValueError, match="prompt is empty"):
        search(MODELS["pre-norm"], [], 1, 1)


@pytest.mark.parametrize("rung", ["pre-norm", "sees the future", "bigram"])
def test_continuations_are_those_of_each_seed(rung: str) -> None:
    """At once or one after another, inside the context and beyond it."""
    model, knobs = MODELS[rung], SamplingConfig(temperature=0.9, top_k=9, repetition_penalty=1.2)
    seeds = range(5, 13)
    alone = []
    for seed in seeds:
        own = replace(knobs, seed=seed)
        alone.append(tuple(choice.id for choice in generate(model, PROMPT, own, 2 * T)))
    found = continuations(model, PROMPT, knobs, 2 * T, seeds)
    assert [one.ids for one in found] == alone
    assert [one.nats for one in found] == pytest.approx([nats_of(model, PROMPT, ids) for ids in alone], abs=1e-4)
    assert (
        continuations(model, PROMPT, knobs, 0, seeds) == (Continuation((), 0.0),) * 8
        and continuations(model, PROMPT, knobs, 3, []) == ()
    )


def test_a_batch_needs_a_prompt() -> None:
    with pytest.raises(ValueError, match="prompt is empty"):
        Batch(MODELS["pre-norm"], [])
