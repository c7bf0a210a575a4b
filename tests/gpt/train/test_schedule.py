"""The learning rate rises, stays and falls as told, and the kept steps lie closer where more is learned."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gpt.config import SCHEDULES, TrainConfig
from gpt.train.schedule import rate, snapshot_steps

quick = hypothesis_settings(max_examples=100, deadline=None)
trains = st.builds(
    TrainConfig,
    steps=st.integers(1, 300) | st.integers(1, 10_000_000),
    warmup=st.integers(0, 300) | st.integers(0, 1_000_000),
    schedule=st.sampled_from(SCHEDULES),
    decay_from=st.sampled_from([0.0, 0.4, 1.0]) | st.floats(0, 1),
)
places = st.lists(st.floats(0, 1), min_size=2, max_size=8)


@quick
@given(trains, places)
def test_the_rate_is_a_share_that_first_rises_and_then_falls(train: TrainConfig, shares: list[float]) -> None:
    steps = sorted({int(share * (train.steps - 1)) for share in shares} | {0, train.steps - 1})
    rates = [rate(step, train) for step in steps]
    assert all(0 < r <= 1 for r in rates)  # never 0 in the run itself: a step that changes nothing is a step lost
    rising = [r for step, r in zip(steps, rates, strict=True) if step < train.warmup]
    falling = [r for step, r in zip(steps, rates, strict=True) if step >= train.warmup]
    assert rising == sorted(rising) and falling == sorted(falling, reverse=True)


@quick
@given(trains)
def test_the_warm_up_is_a_straight_line_to_the_peak(train: TrainConfig) -> None:
    for step in {0, train.warmup // 2, train.warmup - 1} & set(range(train.warmup)):
        assert rate(step, train) == (step + 1) / train.warmup
    if 0 < train.warmup:
        assert rate(train.warmup - 1, train) == 1


@quick
@given(trains.filter(lambda train: train.warmup < train.steps))
def test_where_each_schedule_ends(train: TrainConfig) -> None:
    peak, end = rate(train.warmup, train), rate(train.steps - 1, train)
    if train.schedule == "constant":
        assert peak == end == 1
    elif train.schedule == "cosine":
        assert peak == 1 and 0.1 <= end
        assert rate(train.steps, train) == pytest.approx(0.1)
    else:
        falling_from = max(train.warmup, int(train.decay_from * train.steps))
        assert peak == 1 and rate(min(falling_from, train.steps - 1), train) == 1
        assert end == pytest.approx(1 / max(1, train.steps - falling_from))
        assert rate(train.steps, train) == 0


def test_a_schedule_by_hand() -> None:
    train = TrainConfig(steps=10, warmup=2, schedule="linear", decay_from=0.5)
    assert [rate(step, train) for step in range(11)] == [0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0]
    train = TrainConfig(steps=12, warmup=4, schedule="cosine")
    assert rate(8, train) == pytest.approx(0.55)  # half way down: the mean of 1 and 0.1


@quick
@given(st.integers(1, 2_000) | st.integers(1, 10_000_000), st.integers(2, 60))
def test_kept_steps(steps: int, count: int) -> None:
    kept = snapshot_steps(steps, count)
    assert kept[0] == 0 and kept[-1] == steps
    assert kept == sorted(set(kept)) and len(kept) == min(count, steps + 1)
    assert all(type(step) is int for step in kept)
    if count > 2:
        assert 1 in kept  # the first step is where most happens


@pytest.mark.parametrize(("steps", "count"), [(5_000, 14), (3_000, 26), (2_000, 24), (100_000, 50)])
def test_gaps_grow_by_about_one_ratio(steps: int, count: int) -> None:
    kept = snapshot_steps(steps, count)[1:]
    ratio = steps ** (1 / (count - 2))
    late = [later / earlier for earlier, later in zip(kept, kept[1:], strict=False) if earlier > 20]
    assert late and all(0.5 * (ratio - 1) < r - 1 <= 1.3 * (ratio - 1) for r in late)


def test_all_steps_when_there_are_not_more_than_asked_for_and_at_once() -> None:
    started = time.thread_time()
    assert snapshot_steps(999, 1_000) == list(range(1_000))
    assert snapshot_steps(3, 24) == [0, 1, 2, 3] and snapshot_steps(1, 2) == [0, 1]
    assert time.thread_time() - started < 0.1


@pytest.mark.parametrize(
    ("steps", "count", "early", "late"),
    [
        (3_000, 26, [0, 1, 2, 3, 4, 5, 7, 9], [1_581, 2_178, 3_000]),
        (5_000, 14, [0, 1, 4, 7], [1_349, 2_597, 5_000]),  # one of the early ones goes, never the last but one
        (5_000, 2, [0], [5_000]),
    ],
)
def test_kept_steps_by_hand(steps: int, count: int, early: list[int], late: list[int]) -> None:
    kept = snapshot_steps(steps, count)
    assert kept[: len(early)] == early and kept[-len(late) :] == late
