"""The search of a whole text, held against an exhaustive one on tiny models."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt.analysis.heads import masks
from gpt.analysis.search import KEPT, Search, Top, windows
from gpt.trace import trace
from tests.support.ladder import MODELS, RUNGS, V

LETTERS = tuple("abcdefghij ")
TEXT = torch.randint(0, V, (93,), generator=torch.Generator().manual_seed(5)).tolist()


@given(st.integers(0, 700), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_windows_count_every_place_once(length: int, block_size: int) -> None:
    found = windows(length, block_size)
    assert sorted(place for one in found for place in range(one.counted, one.end)) == list(range(length))
    for one in found:
        assert one.start <= one.counted < one.end and one.end - one.start <= min(block_size, 128)
        assert one.start == 0 or one.counted - one.start == min(block_size, 128) // 8


def test_the_first_windows_are_from_everywhere() -> None:
    starts = [one.start for one in windows(100_000, 128)[:8]]
    assert len({start * 4 // 100_000 for start in starts}) == 4


def test_top_keeps_the_largest() -> None:
    top, values = Top(3, 4), torch.randn(3, 50, generator=torch.Generator().manual_seed(1))
    for part in range(0, 50, 7):
        top.add(values[:, part : part + 7], torch.arange(part, min(part + 7, 50)))
    best, at = values.topk(4, dim=1)
    assert torch.equal(top.values, best) and torch.equal(top.places, at)


@pytest.mark.parametrize("name", ["pre-norm", "post-norm", "solu", "residual", "sees the future"])
def test_the_ten_places_are_those_of_an_exhaustive_search(name: str) -> None:
    """Every window traced whole, every number sorted: the same ten for every neuron, head and role."""
    model, config = MODELS[name], RUNGS[name]
    search = Search(model, TEXT, LETTERS)
    while not search.over:
        search.read()
    search.read()  # nothing more
    L, H, N = config.n_layer, config.n_head, 4 * config.n_embd
    post, pre = torch.zeros(L, len(TEXT), N), torch.zeros(L, len(TEXT), N)
    given_to = {role: torch.zeros(L, H, len(TEXT)) for role in search.roles}
    for one in windows(len(TEXT), config.block_size):
        here, first = trace(model, TEXT[one.start : one.end]), one.counted - one.start
        post[:, one.counted : one.end], pre[:, one.counted : one.end] = (
            here.mlp_post[:, first:],
            here.mlp_pre[:, first:],
        )
        kinds = masks([LETTERS[i] for i in TEXT[one.start : one.end]])
        for role, table in given_to.items():
            table[:, :, one.counted : one.end] = (here.pattern * kinds[role]).sum(-1)[:, :, first:]
    assert search.share == 1.0 and search.seen == len(TEXT)
    for layer in range(L):
        for neuron in range(N):
            found, share = search.best_of_neuron(layer, neuron)
            want = post[layer, :, neuron].sort(descending=True).values[:KEPT]
            assert torch.allclose(torch.tensor(found.values), want, atol=1e-6)
            assert torch.allclose(post[layer, list(found.places), neuron], want, atol=1e-6)
            assert len(set(found.places)) == KEPT
            assert share == pytest.approx(float((pre[layer, :, neuron] > 0).float().mean()))
        for head in range(H):
            for role, table in given_to.items():
                found = search.best_of_head(layer, head, role)
                want = table[layer, head].sort(descending=True).values[:KEPT]
                assert torch.allclose(torch.tensor(found.values), want, atol=1e-5)
                assert torch.allclose(table[layer, head, list(found.places)], want, atol=1e-5)


def test_what_is_not_there_yet_is_left_out() -> None:
    search = Search(MODELS["pre-norm"], TEXT, LETTERS)
    assert search.best_of_neuron(0, 0) == (search.best_of_head(0, 0, "previous"), 0.0)
    assert search.share == 0.0 and not search.best_of_head(0, 0, "previous").values
    search.read()
    assert 0 < search.share < 1 and len(search.best_of_neuron(1, 31)[0].values) <= KEPT
    place = search.best_of_neuron(0, 0)[0].places[0]
    one = search.window_of(place)
    assert one.counted <= place < one.end
    empty = Search(MODELS["pre-norm"], [], LETTERS)
    assert empty.over and empty.share == 1.0


def test_a_model_without_neurons_has_its_heads_searched() -> None:
    search = Search(MODELS["attention only"], TEXT, LETTERS)
    search.read()
    assert not search.neurons and math.isfinite(search.best_of_head(1, 1, "itself").values[0])
    with pytest.raises(ValueError, match="must be"):
        search.best_of_head(0, 0, "word start")  # eleven letters are mere signs
