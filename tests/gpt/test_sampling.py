"""The sampler against a naive one written here, its laws over generated logits, and GPT-2's own 50,257 logits."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Generator, Tensor

from gpt.analysis import entropy
from gpt.config import ConfigError, SamplingConfig
from gpt.sampling import REMOVED_BY, choose, distribution, draw, generator, stages
from tests.support.references import gpt2_logits

quick = hypothesis_settings(max_examples=150, deadline=None)

# Eighths make ties common; the float32 values do not. -inf is an impossible token.
eighths = st.integers(-40, 40).map(lambda i: i / 8)
numbers = eighths | st.floats(-20, 20, width=32) | st.just(-math.inf)
rows = st.lists(numbers, min_size=1, max_size=40).filter(lambda row: max(row) > -math.inf)
tied_rows = st.lists(st.integers(0, 3).map(float), min_size=1, max_size=40)
knobs = st.builds(
    SamplingConfig,
    temperature=st.sampled_from([0.01, 0.1, 0.5, 1.0, 1.7, 100.0]) | st.floats(0.05, 20),
    top_k=st.none() | st.integers(0, 45),
    top_p=st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]) | st.floats(0, 1),
)


def f64(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)  # (V,)


def softmax(values: np.ndarray) -> np.ndarray:
    """Plain softmax; -inf becomes 0."""
    weights = np.array([math.exp(v - max(values)) for v in values])  # (V,)
    return weights / math.fsum(weights)  # (V,)


def naive(logits: list[float], settings: SamplingConfig) -> tuple[np.ndarray, float]:
    """Token by token, with Python's sort and exact sums; and how close top-p came to a tie at its border."""
    ids = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    keep = ids[:1] if settings.greedy else ids[: settings.top_k or None]
    closest = math.inf
    if settings.top_p < 1 and not settings.greedy:
        shares = softmax(np.array([logits[i] for i in keep]) / settings.temperature)  # (number kept,)
        before = [math.fsum(shares[:rank]) for rank in range(len(keep))]
        closest = min((abs(b - settings.top_p) for b in before[1:]), default=math.inf)
        keep = [i for rank, i in enumerate(keep) if rank == 0 or before[rank] < settings.top_p]
    probabilities = np.zeros(len(logits))  # (V,)
    probabilities[keep] = softmax(np.array([logits[i] for i in keep]) / settings.temperature)
    return probabilities, closest


@quick
@given(rows, knobs, st.booleans())
def test_equals_the_naive_sampler(row: list[float], knob: SamplingConfig, greedy: bool) -> None:
    settings = SamplingConfig(knob.temperature, knob.top_k, knob.top_p, greedy)
    expected, closest = naive(row, settings)
    assume(closest > 1e-9)  # a sum that lands on top_p is settled by rounding: see the tests of round numbers
    got = distribution(f64(row), settings)
    assert got.dtype == torch.float64 and got.shape == (len(row),)
    np.testing.assert_allclose(got.numpy(), expected, rtol=0, atol=1e-12)
    assert abs(float(got.sum()) - 1) < 1e-12


@quick
@given(rows, knobs, st.booleans())
def test_stages_agree_with_each_other(row: list[float], knob: SamplingConfig, greedy: bool) -> None:
    settings = SamplingConfig(knob.temperature, knob.top_k, knob.top_p, greedy)
    s = stages(f64(row), settings)
    assert torch.equal(s.logits, f64(row)) and torch.equal(s.scaled, s.logits / settings.temperature)
    assert torch.equal(s.probabilities, distribution(f64(row), settings))
    assert torch.equal(s.kept, (s.removed_by == 0) & (s.logits > -math.inf)) and bool(s.kept.any())
    assert s.kept.dtype == torch.bool and s.removed_by.dtype == torch.int8
    assert bool((s.probabilities[~s.kept] == 0).all())
    for after, codes in ((s.after_top_k, (1,)), (s.after_top_p, (1, 2, 3))):
        gone = torch.isin(s.removed_by, torch.tensor(codes, dtype=torch.int8))  # (V,)
        assert torch.equal(after, s.scaled.masked_fill(gone, -math.inf))
    codes = {REMOVED_BY[int(code)] for code in s.removed_by} - {"kept"}
    assert codes <= ({"greedy"} if greedy else {"top-k", "top-p"})
    with pytest.raises(AttributeError):
        s.kept = s.kept  # type: ignore[misc]


