"""What flows: cases made by hand, and the law that the parts of a logit are all of it."""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from gpt import bundled
from gpt.analysis.attribution import (
    agreement,
    direct_effect,
    direct_parts,
    ranks,
    ranks_nothing,
    rollout,
    token_effect,
    value_weighted,
)
from gpt.analysis.stages import block_of
from gpt.config import GPTConfig
from gpt.edits import AblateHead
from gpt.trace import Trace, trace
from tests.support.ladder import IDS, MODELS, OTHER, WITH_BLOCKS, fresh
from tests.support.shipped import ids_of, loaded

SHELVED = [model.name for model in bundled.bundled()]
LAW = 1e-4


@cache
def seen(name: str) -> Trace:
    return trace(MODELS[name], IDS)


def centred(logits: torch.Tensor, token: int) -> float:
    """A logit minus the mean logit of its row (V,)."""
    return float(logits[token].double() - logits.double().mean())


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_weighted_by_values_is_the_length_of_each_head_and_token(name: str) -> None:
    """Written out: one head, one token at a time, its z replaced by one value alone, through the model's own layer."""
    model, here = MODELS[name], seen(name)
    found = value_weighted(here, model)
    L, H, T, D = here.v.shape
    assert found.shape == (L, H, T, T) and torch.allclose(found.sum(-1), torch.ones(L, H, T), atol=1e-6)
    for layer in range(L):
        project = block_of(model, layer).attn.project
        for head in range(H):
            alone = torch.zeros(T, H, D)
            alone[:, head] = here.v[layer, head]
            length = F.linear(alone.flatten(1), project.weight).norm(dim=-1)  # (T,) without the bias
            expected = here.pattern[layer, head] * length
            assert torch.allclose(found[layer, head], expected / expected.sum(-1, keepdim=True), atol=1e-6)


def test_a_token_that_hands_over_nothing_weighs_nothing() -> None:
    here = seen("pre-norm")
    v = here.v.clone()
    v[:, :, 2] = 0.0
    found = value_weighted(dataclasses.replace(here, v=v), MODELS["pre-norm"])
    assert not found[..., 2].any() and torch.allclose(found.sum(-1)[..., 3:], torch.ones(2, 2, 5))
    nothing = value_weighted(dataclasses.replace(here, v=torch.zeros_like(v)), MODELS["pre-norm"])
    assert not nothing.any()  # no number that is none


def test_a_head_that_is_off_carries_nothing_by_any_measure() -> None:
    """Where it looks is one thing; that it hands nothing on must show in what flows."""
    model = MODELS["pre-norm"]
    here = trace(model, IDS, [AblateHead(1, 0)])
    weighted = value_weighted(here, model)
    assert not weighted[1, 0].any() and weighted[1, 1].any() and weighted[0].any(dim=-1).all()
    assert not token_effect(model, here, 1, 0, 5).any() and float(direct_effect(model, here, 5)[1, 0]) == 0.0
    assert token_effect(model, here, 1, 1, 5).any()


def test_rollout_by_hand() -> None:
    """Two layers, two tokens: the second looks at the first with weight 1, then 0.5."""
    here = seen("attention only")
    one = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    half = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
    pattern = torch.stack([torch.stack([one, one]), torch.stack([half, half])])  # (L, H, T, T)
    here = dataclasses.replace(here, pattern=pattern)
    found = rollout(here, MODELS["attention only"])
    assert found[0].tolist() == [[1.0, 0.0], [0.5, 0.5]]
    # 0.5 * half + 0.5 * 1 = [[1, 0], [0.25, 0.75]], times the layer before
    assert found[1].tolist() == [[1.0, 0.0], [0.625, 0.375]]
    # without residual connections nothing of a token stays: half @ one = [[1, 0], [1, 0]]
    assert rollout(here, MODELS["many heads"])[1].tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert rollout(here, MODELS["many heads"])[0].tolist() == one.tolist()


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_rollout_rows_sum_to_one_and_see_no_future(name: str) -> None:
    found = rollout(seen(name), MODELS[name])
    assert found.shape == seen(name).pattern[:, 0].shape
    assert torch.allclose(found.sum(-1), torch.ones(found.shape[:2]), atol=1e-5)
    assert not MODELS[name].config.causal or not found.triu(1).any()


