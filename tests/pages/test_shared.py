"""What is found once for all visitors: once, however many ask at the same time, and again after it was forgotten."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui.shared import forget_all, shared


def test_many_ask_at_once_and_one_finds() -> None:
    """Thirty threads ask for the same thing while it is being found; another thing need not wait for it."""
    found, going, go = list[int](), threading.Event(), threading.Event()

    @shared(4)
    def double(number: int) -> list[int]:
        found.append(number)
        if number == 1:
            going.set()
            assert go.wait(10)
        return [2 * number]

    with ThreadPoolExecutor(30) as people:
        waiting = [people.submit(double, 1) for _ in range(29)]
        assert going.wait(10)
        assert people.submit(double, 2).result(10) == [4]
        go.set()
        assert all(one.result(10) is waiting[0].result(10) for one in waiting)
    assert found == [1, 2]


def test_the_least_used_is_forgotten_and_what_is_raised_is_not_remembered() -> None:
    found = list[int]()

    @shared(2)
    def half(number: int) -> float:
        found.append(number)
        if number % 2:
            raise ValueError("odd")
        return number / 2

    for number in (2, 4, 2, 6, 2, 4):
        assert half(number) == number / 2
    assert found == [2, 4, 6, 4]
    for _ in range(2):
        with pytest.raises(ValueError, match="odd"):
            half(3)
    assert found == [2, 4, 6, 4, 3, 3]
    half.cache_clear()
    half(4)
    forget_all()
    half(4)
    assert found == [2, 4, 6, 4, 3, 3, 4, 4]


def test_one_result_is_forgotten_and_large_ones_take_more_room() -> None:
    found = list[int]()

    @shared(10, size=lambda result: result)
    def same(number: int) -> int:
        found.append(number)
        return number

    same(3)
    same(4)
    same.forget(3)
    same.forget(99)  # never asked for
    same(4)
    same(3)
    same(5)  # no room for all: 4 is the least used
    same(3)
    same(4)
    assert found == [3, 4, 3, 5, 4]