@quick
@given(st.lists(eighths, min_size=1, max_size=40), st.integers(0, 45))
def test_top_k_keeps_exactly_k_ties_or_not(row: list[float], k: int) -> None:
    kept = stages(f64(row), SamplingConfig(top_k=k)).kept
    assert int(kept.sum()) == (min(k, len(row)) if k else len(row))
    assert min((v for v, stays in zip(row, kept, strict=True) if stays)) >= max(
        (v for v, stays in zip(row, kept, strict=True) if not stays), default=-math.inf
    )


@quick
@given(tied_rows, knobs, st.booleans())
def test_of_equal_logits_the_lowest_ids_stay(row: list[float], knob: SamplingConfig, greedy: bool) -> None:
    settings = SamplingConfig(knob.temperature, knob.top_k, knob.top_p, greedy)
    kept = stages(f64(row), settings).kept.tolist()
    for value in set(row):
        of_value = [stays for v, stays in zip(row, kept, strict=True) if v == value]
        assert of_value == sorted(of_value, reverse=True)  # all that stay come first


@quick
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20), st.sampled_from([0.01, 1.0, 100.0]))
def test_three_ways_to_ask_for_the_likeliest(row: list[float], temperature: float) -> None:
    expected = torch.nn.functional.one_hot(torch.tensor(row.index(max(row))), len(row)).double()  # (V,)
    for way in ({"greedy": True}, {"top_k": 1}, {"top_p": 0.0}):
        settings = SamplingConfig(temperature=temperature, **way)  # type: ignore[arg-type]
        assert torch.equal(distribution(f64(row), settings), expected), way


@quick
@given(st.lists(numbers, min_size=2, max_size=40).filter(lambda row: max(row) > -math.inf), st.floats(0, 0.999))
def test_top_p_keeps_the_fewest_that_reach_it(row: list[float], top_p: float) -> None:
    s, p = stages(f64(row), SamplingConfig(top_p=top_p)), distribution(f64(row), SamplingConfig())
    held = float(p[s.kept].sum())
    assert held >= top_p - 1e-9
    if int(s.kept.sum()) > 1:
        assert held - float(p[s.kept].min()) < top_p + 1e-9  # one fewer would not do


@quick
@given(rows, st.floats(0.05, 10), st.floats(1.0, 4))
def test_heat_flattens(row: list[float], temperature: float, factor: float) -> None:
    cool = distribution(f64(row), SamplingConfig(temperature=temperature))
    warm = distribution(f64(row), SamplingConfig(temperature=temperature * factor))
    assert float(warm.max()) <= float(cool.max()) + 1e-12
    assert entropy.of(warm) >= entropy.of(cool) - 1e-9


def test_top_k_comes_before_top_p() -> None:
    """p = .4 .3 .2 .1: after k = 2 the first holds 4/7 > .5. With top-p first, .4 < .5 would keep two."""
    got = distribution(f64([0.4, 0.3, 0.2, 0.1]).log(), SamplingConfig(top_k=2, top_p=0.5))
    assert got.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_temperature_comes_before_top_p() -> None:
    """p = .5 .3 .2: top-p .5 keeps one at T = 1, but at T = 2 the first holds only 41.5 %, so two stay."""
    logits = f64([0.5, 0.3, 0.2]).log()
    assert int(stages(logits, SamplingConfig(top_p=0.5)).kept.sum()) == 1
    assert int(stages(logits, SamplingConfig(temperature=2.0, top_p=0.5)).kept.sum()) == 2


