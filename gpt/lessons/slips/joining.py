"""Heads that are joined by a view alone: the numbers of other tokens land in a token's place."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gpt.figures.matrix import Cells, Matrix
from gpt.lessons.slips import measured, subjects
from gpt.lessons.slips.slip import NAMES, Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture

T = 16  # characters that are looked at


def viewed(z: Tensor) -> Tensor:
    """The heads' outputs (B, H, T, D) as one vector a token (B, T, C)."""
    B, H, T, D = z.shape
    return z.reshape(B, T, H * D)  # (B, T, C)


def transposed(z: Tensor) -> Tensor:
    """The heads' outputs (B, H, T, D) as one vector a token (B, T, C)."""
    B, H, T, D = z.shape
    return z.transpose(1, 2).reshape(B, T, H * D)  # (B, T, C)


def origin(line: subjects.Line, H: int) -> Tensor:
    """From which token each of the H pieces of a place's vector comes, counted from 1: (T, H)."""
    tokens = torch.arange(1.0, T + 1).view(1, 1, T, 1).expand(1, H, T, 1)  # (1, H, T, 1)
    return line(tokens)[0]  # (T, H)


def run(turned: Turned) -> Effect:
    """Whose numbers stand in a place, and which places change with the last token."""
    model = subjects.loaded(turned["model"]).model
    H, lines = model.config.n_head, (viewed, transposed)
    z = subjects.seen(model, "z", T=T)  # (W, H, T, D)
    other = z.clone()  # (W, H, T, D)
    other[:, :, -1] = -other[:, :, -1]  # another last token
    moved = [int((line(z) != line(other)).any(dim=-1).any(dim=0)[:-1].sum()) for line in lines]
    sources = [origin(line, H) for line in lines]  # (T, H) each
    wrong = [float((one != torch.arange(1.0, T + 1)[:, None]).double().mean()) for one in sources]
    own, honest = (measured.means("joining", what) for what in ("own", "honest"))
    lost = [subjects.loss_of(model, subjects.attending(joined=line)) for line in lines]
    numbers = (
        Number(f"earlier places, of {T - 1}, that change with the last token", moved, "d"),
        Number("numbers that stand in another token's place", wrong, ".1%"),
        Number("loss of this trained model (nats a character)", lost),
        Number("a tiny model trained and judged with this line, mean of 3 seeds", own),
        Number("and its loss when the heads are joined rightly afterwards", honest),
    )
    said = (
        f"The shape is right, and {wrong[0]:.0%} of the numbers stand in another token's place: with {H} heads "
        f"{moved[0]} earlier places change when the last token does. A tiny model trained so learns to peep "
        f"there and costs {own[0]:.2f} nats instead of {own[1]:.2f}; joined rightly afterwards, {honest[0]:.2f}."
    )
    down, across = [str(t + 1) for t in range(T)], [str(h + 1) for h in range(H)]
    values = [one.numpy().astype(np.float32) for one in sources]
    cells = [
        Cells(one, across, down, name, [[f"{number:.0f}" for number in row] for row in one])
        for name, one in zip(NAMES, values, strict=True)
    ]
    figure = Matrix(cells, "piece of the vector", "place", "comes from token", "share", float(T), ".0f", 2, 330)
    return Effect(numbers, (moved[0] == 0, moved[1] == 0), said, (Picture("slip-joining", figure, said),))


SLIP = Slip(
    "joining",
    "Joining the heads",
    "After attention the numbers lie head by head: (B, H, T, D). The next layer wants one vector a token: (B, T, C).",
    "Heads joined without the transpose",
    "One vector a token wants the numbers token by token, so the axes must change places before the heads become one "
    "width. A `view` or `reshape` alone has the right shape, and the numbers of other tokens.",
    "What the earlier places hand on must not change when only the last token does.",
    "Public transformers written for teaching (transformer-from-scratch, pull request 6, calls it critical).",
    (viewed, transposed),
    run,
    ("attention", "Attention: the heads' outputs, z"),
    (subjects.MODEL,),
)