def test_without_blocks_nothing_flows() -> None:
    model, here = MODELS["bigram"], seen("bigram")
    assert value_weighted(here, model).shape == (0, 1, 8, 8) and rollout(here, model).shape == (0, 8, 8)
    assert direct_effect(model, here, 3).shape == (0, 1)
    with pytest.raises(ValueError, match="no blocks"):
        direct_parts(model, here, 3)
    with pytest.raises(ValueError, match="no blocks"):
        token_effect(model, here, 0, 0, 3)


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_the_parts_of_a_logit_are_all_of_it(name: str) -> None:
    """For every position and every token; and a head's part is the sum over the tokens that it looked at."""
    model = MODELS[name]
    for ids in (IDS, OTHER):
        here = trace(model, ids)
        for position in range(len(ids)):
            predicted = int(here.logits[position].argmax())
            assert torch.equal(direct_effect(model, here, position), direct_effect(model, here, position, predicted))
            for token in range(model.config.vocab_size):
                parts = direct_parts(model, here, position, token)
                assert math.fsum(parts.values()) == pytest.approx(centred(here.logits[position], token), abs=LAW)
            effects = direct_effect(model, here, position)  # (L, H)
            for layer in range(model.config.n_layer):
                for head in range(model.config.n_head):
                    split = token_effect(model, here, layer, head, position)  # (T,)
                    assert float(split.sum()) == pytest.approx(float(effects[layer, head]), abs=1e-5)
                    assert not model.config.causal or not split[position + 1 :].any()


@pytest.mark.parametrize("name", SHELVED)
def test_and_of_the_bundled_models(name: str) -> None:
    model, ids = loaded(name).model, ids_of({"copy": "gacbdeh|gac", "sort": "cab>ab"}.get(name, "ROMEO:\nBut"), name)
    here = trace(model, ids)
    for position in range(len(ids)):
        parts = direct_parts(model, here, position)
        wanted = centred(here.logits[position], int(here.logits[position].argmax()))
        assert math.fsum(parts.values()) == pytest.approx(wanted, abs=LAW)


def test_the_names_of_the_parts() -> None:
    parts = direct_parts(MODELS["gpt-2"], seen("gpt-2"), 4)
    heads = {f"layer {layer} head {head}" for layer in range(2) for head in range(2)}
    assert heads | {"token", "position", "layer 0 MLP", "layer 1 bias", "final norm"} <= parts.keys()


def test_a_head_that_writes_the_answer_has_all_the_effect() -> None:
    """One layer whose head 0 adds exactly the row of token 2, and head 1 nothing: no norm, no MLP."""
    shape: dict[str, Any] = {"vocab_size": 4, "block_size": 4, "n_layer": 1, "n_head": 2, "n_embd": 4}
    model = fresh(GPTConfig(**shape, norm="none", feed_forward=False, position="none", head="untied"))
    with torch.no_grad():
        model.unembed.weight.copy_(torch.eye(4))
        block_of(model, 0).attn.project.weight.zero_()
        block_of(model, 0).attn.project.weight[2, 0] = 1.0  # the first number of head 0 goes to the logit of token 2
    here = trace(model, [0, 1, 3])
    effect = direct_effect(model, here, 2, token=2)
    assert float(effect[0, 0]) == pytest.approx(
        0.75 * float(here.z[0, 0, 2, 0])
    )  # the mean of four logits is a quarter
    assert float(effect[0, 1]) == 0.0


def test_ablation_takes_away_just_the_direct_effect_of_a_last_head() -> None:
    """In the last layer, without an MLP, a head acts in no other way; the spread of the final norm is held still."""
    model = MODELS["attention only"]
    here, without = seen("attention only"), trace(model, IDS, [AblateHead(1, 0)])
    position, token = 5, int(here.logits[5].argmax())
    effect = float(direct_effect(model, here, position, token)[1, 0])
    norm = model.norm_final
    assert isinstance(norm, torch.nn.LayerNorm) and isinstance(model.unembed, torch.nn.Linear)
    gain = norm.weight
    old, new = here.resid_post[1, position], without.resid_post[1, position]
    frozen = (old.var(correction=0) + norm.eps).sqrt()
    logits = [model.unembed((x - x.mean()) / frozen * gain) for x in (old, new)]
    assert centred(logits[0], token) - centred(logits[1], token) == pytest.approx(effect, abs=1e-5)