@pytest.mark.parametrize("tokens", [5, 10, 65, 100, 1000])
def test_round_numbers_keep_what_a_hand_count_keeps(tokens: int) -> None:
    """Equal tokens: m of N hold exactly m / N, though in doubles .1 eight times is 0.7999999999999999."""
    for m in range(1, tokens + 1, max(1, tokens // 50)):
        assert int(stages(torch.zeros(tokens), SamplingConfig(top_p=m / tokens)).kept.sum()) == m


def test_top_p_of_one_removes_nothing_and_impossible_tokens_stay_impossible() -> None:
    row = f64([0.0, -80.0, -math.inf, -700.0])
    s = stages(row, SamplingConfig(top_p=1.0, top_k=None))
    assert s.removed_by.tolist() == [0, 0, 0, 0] and s.kept.tolist() == [True, True, False, True]
    assert s.probabilities[3] > 0 and s.probabilities[2] == 0
    assert stages(row, SamplingConfig(top_k=3, top_p=0.5)).removed_by.tolist() == [0, 2, 1, 2]
    assert stages(row, SamplingConfig(top_k=3, top_p=0.5, greedy=True)).removed_by.tolist() == [0, 3, 3, 3]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_float_type_and_numpy(dtype: torch.dtype) -> None:
    row = torch.tensor([0.5, -1.25, 3.0, 3.0], dtype=dtype, requires_grad=True)
    settings = SamplingConfig(temperature=0.7, top_k=3, top_p=0.99)
    expected = distribution(f64([0.5, -1.25, 3.0, 3.0]), settings)
    assert torch.equal(distribution(row, settings), expected) and not distribution(row, settings).requires_grad
    if dtype is not torch.bfloat16:
        assert torch.equal(distribution(row.detach().numpy()[::-1][::-1], settings), expected)


def test_the_input_is_neither_changed_nor_shared() -> None:
    for row in (f64([1.0, 2.0]), np.array([1.0, 2.0])):
        s = stages(row, SamplingConfig(top_k=1))
        assert row.tolist() == [1.0, 2.0]
        row[0] = 9.0
        assert s.logits.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (torch.tensor([0.0, math.nan]), "nan at token 1"),
        (torch.tensor([math.inf, 0.0]), "inf at token 0"),
        (np.array([0.0, 0.0, 1e301]), r"1e\+301 at token 2"),
        (torch.full((3,), -math.inf), "All logits are -inf"),
        (torch.zeros(0), r"shape \(0,\)"),
        (torch.zeros(2, 3), r"shape \(2, 3\)"),
        (torch.zeros(2, dtype=torch.complex64), "one row of numbers"),
        (np.array(["a"]), "one row of numbers"),
        ([0.0, 1.0], "list"),
    ],
)
def test_logits_that_cannot_be_sampled_are_refused(row: Tensor, words: str) -> None:
    generator = Generator().manual_seed(0)
    before = generator.get_state()
    for settings in (SamplingConfig(), SamplingConfig(greedy=True)):
        with pytest.raises(ValueError, match=words) as refusal:
            choose(row, settings, generator)
        assert str(refusal.value).endswith(".") and "\n" not in str(refusal.value)
    assert torch.equal(generator.get_state(), before)


@quick
@given(rows, knobs, st.booleans(), st.integers(0, 2**32 - 1))
def test_u_falls_inside_the_chosen_stretch(row: list[float], knob: SamplingConfig, greedy: bool, seed: int) -> None:
    settings = SamplingConfig(knob.temperature, knob.top_k, knob.top_p, greedy, seed)
    generator, plain = Generator().manual_seed(seed), Generator().manual_seed(seed)
    for index in range(3):  # one draw each, under greedy too
        choice = choose(f64(row), settings, generator, explain=True)
        assert choose(f64(row), settings, plain) == choice.id
        p = distribution(f64(row), settings)
        assert choice.u == draw(seed, index)
        assert 0 <= choice.start <= choice.u < choice.end <= 1
        assert choice.probability == float(p[choice.id]) > 0
        assert choice.start == pytest.approx(float(p[: choice.id].sum()), abs=1e-12)
        assert choice.end - choice.start == pytest.approx(choice.probability, abs=1e-12)


