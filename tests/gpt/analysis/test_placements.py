"""Laws of places: what each way to tell them does, what a shuffle cannot change, and a lookup that is a product."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from gpt.analysis import onehot, placements, reordering
from gpt.config import GPTConfig
from gpt.positions import sinusoids
from gpt.trace import trace
from gpt.weights import with_config
from tests.support.ladder import IDS, MODELS, SIZE, WITH_BLOCKS, T, fresh
from tests.support.shipped import ids_of, loaded

TEXT = "To be, or not to be"


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_without_positions_the_first_blocks_last_output_does_not_know_the_order(name: str) -> None:
    model = MODELS[name]
    for seed in range(3):
        found = reordering.reordered(model, IDS, seed)
        assert sorted(found.order) == list(range(T)) and found.order[-1] == T - 1
        assert found.without[0] <= 2e-6 * max(found.size, 1)
        if model.config.position == "none":
            assert found.trained == found.without
        elif model.config.position in ("index", "index_scaled") and model.config.norm == "pre":
            assert max(found.trained) <= 1e-4 + max(found.without)  # the norm before each part takes an index away
        elif name != "mean of the past":  # a mean that nothing follows adds up the positions, whoever stands at them
            assert found.trained[0] > 1e-4


def test_trained_models_notice_the_order_from_the_second_block_on() -> None:
    for name in ("shakespeare", "mini"):
        found = reordering.reordered(loaded(name).model, ids_of(TEXT, name), 1)
        assert found.without[0] <= 2e-6 < 1e-2 < min(*found.without[1:], *found.trained)
    double = with_config(loaded("mini").model, n_layer=1, position="none").double()
    found = reordering.reordered(double, ids_of(TEXT, "mini"), 1)
    assert found.without[0] < 1e-14


def test_orders_are_others_and_two_tokens_have_none() -> None:
    assert all(reordering.order_of(3, seed) == (1, 0, 2) for seed in range(9))
    with pytest.raises(ValueError, match="2 tokens have no other order"):
        reordering.order_of(2, 0)


@pytest.mark.parametrize("scheme", ["index", "share"])
def test_an_index_added_to_every_number_is_lost_in_a_norm_and_only_there(scheme: str) -> None:
    pre, none = fresh(GPTConfig(**SIZE)), fresh(GPTConfig(**SIZE, norm="none"))
    for model, lost in ((pre, True), (none, False)):
        told = trace(placements.with_scheme(model, scheme, T), IDS).logits
        bare = trace(placements.with_scheme(model, "none", T), IDS).logits
        assert ((told - bare).abs().max() < 1e-4) == lost
    shown = {one.scheme: one for one in placements.ideas(pre, range(11), T)}
    assert shown[scheme].seen < 1e-9 < shown["sinusoids"].seen


def test_ideas_are_what_their_words_say() -> None:
    model = loaded("mini").model
    found = {one.scheme: one for one in placements.ideas(model, range(65), 64)}
    table = model.token_embedding.weight
    mean, C = float(table.norm(dim=1).mean()), table.shape[1]
    assert found["index"].longest == pytest.approx(63 * math.sqrt(C) / mean, rel=1e-5)
    assert found["share"].longest == pytest.approx(63 / 64 * math.sqrt(C) / mean, rel=1e-5)
    apart = torch.pdist(table.double())
    assert found["index"].step == pytest.approx(math.sqrt(C) / float(apart.mean()), rel=1e-5)
    there = F.normalize(table + 63, dim=1)
    cosines = there @ there.T
    assert found["index"].alike == pytest.approx(float(cosines[~torch.eye(65, dtype=torch.bool)].mean()), abs=1e-5)
    moved = sum(p / 64 - p / 65 for p in range(64)) / 64 * math.sqrt(C)
    assert found["share"].typed == pytest.approx(moved / mean, rel=1e-4)
    assert [found[name].typed for name in ("trained", "sinusoids", "none", "index")] == [0, 0, 0, 0]
    assert (found["none"].longest, found["none"].step, found["none"].seen) == (0, 0, 0)


@pytest.mark.parametrize("name", MODELS)
def test_every_way_stands_in_every_model_that_it_changes_and_leaves_it_as_it_was(name: str) -> None:
    model = MODELS[name]
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    plain = trace(model, IDS)
    for scheme in placements.available(model.config.position):
        changed = trace(placements.with_scheme(model, scheme, T), IDS)
        assert changed.logits.isfinite().all() and not torch.equal(changed.logits, plain.logits)
        if scheme in ("sinusoids", "index", "share") and model.config.n_layer:
            places = placements.places(scheme, T, model.config.n_embd, T)  # (T, C)
            assert torch.equal(changed.resid_pre[0], model.token_embedding.weight[list(IDS)] + places)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    with pytest.raises(ValueError, match="changes nothing in this model"):
        placements.with_scheme(model, "nonsense", 3)


def test_wavelengths_are_those_of_the_waves() -> None:
    C = 10
    waves = sinusoids(5_000, C).double()
    for pair, length in enumerate(placements.wavelengths(C).tolist()):
        angles = torch.arange(5_000).double() * (2 * math.pi / length)
        assert torch.allclose(waves[:, 2 * pair], angles.sin(), atol=2e-3)
        assert torch.allclose(waves[:, 2 * pair + 1], angles.cos(), atol=2e-3)
    assert placements.wavelengths(192)[0] == pytest.approx(2 * math.pi)


@pytest.mark.parametrize("name", ["shakespeare", "mini", "copy"])
def test_a_linear_layer_on_one_hot_vectors_is_an_embedding_bit_for_bit(name: str) -> None:
    table = loaded(name).model.token_embedding.weight
    ids = torch.randint(len(table), (64,), generator=torch.Generator().manual_seed(8)).tolist()
    found = onehot.compare(table, ids)
    assert found.equal and found.gradient == 0.0
    assert found.products == 64 * table.numel() and min(found.looked_up, found.multiplied) > 0


def test_whole_numbers_give_the_same_gradient_at_any_length() -> None:
    table = torch.randn(7, 5, generator=torch.Generator().manual_seed(2))
    ids = torch.randint(7, (3_000,), generator=torch.Generator().manual_seed(4))
    up = torch.randint(-9, 10, (3_000, 5), generator=torch.Generator().manual_seed(5)).float()
    lookup, weight = table.clone().requires_grad_(True), table.clone().T.requires_grad_(True)
    assert onehot.same(lookup, weight, ids, F.one_hot(ids, 7).float(), up) == (True, 0.0)
