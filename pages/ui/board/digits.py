"""Small whole numbers for the browser, chosen so that every digit it prints of them is the model's own.

A weight travels in 16 bits, 65,535ths. The nearest of them may lie on the other side of where a printed digit turns;
then its neighbour, which is on the right side, is sent instead. Nobody sees the difference in a shade.
"""

from __future__ import annotations

import numpy as np

WHOLE = 65_535
PRINTED = 1_000  # a weight is printed in tenths of a percent
CERTAIN = 1e-6  # what misses 1 by less is 1
NEAR = 0.009  # of a digit: no further from where it turns can the nearest code print another one
NEAR_MEAN = 0.02  # nor can a mean of codes that were moved by one


def printed(values: np.ndarray) -> np.ndarray:
    """What is printed of values from 0 to 1, in tenths of a percent, rounded as JavaScript does: halves up."""
    return np.floor(values.astype(np.float64) * PRINTED + 0.5)


def near_turn(values: np.ndarray, within: float) -> np.ndarray:
    """Which values lie so close to where their printed digit turns that a code could miss it."""
    scaled = values * PRINTED
    return np.abs(scaled - np.floor(scaled) - 0.5) < within


def shares(weights: np.ndarray) -> np.ndarray:
    """Weights (L, H, N) from 0 to 1 -> 65,535ths. Each prints as it is, and so do the largest and mean of a layer."""
    weights = np.ascontiguousarray(weights)
    codes = np.rint(weights * WHOLE).astype(np.int32)  # (L, H, N)
    close = np.nonzero(near_turn(weights, NEAR))
    codes[close] += (printed(weights[close]) - printed(codes[close] / WHOLE)).astype(np.int32)  # one up or down
    all_of_it = np.nonzero(codes == WHOLE)
    codes[all_of_it] -= weights[all_of_it].astype(np.float64) < 1 - CERTAIN
    layers, cells = np.nonzero(near_turn(weights.mean(axis=1), NEAR_MEAN))
    wanted = printed(weights[layers, :, cells].mean(axis=1, dtype=np.float64))  # (M,)
    codes[layers, :, cells] = with_means(codes[layers, :, cells], wanted)  # (M, H)
    return codes.astype(np.uint16)


def with_means(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Codes (M, H), some moved within their own printed digit, so that `wanted` (M,) is printed of their means."""
    least, end = (np.ceil((wanted + side) / PRINTED * WHOLE * codes.shape[1]) for side in (-0.5, 0.5))  # (M,) of a sum
    total = codes.sum(axis=1)  # (M,)
    missing = np.where(total < least, least - total, np.minimum(end - 1 - total, 0)).astype(np.int32)  # (M,)
    rows = np.nonzero(missing)[0]  # few
    few, missing = codes[rows], missing[rows]
    side = np.sign(missing)[:, None]  # up or down, (F, 1)
    last = np.ceil((printed(few / WHOLE) + 0.5 * side) / PRINTED * WHOLE) - (side > 0)  # the outermost of the digit
    room = (side * (last.clip(0, WHOLE - 1) - few)).astype(np.int32)  # (F, H)
    for place in range(2 * codes.shape[1]):  # one step a head, and a second where that is not enough
        if place == codes.shape[1]:
            room = (side * (last.clip(0, WHOLE - 1) - few)).astype(np.int32)  # (F, H)
        best = room.argmax(axis=1, keepdims=True)  # (F, 1)
        taken = np.minimum(np.take_along_axis(room, best, 1), np.abs(missing)[:, None]).clip(0, 1)  # (F, 1)
        np.put_along_axis(few, best, np.take_along_axis(few, best, 1) + side * taken, 1)
        np.put_along_axis(room, best, 0, 1)
        missing = missing - (side * taken)[:, 0]
        if not missing.any():
            break
    codes[rows] = few
    return codes
