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
    """Where, counted flat, values lie so close to where their printed digit turns that a code could miss it."""
    scaled = values * np.float32(PRINTED)
    scaled -= np.rint(scaled)  # from -1/2 to 1/2, where it turns
    return np.flatnonzero(np.abs(scaled, out=scaled) > 0.5 - within)


def shares(weights: np.ndarray) -> np.ndarray:
    """Weights (L, H, N) from 0 to 1 -> 65,535ths. Each prints as it is, and so do the largest and mean of a layer."""
    weights = np.ascontiguousarray(weights)
    L, H, N = weights.shape
    codes, flat = np.rint(weights * np.float32(WHOLE)).astype(np.uint16), weights.reshape(-1)  # (L, H, N), (L * H * N,)
    told = codes.reshape(-1)  # (L * H * N,) the same numbers
    close = near_turn(flat, NEAR)
    moved = printed(flat[close]) - printed(told[close] / WHOLE)  # one up or down
    told[close] += moved.astype(np.int16).view(np.uint16)  # around the end, as it is meant
    all_of_it = np.flatnonzero(codes == WHOLE)
    told[all_of_it] -= flat[all_of_it].astype(np.float64) < 1 - CERTAIN
    if not H:
        return codes
    mean = np.full(H, 1 / H, np.float32) @ weights  # (L, N)
    layers, cells = np.divmod(near_turn(mean.reshape(-1), NEAR_MEAN), max(N, 1))  # (M,) each
    wanted = printed(weights[layers, :, cells].mean(axis=1, dtype=np.float64))  # (M,)
    codes[layers, :, cells] = with_means(codes[layers, :, cells].astype(np.int32), wanted)  # (M, H)
    return codes


def with_means(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Codes (M, H), some moved within their own printed digit, so that `wanted` (M,) is printed of their means."""
    least, end = (np.ceil((wanted + side) / PRINTED * WHOLE * codes.shape[1]) for side in (-0.5, 0.5))  # (M,) of a sum
    total = codes.sum(axis=1)  # (M,)
    missing = np.where(total < least, least - total, np.minimum(end - 1 - total, 0)).astype(np.int32)  # (M,)
    rows = np.flatnonzero(missing)  # few
    if not len(rows):
        return codes
    few, missing, each = codes[rows], missing[rows], np.arange(len(rows))
    side = np.sign(missing)[:, None]  # up or down, (F, 1)
    last = np.ceil((printed(few / WHOLE) + 0.5 * side) / PRINTED * WHOLE) - (side > 0)  # the outermost of the digit
    room = (side * (last.clip(0, WHOLE - 1) - few)).astype(np.int32)  # (F, H)
    for place in range(2 * codes.shape[1]):  # one step a head, and a second where that is not enough
        if place == codes.shape[1]:
            room = (side * (last.clip(0, WHOLE - 1) - few)).astype(np.int32)  # (F, H)
        best = each, room.argmax(axis=1)  # (F,) each
        taken = np.minimum(room[best], np.abs(missing)).clip(0, 1)  # (F,)
        taken *= side[:, 0]
        few[best] += taken
        room[best] = 0
        missing -= taken
        if not missing.any():
            break
    codes[rows] = few
    return codes
