"""Numbers in words: what is nearly all is not called all, and 12,000 parameters are not "0.0 M"."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.numerals import count, percent, short


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.0, 0, "0 %"),
        (0.62, 0, "62 %"),
        (1.0, 0, "100 %"),
        (0.9999, 0, "> 99 %"),
        (0.9999, 1, "> 99.9 %"),
        (0.9994, 1, "99.9 %"),
        (0.99999999, 1, "100.0 %"),  # 32-bit shares that sum to one
        (0.004, 0, "< 1 %"),
        (0.0004, 1, "< 0.1 %"),
        (0.0006, 1, "0.1 %"),
        (-1e-9, 1, "0.0 %"),
    ],
)
def test_percent(share: float, digits: int, said: str) -> None:
    assert percent(share, digits) == said


@given(st.floats(0, 1), st.integers(0, 2))
def test_a_percentage_is_never_further_off_than_its_last_digit(share: float, digits: int) -> None:
    sign, number = re.fullmatch(r"([<>]? ?)([\d.]+) %", percent(share, digits)).groups()  # type: ignore[union-attr]
    shown, step = float(number) / 100, 10.0 ** (-digits - 2)
    if sign:
        assert (share < shown) if sign[0] == "<" else (share > shown)
        assert 0 < share < 1
    else:
        assert abs(share - shown) <= 0.5 * step + 1e-9
        assert (shown == 1) <= (share > 1 - 2e-6) and (shown == 0) <= (share < 2e-6)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"),
        (803, "803"),
        (999, "999"),
        (4_225, "4.2 k"),
        (12_345, "12 k"),
        (207_000, "207 k"),
        (999_600, "1.0 M"),
        (2_682_000, "2.7 M"),
        (124_439_808, "124 M"),
        (2_000_000_000, "2.0 G"),
    ],
)
def test_count(number: int, said: str) -> None:
    assert count(number) == said


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0.0, "0"),
        (0.15789, "0.158"),
        (-23.44, "-23.4"),
        (-132.7, "-133"),
        (1_323.4, "1323"),
        (3e-7, "3e-07"),
        (2e9, "2e+09"),
    ],
)
def test_short(x: float, said: str) -> None:
    assert short(x) == said
