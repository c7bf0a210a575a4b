"""What one number of a stage is the sum of: its terms, its formula, and the same in PyTorch.

Formulas and labels count from 1, as everything on a page does; PyTorch counts from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.stages import Stages, block_of, head_input
from gpt.model import GPT
from gpt.numerals import short
from gpt.trace import Trace

TABLE = {"q": "query", "k": "key", "v": "value"}  # the matrix that makes each of them
SPELLED = 2  # terms that the one-line text spells out


@dataclass(frozen=True)
class Term:
    """One summand: its factors and their product. Of the softmax: (score, largest score), exp(score - largest)."""

    label: str  # "d 5", "c 17" or "token 3": which one it is, counted from 1
    factors: tuple[float, ...]
    product: float


@dataclass(frozen=True)
class Cell:
    """Which number: all count from 0."""

    stage: str
    layer: int
    head: int
    row: int
    column: int

    @property
    def place(self) -> str:
        """The head, as an index into a Trace."""
        return f"{self.layer}, {self.head}"

    @property
    def shown(self) -> tuple[int, int]:
        """Row and column as people count them, from 1."""
        return self.row + 1, self.column + 1


@dataclass(frozen=True)
class Sum:
    """What a stage says about one of its cells."""

    formula: str
    terms: tuple[Term, ...]
    value: float
    code: str
    bias: float | None = None
    text: str = ""  # where it is not the usual "a × b + ... = c"


def products(name: str, left: Tensor, right: Tensor) -> tuple[Term, ...]:
    """The summands of left (N,) · right (N,), in double precision, the largest first."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    terms = [Term(f"{name} {i}", (a, b), a * b) for i, (a, b) in enumerate(pairs, 1)]
    return tuple(sorted(terms, key=lambda term: -abs(term.product)))


def total(terms: Iterable[Term]) -> float:
    """The sum of the products, rounded once."""
    return math.fsum(term.product for term in terms)


def cut(terms: Sequence[Term], n: int) -> tuple[tuple[Term, ...], int, float]:
    """The first n terms, how many others there are, and what those sum to."""
    return tuple(terms[:n]), max(0, len(terms) - n), total(terms[n:])


def spelled(terms: Sequence[Term], bias: float | None, value: float) -> str:
    """One line: "0.158 × -0.31 + 0.842 × 0.77 + 14 smaller = 0.599"."""
    first, more, _ = cut(terms, SPELLED)
    parts = [" × ".join(f"{short(factor)}" for factor in term.factors) for term in first]
    parts += [f"{more} smaller"] * bool(more) + ([] if bias is None else [f"bias {short(bias)}"])
    return f"{' + '.join(parts)} = {short(value)}"


def sum_of(model: GPT, trace: Trace, found: Stages, cell: Cell) -> Sum:
    """What a cell is the sum of; `found` are the stages of its head."""
    if cell.stage in TABLE:
        return read_sum(model, trace, cell)
    if cell.stage == "dot":
        return dot_sum(found, cell)
    by_stage = {"scaled": scaled_sum, "masked": masked_sum, "pattern": softmax_sum, "z": mixed_sum}
    return by_stage[cell.stage](model, found, cell)


def read_sum(model: GPT, trace: Trace, cell: Cell) -> Sum:
    """A number of q, k or v: what the head reads (C,) times a row of the matrix, plus a bias."""
    layer, row, name = cell.layer, cell.row, cell.stage
    linear = getattr(block_of(model, layer).attn, TABLE[name])
    out = cell.head * model.config.head_size + cell.column  # the heads lie side by side in the matrix
    terms = products("c", head_input(model, trace, layer)[row], linear.weight[out])
    bias = None if linear.bias is None else linear.bias[out].item()
    stream = f"seen.resid_pre[{layer}, {row}]"
    x = f"model.blocks[{layer}].norm1({stream})" if model.config.norm == "pre" else stream
    table = f"model.blocks[{layer}].attn.{TABLE[name]}"
    i, d = cell.shown
    formula = f"{name}[{i}, {d}] = sum over c of x[{i}, c] × W_{name}[{d}, c]"
    formula += "" if bias is None else f" + b_{name}[{d}]"
    code = f"{x} @ {table}.weight[{out}]" + ("" if bias is None else f" + {table}.bias[{out}]")
    return Sum(formula, terms, total(terms) + (bias or 0.0), code, bias)


