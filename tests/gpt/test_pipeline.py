"""Every step from logits to probabilities against a reference in plain numpy, and against `transformers`' own."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from gpt.config import SamplingConfig
from gpt.config.sampling import STEPS
from gpt.pipeline import REMOVED_BY, distribution, stages
from gpt.sampling import generate
from tests.support import ROOT

AFTER = dict(zip(STEPS, ("penalised", "scaled", "after_top_k", "after_top_p", "after_min_p"), strict=True))
quick = hypothesis_settings(max_examples=80, deadline=None)
small = st.integers(-40, 40).map(lambda i: i / 8) | st.floats(-20, 20, width=32) | st.just(-math.inf)
huge = st.floats(-1e300, 1e300) | st.sampled_from([-1e300, 1e300, 0.0, -math.inf])
possible = st.lists(small, min_size=2, max_size=40) | st.lists(huge, min_size=2, max_size=12)
rows = possible.filter(lambda row: max(row) > -math.inf)
knobs = st.builds(
    SamplingConfig,
    temperature=st.sampled_from([0.01, 0.05, 0.7, 1.0, 5.0, 100.0]) | st.floats(0.05, 5),
    top_k=st.sampled_from([0, 0, 1, 3]) | st.integers(0, 45),
    top_p=st.sampled_from([1.0, 1.0, 0.0, 0.5, 0.9]) | st.floats(0, 1),
    greedy=st.sampled_from([False, False, False, True]),
    min_p=st.sampled_from([0.0, 0.0, 0.05, 0.5, 1.0]) | st.floats(0, 1),
    repetition_penalty=st.sampled_from([1.0, 1.2, 0.5, 10.0]) | st.floats(0.1, 10),
    order=st.just(".".join(STEPS)) | st.permutations(tuple(STEPS)).map(".".join),
)
whole = st.sampled_from([2, 65, 1024, 50_257])


def shares(values: np.ndarray) -> np.ndarray:
    """Softmax in float64; -inf becomes 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.where(np.isneginf(values), 0.0, np.exp(values - values.max()))  # (V,)
    return weights / weights.sum()  # (V,)


def penalised(values: np.ndarray, penalty: float, seen: list[int]) -> np.ndarray:
    """CTRL's, as `transformers` has it."""
    found = values.copy()
    for i in set(seen):
        found[i] = found[i] / penalty if found[i] > 0 else found[i] * penalty
    return found


def reference(row: np.ndarray, knob: SamplingConfig, seen: list[int]) -> tuple[dict[str, np.ndarray], float]:
    """What every step leaves, and the probabilities; and how close a cut came to a tie that rounding settles."""
    values, ranks, gone, found, closest = row.copy(), row, np.zeros(len(row), bool), {}, math.inf
    final = penalised(row, knob.repetition_penalty, seen)
    for step in knob.order.split("."):
        left = [int(i) for i in np.lexsort((np.arange(len(row)), -ranks)) if not gone[i]]  # likeliest first
        share = shares(values)[left]  # (number left,)
        if step == "penalty":
            values, ranks = penalised(values, knob.repetition_penalty, seen), final
        elif step == "temperature":
            values = values / knob.temperature
        elif knob.greedy:
            if step == "top-p":
                gone[np.arange(len(row)) != int(np.lexsort((np.arange(len(row)), -final))[0])] = True
        elif step == "top-k" and knob.top_k:
            gone[left[knob.top_k :]] = True
        elif step == "top-p" and knob.top_p < 1:
            before = np.concatenate([[0.0], np.cumsum(share)[:-1]])  # (number left,)
            closest = min([closest, *np.abs(before[1:] - knob.top_p)])
            gone[[i for place, i in enumerate(left) if place and before[place] >= knob.top_p]] = True
        elif step == "min-p" and knob.min_p:
            ratio = share / share.max()  # (number left,)
            apart = np.abs(ratio - knob.min_p) / np.maximum(ratio, knob.min_p)  # (number left,) without overflow
            closest = min([closest, *apart[share < share.max()]])
            gone[[i for i, r in zip(left, ratio, strict=True) if r < share.max() / share.max() * knob.min_p]] = True
        values = np.where(gone, -math.inf, values)  # (V,)
        found[step] = values
    return {**found, "probabilities": shares(values)}, closest


