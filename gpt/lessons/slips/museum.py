"""All slips in the order in which one walks them: from the scores outwards, then learning, then what is told of it."""

from __future__ import annotations

from gpt.lessons.slips import dropping, joining, masking, scaling, stream, targets, telling
from gpt.lessons.slips.slip import Slip

SLIPS: tuple[Slip, ...] = (
    *scaling.SLIPS,
    *masking.SLIPS,
    joining.SLIP,
    *stream.SLIPS,
    *dropping.SLIPS,
    targets.SLIP,
    *telling.SLIPS,
)
# Slips with which a tiny model's own loss is far below the right one's, with every seed.
TOO_GOOD = ("zeros-mask", "softmax-dim", "joining", "targets")
BY_KEY = {one.key: one for one in SLIPS}
