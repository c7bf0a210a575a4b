"""A norm that is left out passes on what it gets, and nothing else changes."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from gpt.analysis import norm_switch
from gpt.analysis.layer_norms import Place, inputs, places
from gpt.trace import trace
from gpt.weights import with_config
from tests.support.ladder import IDS, MODELS

RUNGS = ("pre-norm", "gpt-2", "pseudo-gpt", "attention only")


@pytest.mark.parametrize("rung", RUNGS)
def test_all_left_out_is_the_model_without_norms_and_none_the_model_itself(rung: str) -> None:
    model = MODELS[rung]
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    bare = trace(norm_switch.without(model, places(model.config)), IDS)
    torch.testing.assert_close(bare.logits, trace(with_config(model, norm="none"), IDS).logits)
    assert torch.equal(trace(norm_switch.without(model, ()), IDS).logits, trace(model, IDS).logits)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


@pytest.mark.parametrize("rung", RUNGS)
def test_each_matters_and_nothing_before_it_moves(rung: str) -> None:
    model, true = MODELS[rung], trace(MODELS[rung], IDS)
    for i, place in enumerate(places(model.config)):
        seen = trace(norm_switch.without(model, (place,)), IDS)
        assert not torch.allclose(seen.logits, true.logits, atol=1e-3)
        torch.testing.assert_close(inputs(model, seen)[: i + 1], inputs(model, true)[: i + 1])


def test_what_is_compared_and_what_cannot_be() -> None:
    model, true = MODELS["pre-norm"], trace(MODELS["pre-norm"], IDS)
    seen = trace(norm_switch.without(model, norm_switch.meant(model, "all")), IDS)
    found = norm_switch.compare(model, true, seen, IDS)
    torch.testing.assert_close(found.before, inputs(model, true).norm(dim=-1).mean(dim=-1))
    torch.testing.assert_close(found.after, inputs(model, seen).norm(dim=-1).mean(dim=-1))
    assert found.change.kl > 0 and not torch.allclose(found.before, found.after)
    assert norm_switch.meant(model, "mlp.2") == (Place("mlp", 1),) and norm_switch.meant(model, "") == ()
    with pytest.raises(ValueError, match="no norm 'mlp.3'"):
        norm_switch.meant(model, "mlp.3")
    with pytest.raises(ValueError, match="no norm 'final'"):
        norm_switch.without(MODELS["pseudo-gpt"], (Place("final", 2),))
    burst = dataclasses.replace(seen, logits=seen.logits * torch.inf)
    with pytest.raises(ValueError, match="outgrow what 32 bits hold"):
        norm_switch.compare(model, true, burst, IDS)