def dot_sum(found: Stages, cell: Cell) -> Sum:
    """How well what one token asks for fits what another offers."""
    (row, column), (i, j) = (cell.row, cell.column), cell.shown
    terms = products("d", found.q[row], found.k[column])
    formula = f"q[{i}] · k[{j}] = sum over d of q[{i}, d] × k[{j}, d]"
    return Sum(formula, terms, total(terms), f"seen.q[{cell.place}, {row}] @ seen.k[{cell.place}, {column}]")


def scaled_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """A dot product times the model's scale."""
    row, column, D, (i, j) = cell.row, cell.column, model.config.head_size, cell.shown
    dot, scale = found.dot[row, column].item(), block_of(model, cell.layer).attn.scale
    why = f"1 / sqrt({D})" if scale == 1.0 / math.sqrt(D) else f"{scale:.4g} in this model"
    code = f"seen.q[{cell.place}, {row}] @ seen.k[{cell.place}, {column}] * model.blocks[{cell.layer}].attn.scale"
    formula = f"scaled[{i}, {j}] = dot[{i}, {j}] × scale, and scale is {why}"
    return Sum(formula, (Term("scale", (dot, scale), dot * scale),), dot * scale, code)


def masked_code(model: GPT, found: Stages, cell: Cell) -> str:
    """The masked scores (T, T) of one head in PyTorch."""
    T = len(found.masked)
    hidden = f".masked_fill(torch.ones({T}, {T}).triu(1) > 0, -torch.inf)" if model.config.causal else ""
    return f"seen.scores[{cell.place}]{hidden}"


def masked_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """A score that stays, or -inf."""
    (row, column), (i, j) = (cell.row, cell.column), cell.shown
    code = f"{masked_code(model, found, cell)}[{row}, {column}]"
    if model.config.causal and column > row:
        why = f"token {j} comes after token {i}: hidden"
        return Sum(f"masked[{i}, {j}] = -inf", (), -math.inf, code, text=why)
    value = found.scaled[row, column].item()
    why = f"token {j} does not come after token {i}" if model.config.causal else "this model hides nothing"
    terms, formula = (Term(f"token {j}", (value,), value),), f"masked[{i}, {j}] = scaled[{i}, {j}]"
    return Sum(formula, terms, value, code, text=f"{why}: {short(value)} stays")


def softmax_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """exp(score - m) by the sum of them all. Taking m away changes no share; without it exp would grow too large."""
    (row, column), (i, j) = (cell.row, cell.column), cell.shown
    code = f"{masked_code(model, found, cell)}[{row}].softmax(dim=0)[{column}]"
    scores = found.masked[row, : seen_by(model, found, row)].tolist()  # (seen,)
    m = max(scores)
    exps = [Term(f"token {place}", (score, m), math.exp(score - m)) for place, score in enumerate(scores, 1)]
    own = exps[column].product if column < len(exps) else 0.0  # exp(-inf)
    terms = tuple(sorted(exps, key=lambda term: -term.product))
    first, more, _ = cut(terms, SPELLED)
    below = " + ".join([f"{short(term.product)}" for term in first] + [f"{more} smaller"] * bool(more))
    formula = f"pattern[{i}, {j}] = exp(masked[{i}, {j}] - m) / sum over t of exp(masked[{i}, t] - m)"
    value = own / total(terms)
    text = f"{short(own)} / ({below}) = {short(own)} / {short(total(terms))} = {short(value)}"
    return Sum(f"{formula}, m = {short(m)}, the largest", terms, value, code, text=text)


def mixed_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """The values of the tokens looked at, each as much as it is looked at; of a head that is switched off nothing."""
    (row, column), (i, d), seen = (cell.row, cell.column), cell.shown, seen_by(model, found, cell.row)
    if not found.z.any() and found.v.any():
        why = "this head is switched off: whatever it looks at, it hands on 0"
        return Sum(f"z[{i}, {d}] = 0", (), 0.0, f"seen.z[{cell.place}, {row}, {column}]", text=why)
    terms = products("token", found.pattern[row, :seen], found.v[:seen, column])
    formula = f"z[{i}, {d}] = sum over tokens t of pattern[{i}, t] × v[t, {d}]"
    code = f"seen.pattern[{cell.place}, {row}] @ seen.v[{cell.place}, :, {column}]"
    return Sum(formula, terms, total(terms), code)


def seen_by(model: GPT, found: Stages, row: int) -> int:
    """How many tokens the token `row` may look at."""
    return row + 1 if model.config.causal else len(found.masked)
