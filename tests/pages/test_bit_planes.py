"""Numbers that travel in as few bits as they need come back as they were, whatever they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.ui.board.bit_planes import BLOCK, differences, packed
from pages.ui.board.payload import KIND, changes, headed, is_same
from tests.support.visitor import unpack

SIZES = st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 9))


def drawn(seed: int, shape: tuple[int, ...], dtype: type = np.uint16) -> np.ndarray:
    """Numbers of every width, in runs of like ones, with the very smallest and largest."""
    dice = np.random.default_rng(seed)
    numbers = dice.integers(0, 1 << np.resize(np.sort(dice.integers(0, 17, 40)), shape))
    return np.where(dice.random(shape) < 0.05, dice.choice([0, 65535]), numbers).astype(dtype)


def sent(array: np.ndarray, old: np.ndarray | None) -> np.ndarray:
    """An array (outer, size, inner), told as the difference from another, as it is put together."""
    told, parts = changes(array, old)
    blob = headed({"arrays": [["x", KIND[array.dtype], *told]]}) + b"".join(parts)
    held = {} if old is None else {"x": old.ravel()}
    return unpack(blob, held)["x"].reshape(array.shape)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(0, 2**32 - 1), st.sampled_from([np.uint16, np.float32]))
def test_any_array_comes_back_bit_for_bit(shape: tuple[int, int, int], seed: int, dtype: type) -> None:
    """Alone; grown, cut, changed a little in its middle, and turned into quite another."""
    dice, array = np.random.default_rng(seed), drawn(seed, shape, dtype)
    assert np.array_equal(sent(array, None), array)
    size = int(dice.integers(0, shape[1] + 1))
    near = (array + dice.integers(0, 3, shape)).astype(dtype)
    for old in (array.copy(), array[:, :size], array[:, size:], near, drawn(seed + 1, shape, dtype)):
        old = np.ascontiguousarray(old)
        assert np.array_equal(sent(array, old), array) and np.array_equal(sent(old, array), old)


def test_a_block_takes_as_many_bytes_as_its_largest_number_has_bits() -> None:
    numbers = np.zeros(4 * BLOCK, np.uint16)
    numbers[3], numbers[BLOCK], numbers[2 * BLOCK] = 5, 255, 1 << 14
    widths, planes = packed(numbers)
    assert widths.tolist() == [3 | 8 << 4, 15] and len(planes) == 3 + 8 + 16
    assert planes[:3].tolist() == [1 << 3, 0, 1 << 3] and planes[3:11].tolist() == [1] * 8


def test_what_changed_a_little_is_told_as_that() -> None:
    old = drawn(3, (2, 400, 1)) | np.uint16(1 << 13)
    told, parts = changes(old + np.uint16(3), old)
    assert told[1] == [0, 0, 400] and sum(map(len, parts)) < 400
    assert changes(drawn(4, (2, 400, 1)), old)[0][1] == [0, 0, 0]
    assert differences(np.array([1, 65535, 0], np.uint16), np.array([0, 0, 65535], np.uint16)).tolist() == [2, 1, 2]


def test_what_lies_where_it_lay_is_not_told_again() -> None:
    """Two views of the same numbers are the same; equal numbers elsewhere, others, or some of them are not."""
    table = drawn(5, (4, 3))
    assert is_same(table[:], table) and is_same(table[1:], table[1:])
    for other in (None, table.copy(), table[1:], table[:3], table[:, :2], table[::2], table.T):
        assert not is_same(other, table)
    assert changes(table[None], table[None], same=True) == ([(1, 4, 3), [4, 0, 0]], [])
