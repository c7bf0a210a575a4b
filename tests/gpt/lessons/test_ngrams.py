"""N-grams: rows sum to 1, the pair is the counted bigram, and a shorter context answers for what was never seen."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt.lessons.experiments import bigram
from gpt.lessons.ngrams import LONGEST, STRENGTHS, Counted, NGram, codes, count

V = 5
TEXT = np.random.default_rng(1).choice(V, size=400, p=(0.4, 0.3, 0.15, 0.1, 0.05))
OTHER = np.random.default_rng(2).integers(V, size=100)


@settings(max_examples=40, deadline=None)
@given(
    ids=st.lists(st.integers(0, V - 1), min_size=30, max_size=80),
    before=st.lists(st.integers(0, V - 1), min_size=LONGEST, max_size=LONGEST),
    n=st.integers(1, LONGEST),
    backed=st.booleans(),
)
def test_rows_sum_to_one_whatever_came_before(ids: list[int], before: list[int], n: int, backed: bool) -> None:
    row = Counted(np.array(ids), V).model(n, "back off" if backed else "add one").row(before)
    assert row.shape == (V,) and row.sum() == pytest.approx(1, abs=1e-12)
    assert (row > 0).all()  # what was never seen does not cost infinitely much


def test_the_pair_is_the_counted_bigram() -> None:
    table = bigram.counts(torch.tensor(TEXT), V).numpy()
    pairs = count(TEXT, 2, V)
    whole = np.zeros(V * V, dtype=np.int64)
    whole[pairs.grams] = pairs.times
    assert (whole.reshape(V, V) == table).all()
    model = Counted(TEXT, V).model(2, "add one")
    for char in range(V):
        assert model.row([char]) == pytest.approx((table[char] + 1) / (table[char].sum() + V), abs=1e-12)
    wanted = bigram.counted_loss(torch.tensor(TEXT), torch.tensor(OTHER), V)
    assert model.loss(OTHER) == pytest.approx(wanted, abs=1e-6)


def test_longer_ones_are_counted_as_by_hand() -> None:
    text = "abracadabra"
    ids = np.array([ord(char) - ord("a") for char in text])
    model = Counted(ids, 26)
    three = model.all[2]
    assert dict(zip(three.grams.tolist(), three.times.tolist(), strict=True)) == {
        int(codes(ids[i : i + 3], 3, 26)[0]): text.count(text[i : i + 3]) for i in range(len(text) - 2)
    }
    s = 2.0  # after "ab" always r; what is left of the certainty falls to "b" alone, to all letters, to 1/26
    r = 17
    one = (2 + s / 26) / (11 + s)
    two = (2 + s * one) / (2 + s)
    assert NGram(model.all[:3], "back off", s).row([0, 1])[r] == pytest.approx((2 + s * two) / (2 + s), abs=1e-12)


def test_a_context_that_was_never_seen_is_answered_by_the_shorter_one() -> None:
    counted = Counted(np.array([0, 1, 2, 0, 1, 3, 0, 1, 2] * 2), V)
    assert counted.model(3).row([4, 1]) == pytest.approx(counted.model(2).row([1]))
    assert counted.model(3, "add one").row([4, 1]) == pytest.approx(np.full(V, 1 / V))


def test_the_strength_is_chosen_where_it_was_counted() -> None:
    counted = Counted(TEXT, V)
    cut = len(TEXT) - len(TEXT) // 9
    before = Counted(TEXT[:cut], V).all
    losses = {one: NGram(before, "back off", one).loss(TEXT[cut:]) for one in STRENGTHS}
    assert losses[counted.strength] == min(losses.values())


def test_what_cannot_be_counted_is_refused_with_a_sentence() -> None:
    for n in (0, 500, 30):
        with pytest.raises(ValueError, match="must be 1 or more"):
            count(TEXT, n, V)
    with pytest.raises(ValueError, match="must be 1 to 5"):
        Counted(TEXT, V).model(6)
    with pytest.raises(ValueError, match="give more"):
        Counted(TEXT, V).model(3).row([1])


def test_writing_depends_on_the_seed_alone() -> None:
    model = Counted(TEXT, V).model(3)
    assert model.write([0, 1], 20, 7) == model.write([0, 1], 20, 7) != model.write([0, 1], 20, 8)