def same(row: np.ndarray, knob: SamplingConfig, seen: list[int], tolerance: float) -> None:
    """All stages are the reference's."""
    wanted, closest = reference(row, knob, seen)
    assume(closest > 1e-9)  # a sum that lands on a border is settled by rounding
    got = stages(row, knob, seen)
    for step, name in AFTER.items():
        found = getattr(got, name).numpy()  # (V,)
        np.testing.assert_array_equal(np.isneginf(found), np.isneginf(wanted[step]), err_msg=step)
        left = ~np.isneginf(found)  # (V,)
        np.testing.assert_allclose(found[left], wanted[step][left], rtol=1e-14, atol=0, err_msg=step)
    np.testing.assert_allclose(got.probabilities.numpy(), wanted["probabilities"], rtol=0, atol=tolerance)
    np.testing.assert_allclose(got.cumulative.numpy(), np.cumsum(wanted["probabilities"]), rtol=0, atol=tolerance)
    assert got.cumulative[-1] == 1 and bool((got.cumulative.diff() >= 0).all())
    assert torch.equal(got.probabilities, distribution(row, knob, seen))
    assert torch.equal(got.kept, (got.removed_by == 0) & (got.logits > -math.inf)) and bool(got.kept.any())
    by = {REMOVED_BY[int(code)] for code in got.removed_by} - {"kept"}
    assert by <= ({"greedy"} if knob.greedy else {"top-k", "top-p", "min-p"})


@quick
@given(rows, knobs, st.lists(st.integers(0, 39), max_size=12))
@example([1e300, -1e300, 1e300, 5.0], SamplingConfig(0.01, repetition_penalty=0.1), [0, 1])
@example([-math.inf, 0.0, 0.0, -math.inf, 0.0], SamplingConfig(top_k=2, min_p=1.0, top_p=0.4), [0])
def test_all_stages_are_those_of_the_reference(row: list[float], knob: SamplingConfig, seen: list[int]) -> None:
    same(np.array(row), knob, [i for i in seen if i < len(row)], 1e-12)


@hypothesis_settings(max_examples=8, deadline=None)
@given(whole, knobs, st.integers(0, 2**32 - 1), st.sampled_from(["normal", "ties", "holes", "large"]))
def test_so_they_are_over_a_whole_vocabulary(V: int, knob: SamplingConfig, seed: int, kind: str) -> None:
    chance = np.random.default_rng(seed)
    row = chance.normal(0, 3, V).astype(np.float32).astype(np.float64)  # (V,)
    if kind == "ties":
        row = np.round(row)
    if kind == "holes":
        row[chance.random(V) < 0.5] = -math.inf
        row[0] = 0.0
    if kind == "large":
        row *= 1e290
    same(row, knob, chance.integers(0, V, 20).tolist(), 1e-10)


@hypothesis_settings(max_examples=15, deadline=None)
@given(whole, knobs, st.integers(0, 2**32 - 1))
def test_they_are_what_transformers_does(V: int, knob: SamplingConfig, seed: int) -> None:
    """Its own warpers in its own order; where nothing ties at a border, for it keeps other ones of equals there."""
    warpers = pytest.importorskip("transformers.generation.logits_process")
    chance = np.random.default_rng(seed)
    row = chance.normal(0, 3, V)  # (V,)
    knob = SamplingConfig(knob.temperature, knob.top_k, knob.top_p, False, 1, knob.min_p, knob.repetition_penalty)
    seen = chance.integers(0, V, 20).tolist()
    assume(reference(row, knob, seen)[1] > 1e-9)
    chain = [
        warpers.RepetitionPenaltyLogitsProcessor(knob.repetition_penalty),
        warpers.TemperatureLogitsWarper(float(knob.temperature)),
        *([warpers.TopKLogitsWarper(knob.top_k)] if knob.top_k else []),
        *([warpers.TopPLogitsWarper(knob.top_p)] if knob.top_p < 1 else []),
        *([warpers.MinPLogitsWarper(knob.min_p)] if knob.min_p else []),
    ]
    scores, ids = torch.from_numpy(row)[None], torch.tensor([seen])  # (1, V), (1, 20)
    got = stages(row, knob, seen)
    after = {"Repetition": got.penalised, "Temperature": got.scaled, "TopK": got.after_top_k, "TopP": got.after_top_p}
    for warper in chain:
        scores = warper(ids, scores)  # (1, V)
        mine = next((v for name, v in after.items() if type(warper).__name__.startswith(name)), got.after_min_p)  # (V,)
        torch.testing.assert_close(mine, scores[0], rtol=1e-6, atol=0)
    torch.testing.assert_close(got.probabilities, scores[0].softmax(0), rtol=0, atol=1e-6)


