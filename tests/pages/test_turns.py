"""Keys are drawn one after the other, in the order in which they came; who takes long does not stop the others."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui.turns import Turns


def test_one_after_the_other_in_their_order() -> None:
    turns, order, inside, most = Turns(10.0), list[int](), list[int](), list[int]()
    go = threading.Event()

    def draw(number: int) -> None:
        with turns.turn():
            inside.append(number)
            if not number:
                assert go.wait(10)
            most.append(len(inside))
            order.append(number)
            inside.remove(number)

    with ThreadPoolExecutor(20) as people:
        for number in range(20):
            people.submit(draw, number)
            while number and len(turns.waiting) < number:  # they come one after the other
                time.sleep(0.001)
        go.set()
    assert order == list(range(20)) and set(most) == {1}
    assert turns.inside is None and not turns.waiting


def test_who_takes_long_lets_the_others_pass() -> None:
    turns, go, passed = Turns(0.02), threading.Event(), list[int]()

    def slow() -> None:
        with turns.turn():
            assert go.wait(10)

    def quick(number: int) -> None:
        with turns.turn():
            passed.append(number)

    with ThreadPoolExecutor(6) as people:
        people.submit(slow)
        while turns.inside is None:
            time.sleep(0.001)
        for waiting in [people.submit(quick, number) for number in range(4)]:
            waiting.result(10)
        assert sorted(passed) == [0, 1, 2, 3]
        go.set()
    with turns.turn():  # the slow one, who left late, took nobody's turn away
        assert turns.inside is not None
    assert turns.inside is None


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.turn():
        raise ValueError("broken")
    with turns.turn():
        pass
