"""Cheap guesses: their parts sum to what they split, they know of a stack of edits, and ranks are pandas' ranks."""

from __future__ import annotations

import pandas as pd
import pytest
import torch

from gpt.analysis import guesses
from gpt.analysis.attribution import agreement, direct_effect, token_effect
from gpt.analysis.input_gradients import gradient_times_head, integrated_gradients
from gpt.edits import AblateHead, ScaleSite
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS

LAST = len(IDS) - 1


def test_edges_sum_to_the_direct_effect_of_their_head() -> None:
    model, seen = MODELS["post-norm"], trace(MODELS["post-norm"], IDS)
    found = guesses.edge_effects(model, seen, LAST, 3)  # (L, H, T)
    assert torch.allclose(found.sum(-1), direct_effect(model, seen, LAST, 3), atol=1e-5)
    assert torch.allclose(found[1, 0], token_effect(model, seen, 1, 0, LAST, 3), atol=1e-6)


@pytest.mark.parametrize("rung", ["pre-norm", "gpt-2", "attention only", "post-norm"])
def test_every_part_has_a_guess(rung: str) -> None:
    model, seen = MODELS[rung], trace(MODELS[rung], IDS)
    L, H, T = seen.pattern.shape[:3]
    heads = guesses.of_heads(model, seen, IDS, LAST, 3)
    tokens = guesses.of_tokens(model, seen, IDS, LAST, 3)
    assert {len(one) for one in heads.values()} == {L * H} and {len(one) for one in tokens.values()} == {T}
    assert all(one.shape == (L, H, T) for one in guesses.of_edges(model, seen, 4, LAST, 3).values())
    assert "direct effect" not in guesses.of_edges(model, seen, 4, LAST, 3)  # it does not reach the logit directly


def test_guesses_are_made_on_top_of_edits() -> None:
    """A silent head does nothing any more; integrated gradients still add up; gradients are those with the edits."""
    model, edits = MODELS["pre-norm"], (AblateHead(0, 1), ScaleSite("mlp_out", 1, 0.5))
    seen = trace(model, IDS, edits)
    assert all(float(one[1]) == 0.0 for one in guesses.of_heads(model, seen, IDS, LAST, 3, edits).values())
    found = integrated_gradients(model, IDS, LAST, 3, edits)
    assert float(found.parts.sum()) == pytest.approx(found.end - found.start, abs=0.01 * abs(found.end - found.start))
    assert found.end == pytest.approx(float(seen.logits[LAST, 3]), abs=1e-4)
    step, gradient = 1e-2, gradient_times_head(model, IDS, LAST, 3, edits)[1, 0]
    high, low = (
        trace(model, IDS, (*edits, ScaleSite("z", 1, 1 + by, 0))).logits[LAST, 3].double() for by in (step, -step)
    )
    assert float(gradient) == pytest.approx(float(high - low) / (2 * step), abs=2e-3)


@pytest.mark.parametrize("seed", range(20))
def test_the_rank_correlation_is_that_of_pandas_with_ties(seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    one, other = torch.randint(0, 5, (2, 12), generator=chance).float()  # many ties
    (found,) = agreement({"guess": one, "truth": other}).values()
    ranked, against = (pd.Series(row.tolist()).rank(method="average") for row in (one, other))
    assert found == pytest.approx(ranked.corr(against), abs=1e-6)
