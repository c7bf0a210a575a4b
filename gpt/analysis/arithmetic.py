"""Every number of an attention head as a sum of the numbers that went into it: to compute by hand, and believe.

`stages` has the numbers, `worked` takes one of them apart, `pytorch` writes it as lines that anyone can run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis import sums
from gpt.analysis.stages import STAGES, Stages, stages
from gpt.analysis.sums import Cell, Term
from gpt.config import need_int, need_one_of
from gpt.model import GPT
from gpt.trace import Trace

__all__ = ["STAGES", "Stages", "Term", "Worked", "pytorch", "split", "stages", "worked"]


@dataclass(frozen=True)
class Worked:
    """One displayed number and the sum behind it; here layer, head, row and column count from 0, in words from 1."""

    stage: str
    layer: int
    head: int
    row: int  # the token
    column: int  # of q, k, v, z: which of the D numbers; else the token looked at
    shown: float  # as in `Stages`
    recomputed: float  # from the operands, in double precision
    difference: float  # between the two, absolute
    formula: str  # in symbols
    terms: tuple[Term, ...]  # all of them, the largest first
    bias: float | None  # added to the terms, where the model has one
    text: str  # the sum in one line, the largest terms spelled out
    code: str  # the same in PyTorch, from `model` and its trace `seen`


def worked(model: GPT, trace: Trace, layer: int, head: int, stage: str, row: int, column: int) -> Worked:
    """The sum behind one cell of one stage. Raises ValueError for a stage, head or cell that is not there.

    `shown` is what flowed, in float32, whose steps are a ten-millionth of a number: scores in the hundreds, as without
    the scale, differ by some 1e-5. On a trace with edits, an edited number is not the sum of what went before it, and
    `difference` says by how much.
    """
    need_one_of("stage", stage, STAGES)
    found = stages(model, trace, layer, head)
    table: Tensor = getattr(found, stage)  # (T, D) or (T, T)
    need_int("row", row, 0, table.shape[0] - 1)
    need_int("column", column, 0, table.shape[1] - 1)
    made = sums.sum_of(model, trace, found, Cell(stage, layer, head, row, column))
    shown = table[row, column].item()
    difference = 0.0 if shown == made.value else abs(shown - made.value)  # -inf - -inf is not a number
    text = made.text or sums.spelled(made.terms, made.bias, made.value)
    return Worked(
        stage, layer, head, row, column, shown, made.value, difference,
        made.formula, made.terms, made.bias, text, made.code,
    )  # fmt: skip


def split(worked: Worked, n: int) -> tuple[tuple[Term, ...], int, float]:
    """The n largest terms, how many smaller ones there are, and what those sum to."""
    need_int("n", n, 0, 1_000_000)
    return sums.cut(worked.terms, n)


def pytorch(loading: str, ids: Sequence[int], worked: Worked, switches: Sequence[str] = ()) -> str:
    """A few lines of PyTorch that print the shown number; `loading` is an expression that gives a Checkpoint.

    For example `checkpoint.load("assets/models/mini/step-002000.safetensors")`. With `switches` (see
    `gpt.analysis.switches`) turned, the lines turn them too; they know nothing of other edits.
    """
    numbers = [int(i) for i in ids]
    lines = ["import torch"] if "torch." in worked.code else []
    lines += ["from gpt import checkpoint", "from gpt.trace import trace"]
    if switches:
        lines += ["from gpt.analysis.switches import switched"]
        asked = f"{list(switches)}, {worked.layer}, {worked.head}"
        lines += [f"model, edits = switched({loading}.model, {asked})", f"seen = trace(model, {numbers}, edits)"]
    else:
        lines += [f"model = {loading}.model", f"seen = trace(model, {numbers})"]
    return "\n".join([*lines, f"print(({worked.code}).item())"])
