"""What one number of a stage is the sum of: its terms, its formula, and the same in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.stages import Stages, block_of, head_input
from gpt.model import GPT
from gpt.trace import Trace

TABLE = {"q": "query", "k": "key", "v": "value"}  # the matrix that makes each of them
SPELLED = 2  # terms that the one-line text spells out


@dataclass(frozen=True)
class Term:
    """One summand: its factors and their product. Of the softmax: (score, largest score), exp(score - largest)."""

    label: str  # "d 5", "c 17" or "token 3": which one it is, counted from 0
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
    terms = [Term(f"{name} {i}", (a, b), a * b) for i, (a, b) in enumerate(pairs)]
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
    parts = [" × ".join(f"{factor:.3g}" for factor in term.factors) for term in first]
    parts += [f"{more} smaller"] * bool(more) + ([] if bias is None else [f"bias {bias:.3g}"])
    return f"{' + '.join(parts)} = {value:.3g}"


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
    formula = f"{name}[{row}, {cell.column}] = sum over c of x[{row}, c] × W_{name}[{cell.column}, c]"
    formula += "" if bias is None else f" + b_{name}[{cell.column}]"
    code = f"{x} @ {table}.weight[{out}]" + ("" if bias is None else f" + {table}.bias[{out}]")
    return Sum(formula, terms, total(terms) + (bias or 0.0), code, bias)


def dot_sum(found: Stages, cell: Cell) -> Sum:
    """How well what one token asks for fits what another offers."""
    row, column = cell.row, cell.column
    terms = products("d", found.q[row], found.k[column])
    formula = f"q[{row}] · k[{column}] = sum over d of q[{row}, d] × k[{column}, d]"
    return Sum(formula, terms, total(terms), f"seen.q[{cell.place}, {row}] @ seen.k[{cell.place}, {column}]")


def scaled_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """A dot product times the model's scale."""
    row, column, D = cell.row, cell.column, model.config.head_size
    dot, scale = found.dot[row, column].item(), block_of(model, cell.layer).attn.scale
    why = f"1 / sqrt({D})" if scale == 1.0 / math.sqrt(D) else f"{scale:.4g} in this model"
    code = f"seen.q[{cell.place}, {row}] @ seen.k[{cell.place}, {column}] * model.blocks[{cell.layer}].attn.scale"
    formula = f"scaled[{row}, {column}] = dot[{row}, {column}] × scale, and scale is {why}"
    return Sum(formula, (Term("scale", (dot, scale), dot * scale),), dot * scale, code)


def masked_code(model: GPT, found: Stages, cell: Cell) -> str:
    """The masked scores (T, T) of one head in PyTorch."""
    T = len(found.masked)
    hidden = f".masked_fill(torch.ones({T}, {T}).triu(1) > 0, -torch.inf)" if model.config.causal else ""
    return f"seen.scores[{cell.place}]{hidden}"


def masked_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """A score that stays, or -inf."""
    row, column, code = cell.row, cell.column, f"{masked_code(model, found, cell)}[{cell.row}, {cell.column}]"
    if model.config.causal and column > row:
        why = f"token {column} comes after token {row}: hidden"
        return Sum(f"masked[{row}, {column}] = -inf", (), -math.inf, code, text=why)
    value = found.scaled[row, column].item()
    why = f"token {column} does not come after token {row}" if model.config.causal else "this model hides nothing"
    terms, formula = (Term(f"token {column}", (value,), value),), f"masked[{row}, {column}] = scaled[{row}, {column}]"
    return Sum(formula, terms, value, code, text=f"{why}: {value:.3g} stays")


def softmax_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """exp(score - m) by the sum of them all. Taking m away changes no share; without it exp would grow too large."""
    row, column = cell.row, cell.column
    code = f"{masked_code(model, found, cell)}[{row}].softmax(dim=0)[{column}]"
    scores = found.masked[row, : seen_by(model, found, row)].tolist()  # (seen,)
    m = max(scores)
    exps = [Term(f"token {j}", (score, m), math.exp(score - m)) for j, score in enumerate(scores)]
    own = exps[column].product if column < len(exps) else 0.0  # exp(-inf)
    terms = tuple(sorted(exps, key=lambda term: -term.product))
    first, more, _ = cut(terms, SPELLED)
    below = " + ".join([f"{term.product:.3g}" for term in first] + [f"{more} smaller"] * bool(more))
    formula = f"pattern[{row}, {column}] = exp(masked[{row}, {column}] - m) / sum over j of exp(masked[{row}, j] - m)"
    value = own / total(terms)
    text = f"{own:.3g} / ({below}) = {own:.3g} / {total(terms):.3g} = {value:.3g}"
    return Sum(f"{formula}, m = {m:.3g}, the largest", terms, value, code, text=text)


def mixed_sum(model: GPT, found: Stages, cell: Cell) -> Sum:
    """The values of the tokens looked at, each as much as it is looked at."""
    row, column, seen = cell.row, cell.column, seen_by(model, found, cell.row)
    terms = products("token", found.pattern[row, :seen], found.v[:seen, column])
    formula = f"z[{row}, {column}] = sum over tokens j of pattern[{row}, j] × v[j, {column}]"
    code = f"seen.pattern[{cell.place}, {row}] @ seen.v[{cell.place}, :, {column}]"
    return Sum(formula, terms, total(terms), code)


def seen_by(model: GPT, found: Stages, row: int) -> int:
    """How many tokens the token `row` may look at."""
    return row + 1 if model.config.causal else len(found.masked)
