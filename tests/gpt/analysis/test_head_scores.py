"""Scores of heads on patterns made by hand, where the answer is known."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, Tensor

from gpt.analysis.heads import ROLES, WORDS, entropy_share, scores, similar

T = 6


def uniform(causal: bool = True) -> Tensor:
    """Everything that can be seen weighs the same, (T, T)."""
    seen = torch.ones(T, T).tril() if causal else torch.ones(T, T)
    return seen / seen.sum(-1, keepdim=True)


def previous() -> Tensor:
    """Each token looks at the one before it, (T, T)."""
    pattern = torch.zeros(T, T)
    pattern[0, 0] = 1.0
    pattern[torch.arange(1, T), torch.arange(T - 1)] = 1.0
    return pattern


def first() -> Tensor:
    """Each token looks at the first one, (T, T)."""
    pattern = torch.zeros(T, T)
    pattern[:, 0] = 1.0
    return pattern


def test_every_score_is_put_in_words() -> None:
    assert WORDS.keys() == ROLES.keys() | {"diffuse"}
    assert all(sentence.endswith(".") and len(sentence) < 160 for sentence in WORDS.values())


def test_even_is_one_and_sharp_is_zero() -> None:
    found = entropy_share(torch.stack([uniform(), previous()])[None])  # (1, 2, T, T)
    assert found.shape == (1, 2)
    assert found[0].tolist() == pytest.approx([1.0, 0.0], abs=1e-6)
    assert entropy_share(uniform(causal=False)[None, None]).item() == pytest.approx(1.0, abs=1e-6)


def test_between_even_and_sharp_by_hand() -> None:
    """Three tokens; the second row is even, the third looks at two of its three alike."""
    pattern = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
    wanted = (1.0 + math.log(2) / math.log(3)) / 2
    assert entropy_share(pattern[None, None]).item() == pytest.approx(wanted)


def test_an_encoder_could_have_looked_at_all() -> None:
    """The first row sees all three tokens as well, as a weight in the future tells."""
    pattern = torch.tensor([[0.0, 0.5, 0.5], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
    assert entropy_share(pattern[None, None]).item() == pytest.approx(math.log(2) / math.log(3))


def test_one_token_and_no_heads() -> None:
    assert entropy_share(torch.ones(2, 3, 1, 1)).tolist() == [[0.0] * 3] * 2
    assert entropy_share(torch.ones(0, 3, 4, 4)).shape == (0, 3)
    assert similar(torch.ones(0, 3, 4, 4)) == [] and similar(torch.ones(1, 1, 1, 1)) == [(0, 0)]


def test_like_heads_stand_side_by_side() -> None:
    """Three kinds, two heads of each, shuffled over two layers: kinds stay together."""
    kinds = [previous(), uniform(), first()]
    layers = [torch.stack([kinds[k] for k in order]) for order in ([0, 1, 2], [2, 0, 1])]
    order = similar(torch.stack(layers))  # (2, 3, T, T)
    kind_at = {(0, 0): 0, (0, 1): 1, (0, 2): 2, (1, 0): 2, (1, 1): 0, (1, 2): 1}
    along = [kind_at[head] for head in order]
    assert sorted(order) == sorted(kind_at) and along[0::2] == along[1::2]
    assert order == similar(torch.stack(layers))  # the same again


def test_the_order_follows_a_scale() -> None:
    """Heads that go from one kind to another in steps are lined up in their order, whatever their numbers."""
    steps = [0.0, 0.8, 0.2, 0.6, 0.4]
    pattern = torch.stack([(1 - s) * previous() + s * first() for s in steps])[None]  # (1, 5, T, T)
    along = [steps[head] for _, head in similar(pattern)]
    assert along in (sorted(steps), sorted(steps, reverse=True))


def lined_up(pattern: Tensor, root: float, outer: float) -> list[tuple[int, int]]:
    """`similar` by its definition, with the roots as powers: of the weights, and of the sum of squares."""
    L, H = pattern.shape[:2]
    flat = pattern.double().flatten(2).flatten(0, 1).pow(root)  # (L * H, T * T)
    apart = (flat[:, None] - flat[None]).square().sum(-1).pow(outer)  # (L * H, L * H)
    order = [int(apart.sum(1).argmax())]
    while len(order) < L * H:
        left = [i for i in range(L * H) if i not in order]
        order.append(min(left, key=lambda i: float(apart[order[-1], i])))
    return [divmod(i, H) for i in order]


def test_likeness_is_hellinger_s_with_both_of_its_roots() -> None:
    """On these patterns the distance without the root of the weights, or of the sum, gives another order."""
    without: set[str] = set()
    for seed in range(40):
        drawn = torch.randn(2, 4, T, T, generator=Generator().manual_seed(seed)) * 3
        pattern = drawn.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf).softmax(-1)  # (L, H, T, T)
        order = similar(pattern)
        assert order == lined_up(pattern, 0.5, 0.5)
        without |= {"weights"} if order != lined_up(pattern, 1.0, 0.5) else set()
        without |= {"sum"} if order != lined_up(pattern, 0.5, 1.0) else set()
    assert without == {"weights", "sum"}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 4), st.integers(1, 7), st.booleans())
def test_any_pattern_gets_sound_scores(seed: int, layers: int, heads: int, length: int, causal: bool) -> None:
    drawn = torch.randn(layers, heads, length, length, generator=Generator().manual_seed(seed)) * 4
    hidden = torch.ones(length, length).triu(1).bool() & causal
    pattern = drawn.masked_fill(hidden, -math.inf).softmax(-1)
    share = entropy_share(pattern)
    assert share.shape == (layers, heads) and ((share >= 0) & (share <= 1)).all()
    assert sorted(similar(pattern)) == [(layer, head) for layer in range(layers) for head in range(heads)]
    for found in scores(pattern, [chr(97 + i % 3) for i in range(length)]).values():
        assert ((found >= 0) & (found <= 1 + 1e-6)).all()