@pytest.mark.parametrize("u", [0.0, 0.5, 1 - 2**-53])
def test_the_ends_of_the_bar_are_never_an_impossible_token(monkeypatch: pytest.MonkeyPatch, u: float) -> None:
    """65 equal tokens between two impossible ones: in doubles 65 times 1/65 falls short of 1, and of the largest u."""
    row = torch.cat([torch.tensor([-math.inf]), torch.zeros(65), torch.tensor([-math.inf])])  # (67,)
    assert float(distribution(row, SamplingConfig()).cumsum(0)[-1]) < 1 - 2**-53
    monkeypatch.setattr(torch, "rand", lambda *_, **__: torch.tensor(u, dtype=torch.float64))
    choice = choose(row, SamplingConfig(), Generator(), explain=True)
    assert 1 <= choice.id <= 65 and choice.start <= u < choice.end
    assert choice.id == 1 + int(u * 65)


@pytest.mark.parametrize("settings", [SamplingConfig(), SamplingConfig(0.7, 6, 0.95), SamplingConfig(2.0, 0, 0.8)])
def test_draws_are_as_frequent_as_their_probabilities(settings: SamplingConfig) -> None:
    """Pearson's chi-square at the 0.1 % level; the seed is fixed, so this either always passes or never."""
    logits, draws = torch.linspace(-2, 2, 12).sin() * 2, 8_000
    p = distribution(logits, settings)
    generator = Generator().manual_seed(7)
    counts = torch.bincount(
        torch.tensor([choose(logits, settings, generator) for _ in range(draws)]), minlength=12
    ).double()
    possible = p > 0
    assert bool((counts[~possible] == 0).all())
    chi2 = float(((counts - draws * p)[possible] ** 2 / (draws * p)[possible]).sum())
    freedom = int(possible.sum()) - 1
    # Wilson & Hilferty 1931: the 99.9 % quantile, within 1 % of the tables
    assert chi2 < freedom * (1 - 2 / (9 * freedom) + 3.09 * math.sqrt(2 / (9 * freedom))) ** 3


def test_draw_is_each_u_in_turn_and_refuses_what_it_cannot_count() -> None:
    generator = Generator().manual_seed(42)
    singles = [float(torch.rand((), dtype=torch.float64, generator=generator)) for _ in range(40)]
    assert [draw(42, i) for i in range(40)] == singles
    assert draw(42, 0) != draw(43, 0)
    for seed, index, word in ((42, -1, "skip"), (42, 2_000_000, "skip"), (-1, 0, "seed"), (1.5, 0, "seed")):
        with pytest.raises(ConfigError, match=word):
            draw(seed, index)  # type: ignore[arg-type]


def test_a_generator_with_draws_skipped_goes_on_where_another_is_and_its_seed_has_32_bits() -> None:
    one, later = generator(2**32 - 1), generator(2**32 - 1, skip=3)
    drawn = [float(torch.rand((), dtype=torch.float64, generator=one)) for _ in range(5)]
    assert [float(torch.rand((), dtype=torch.float64, generator=later)) for _ in range(2)] == drawn[3:]
    assert torch.equal(generator(7).get_state(), Generator().manual_seed(7).get_state())
    for seed in (2**32, 2**63, -1, True):  # torch's CPU generator looks at 32 bits only: more would repeat draws
        with pytest.raises(ConfigError, match=r"seed is .* from 0 to 4,294,967,295"):
            generator(seed)


@pytest.mark.parametrize(("prompt", "kept", "top", "of_fifty"), [(0, 295, 17.5, 26.4), (1, 778, 27.3, 40.6)])
def test_gpt2s_own_logits(prompt: int, kept: int, top: float, of_fifty: float) -> None:
    """50,257 logits, T = 1, top-p 0.9. A well-known explainer keeps the 50 largest first: that is another question."""
    order = torch.randperm(50_257, generator=Generator().manual_seed(prompt))  # (V,): GPT-2's lie in no order
    logits, settings = gpt2_logits(prompt)[order], SamplingConfig(top_p=0.9)  # (V,)
    p = distribution(logits, settings)  # (V,)
    assert len(p) == 50_257 and int((p > 0).sum()) == kept
    assert round(float(p.max()) * 100, 1) == top
    assert round(float(distribution(logits, SamplingConfig(top_k=50, top_p=0.9)).max()) * 100, 1) == of_fifty
    generator = Generator().manual_seed(1)
    assert all(p[choose(logits, settings, generator)] > 0 for _ in range(20))