def probabilities(knob: SamplingConfig, *shares: float, seen: tuple[int, ...] = ()) -> list[float]:
    return [round(float(p), 6) for p in distribution(torch.tensor(shares, dtype=torch.float64).log(), knob, seen)]


def test_the_order_counts() -> None:
    """p = .4 .3 .2 .1: top-p .5 keeps two before top-k 2, and one behind it; so with each pair of steps."""
    first = "penalty.temperature.top-p.top-k.min-p"
    assert probabilities(SamplingConfig(top_k=2, top_p=0.5), 0.4, 0.3, 0.2, 0.1) == [1, 0, 0, 0]
    assert probabilities(SamplingConfig(top_k=2, top_p=0.5, order=first), 0.4, 0.3, 0.2, 0.1)[2:] == [0, 0]
    assert probabilities(SamplingConfig(top_k=2, top_p=0.5, order=first), 0.4, 0.3, 0.2, 0.1)[1] > 0
    hot = SamplingConfig(2.0, min_p=0.6, order="min-p.temperature.penalty.top-k.top-p")  # .3 / .4 = .75, .2 / .4 = .5
    assert [p > 0 for p in probabilities(hot, 0.4, 0.3, 0.2, 0.1)] == [True, True, False, False]
    usual = SamplingConfig(2.0, min_p=0.6)  # at T = 2 it is √.5 = .707, and √.25 = .5
    assert [p > 0 for p in probabilities(usual, 0.4, 0.3, 0.2, 0.1)] == [True, True, True, False]


def test_min_p_keeps_equals_together_and_a_share_that_is_exactly_it() -> None:
    assert probabilities(SamplingConfig(min_p=1.0), 0.4, 0.4, 0.2) == [0.5, 0.5, 0]
    assert probabilities(SamplingConfig(min_p=0.5), 0.4, 0.2, 0.2, 0.1, 0.1) == [0.5, 0.25, 0.25, 0, 0]


def test_the_penalty_counts_a_token_once_and_decides_greedy_in_every_order() -> None:
    row = torch.tensor([2.0, 1.5, -1.0], dtype=torch.float64)
    for order in (".".join(STEPS), ".".join(reversed(STEPS))):
        knob = SamplingConfig(greedy=True, repetition_penalty=2.0, order=order)
        assert distribution(row, knob, [0, 0]).tolist() == [0, 1, 0]
        assert stages(row, knob, [0, 0, 2]).penalised.tolist()[0] in (1.0, -math.inf)
    assert stages(row, SamplingConfig(repetition_penalty=2.0), [0, 0, 2]).penalised.tolist() == [1.0, 1.5, -2.0]
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"hold the id {wrong}, but must lie from 0 to 2"):
            stages(row, SamplingConfig(repetition_penalty=2.0), [0, wrong])


class Echo:
    """A model that always says the same."""

    class config:
        block_size = 4

    def __call__(self, ids: Tensor) -> Tensor:
        return torch.tensor([2.0, 1.9, 1.8, 1.7, 1.6, 1.5]).expand(1, ids.shape[1], 6)


def test_what_is_written_is_penalised_within_the_window() -> None:
    knob = SamplingConfig(greedy=True, repetition_penalty=2.0)
    assert [choice.id for choice in generate(Echo(), [5], knob, 8)] == [0, 1, 2, 3, 4, 0, 1, 2]
    assert [choice.id for choice in generate(Echo(), [5], SamplingConfig(greedy=True), 3)] == [0, 0, 0]


def test_what_the_browser_is_compared_with_is_ours() -> None:
    """tests/data/pipeline.json, which tests/js/pipeline.test.js reads: seven settings, ties, an impossible token."""
    told = json.loads((ROOT / "tests/data/pipeline.json").read_text(encoding="utf-8"))

    def row(values: list[float | None]) -> np.ndarray:
        return np.array([-math.inf if value is None else value for value in values])  # (V,)

    for case in told["cases"]:
        got = stages(row(told["logits"]), SamplingConfig(**case["settings"]), told["seen"])
        for name in (*STEPS, "probabilities", "cumulative"):
            found = getattr(got, AFTER.get(name, name)).numpy()  # (V,)
            np.testing.assert_allclose(found, row(case[name]), rtol=1e-12, atol=1e-15, err_msg=name)
        assert [REMOVED_BY[int(code)].replace("kept", "") for code in got.removed_by] == case["removed_by"]