@pytest.mark.parametrize(
    ("position", "token", "said"),
    [(8, None, "position is 8.*0 to 7"), (-1, None, "position is -1"), (0, 11, "token is 11.*0 to 10")],
)
def test_what_is_not_there_is_refused(position: int, token: int | None, said: str) -> None:
    for ask in (direct_effect, direct_parts):
        with pytest.raises(ValueError, match=said):
            ask(MODELS["pre-norm"], seen("pre-norm"), position, token)
    with pytest.raises(ValueError, match="layer is 2"):
        token_effect(MODELS["pre-norm"], seen("pre-norm"), 2, 0, 0)


def test_ranks_and_agreement_by_hand() -> None:
    assert ranks(torch.tensor([0.1, 0.4, 0.1, 0.9])).tolist() == [0.5, 2.0, 0.5, 3.0]
    rows = {
        "a": torch.tensor([0.1, 0.2, 0.3, 0.4]),
        "b": torch.tensor([1.0, 4.0, 9.0, 16.0]),  # the same order
        "c": torch.tensor([4.0, 3.0, 2.0, 1.0]),  # the reverse
        "d": torch.tensor([0.2, 0.1, 0.4, 0.3]),  # 1 - 6 * (1 + 1 + 1 + 1) / (4 * 15)
        "flat": torch.full((4,), 0.25),
    }
    found = agreement(rows)
    assert found["a", "b"] == pytest.approx(1.0) and found["a", "c"] == pytest.approx(-1.0)
    assert found["a", "d"] == pytest.approx(0.6)
    assert not any("flat" in pair for pair in found)  # it ranks nothing
    assert agreement({"a": torch.tensor([1.0]), "b": torch.tensor([2.0])}) == {}
    with pytest.raises(ValueError, match="same T"):
        agreement({"a": torch.zeros(3), "b": torch.zeros(4)})


def test_rounding_ranks_nothing() -> None:
    """Uniform attention: every weight is 1/n, but for the last bit of 32; the correlation of that noise was 0.92."""
    even = torch.full((9,), 1 / 9)
    noisy = even * (1 + 2e-7 * torch.arange(9).float())  # rises, within rounding
    falls = torch.arange(9.0, 0.0, -1.0)
    assert (
        ranks_nothing(even) and ranks_nothing(noisy) and ranks_nothing(torch.tensor([0.3])) and ranks_nothing(even * 0)
    )
    assert not ranks_nothing(falls) and not ranks_nothing(torch.tensor([1e-6, 2e-6, 0.9]))  # small is not equal
    assert agreement({"even": noisy, "falls": falls, "rises": -falls}) == {("falls", "rises"): pytest.approx(-1.0)}
    assert ranks(torch.tensor([0.2, 0.5, 0.2 + 1e-8, 0.1])).tolist() == [1.5, 3.0, 1.5, 0.0]
    model = MODELS["uniform in a whole gpt"]
    here = trace(model, IDS)
    assert ranks_nothing(here.pattern[1, 0, 6, :7]) and not ranks_nothing(value_weighted(here, model)[1, 0, 6, :7])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=12))
def test_agreement_is_the_correlation_of_ranks(pairs: list[tuple[int, int]]) -> None:
    a, b = torch.tensor(pairs, dtype=torch.float64).T
    found = agreement({"a": a, "b": b})
    if len(set(a.tolist())) == 1 or len(set(b.tolist())) == 1:
        assert found == {}
        return

    def place(x: float, row: list[float]) -> float:  # the mean of the places that equal numbers take
        places = [i for i, y in enumerate(sorted(row)) if y == x]
        return sum(places) / len(places)

    ranked = torch.tensor([[place(x, row.tolist()) for x in row.tolist()] for row in (a, b)])
    assert found["a", "b"] == pytest.approx(float(torch.corrcoef(ranked)[0, 1]), abs=1e-6)
