"""What a cache saves: the counts are those of the operations that run, as torch itself counts them."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gpt.analysis import cache_cost
from gpt.analysis.cache_cost import Pass, steps
from gpt.past import Past
from gpt.tap import Recorder
from tests.support.ladder import CAUSAL, MODELS, RUNGS, T


@pytest.mark.parametrize("rung", RUNGS)
def test_multiply_adds_are_those_that_run(rung: str) -> None:
    """Two operations each, counted by torch: a whole pass and, of a causal model, one that reads on."""
    model, cost = MODELS[rung], cache_cost.cost(RUNGS[rung])
    ways = [(T, 0)] + ([(1, 4), (3, 2)] if rung in CAUSAL else [])
    for new, kept in ways:
        past = Past() if kept else None
        with torch.no_grad():
            if past is not None:
                model(torch.ones(1, kept, dtype=torch.int64), past=past)
            with FlopCounterMode(display=False) as counter:
                model(torch.ones(1, new, dtype=torch.int64), Recorder(), past)
        assert counter.get_total_flops() == 2 * cost.of(Pass(new, kept)), (new, kept)


def test_which_pass_computes_what() -> None:
    """One token a step while the text fits; all of the window once it slides, and without the mask."""
    config = RUNGS["pre-norm"]
    assert steps(config, 3, 7) == (
        Pass(3, 0), Pass(1, 3), Pass(1, 4), Pass(1, 5), Pass(1, 6), Pass(1, 7), Pass(T, 0), Pass(T, 0)
    )  # fmt: skip
    assert steps(config, T + 4, 1) == (Pass(T, 0), Pass(T, 0))
    assert steps(RUNGS["sees the future"], 2, 1) == (Pass(2, 0), Pass(3, 0))
    assert Pass(1, 4).seen == 5


def test_why_all_is_computed_anew() -> None:
    assert cache_cost.why_anew(RUNGS["pre-norm"], T) == ""
    assert "learned position vector" in cache_cost.why_anew(RUNGS["pre-norm"], T + 1)
    assert "another position vector" in cache_cost.why_anew(RUNGS["sinusoidal"], T + 1)
    assert "out of sight" in cache_cost.why_anew(RUNGS["no positions"], T + 1)
    assert "no causal mask" in cache_cost.why_anew(RUNGS["sees the future"], 1)
    assert "no layers" in cache_cost.why_anew(RUNGS["bigram"], 1)


@pytest.mark.parametrize("rung", ["pre-norm", "sees the future", "bigram"])
def test_time_is_measured(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for known in (True, False):
        monkeypatch.setattr(cache_cost, "is_known", lambda config, known=known: known)
        found = cache_cost.measure(MODELS[rung], list(range(5)))
        assert found.tokens == 5 and 0 < found.kept < 1_000 and 0 < found.anew < 1_000
    with pytest.raises(ValueError, match="nothing to measure"):
        cache_cost.measure(MODELS[rung], [])
