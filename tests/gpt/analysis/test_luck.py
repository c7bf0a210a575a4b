"""Draws beside their probabilities: the counts are the sampler's, the test is the textbook's."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Generator

from gpt.analysis.luck import Luck, compared, luck, p_value, verdict
from gpt.config import SamplingConfig
from gpt.sampling import choose, distribution
from tests.support.references import gpt2_logits

SETTINGS = [
    SamplingConfig(seed=1),
    SamplingConfig(0.7, 40, 0.95, seed=2),
    SamplingConfig(2.0, top_p=0.9, seed=3),
    SamplingConfig(1.0, min_p=0.05, repetition_penalty=1.3, seed=4),
    SamplingConfig(1.5, 200, 0.8, seed=5, min_p=0.02, order="min-p.top-p.penalty.temperature.top-k"),
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: str(settings.seed))
def test_a_hundred_thousand_draws_are_those_of_the_exact_distribution(settings: SamplingConfig) -> None:
    """GPT-2's 50,257 logits; the seeds are fixed, so this always passes or never."""
    seen = range(0, 50_257, 100)
    p = distribution(gpt2_logits(0), settings, seen)  # (V,)
    found = luck(p, 100_000, settings.seed)
    assert found.draws == 100_000 and not int(found.counts[p == 0].sum())
    assert found.freedom > 5 and found.p_value > 0.001
    assert float(found.expected.sum()) == pytest.approx(100_000)


def test_the_draws_are_those_of_choose() -> None:
    logits, settings = torch.linspace(-2, 2, 12).sin() * 2, SamplingConfig(0.8, top_k=7, seed=9)
    generator = Generator().manual_seed(9)
    drawn = torch.tensor([choose(logits, settings, generator) for _ in range(300)])
    found = luck(distribution(logits, settings), 300, 9)
    assert torch.equal(found.counts, torch.bincount(drawn, minlength=12))


@pytest.mark.parametrize(
    ("statistic", "freedom", "p"), [(3.841459, 1, 0.05), (18.307038, 10, 0.05), (149.449253, 100, 0.001)]
)
def test_p_is_that_of_the_tables(statistic: float, freedom: int, p: float) -> None:
    assert p_value(statistic, freedom) == pytest.approx(p, rel=1e-6)
    assert p_value(0, freedom) == 1 and p_value(math.inf, freedom) == 0


def test_by_hand() -> None:
    """Expected 50, 30, 15, 5 x 1: the five of one expected draw each are pooled."""
    p = torch.tensor([50, 30, 15, 1, 1, 1, 1, 1, 0], dtype=torch.float64) / 100  # (9,)
    found = compared(torch.tensor([45, 35, 12, 2, 2, 2, 1, 1, 0]), p)
    assert (found.pooled, found.freedom) == (5, 3)
    assert found.statistic == pytest.approx(25 / 50 + 25 / 30 + 9 / 15 + 9 / 5)
    few = compared(torch.tensor([50, 30, 18, 1, 1]), torch.tensor([0.5, 0.3, 0.18, 0.01, 0.01], dtype=torch.float64))
    assert (few.pooled, few.freedom, few.statistic) == (3, 2, 0)
    impossible = compared(torch.tensor([9, 1]), torch.tensor([1.0, 0.0], dtype=torch.float64))
    assert impossible.p_value == 0 and impossible.statistic == math.inf


def test_it_is_said_in_words() -> None:
    def said(statistic: float, freedom: int) -> str:
        none = torch.zeros(1)
        return verdict(Luck(none, none, 0, statistic, freedom, p_value(statistic, freedom)))

    assert (
        said(0.455, 1) == "Luck explains it: by luck alone draws differ at least so much in 50 % of such experiments."
    )
    assert said(5.412, 1).startswith("Unusual luck, but luck: by luck alone draws differ at least so much in 2 %")
    assert (
        said(30, 1)
        == "Hardly luck: by luck alone draws differ at least so much in less than 0.1 % of such experiments."
    )
    assert said(0, 0) == "Only one token can be drawn: there is no luck in it."
    for n in (0, -1, 1_000_001):
        with pytest.raises(ValueError, match=f"n is {n}, but it must be a whole number from 1 to 1,000,000"):
            luck(torch.ones(1, dtype=torch.float64), n, 1)
