"""One token's way through one layer norm, step by step, and the sum behind every number of it.

mean -> variance -> spread -> subtract -> divide (with eps) -> times gain -> plus bias   (Ba et al. 2016, section 3.1)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from gpt.analysis import layer_norms, sums
from gpt.analysis.layer_norms import Place
from gpt.analysis.sums import Term
from gpt.config import need_int, need_one_of
from gpt.model import GPT
from gpt.numerals import short
from gpt.trace import Trace

# of the token as a whole; then one number a dimension
WHOLE = ("mean", "variance", "spread", "mean after", "spread after")
EACH = ("subtracted", "divided", "output")
STEPS = (*WHOLE, *EACH)


@dataclass(frozen=True)
class Steps:
    """One token at one norm, in double precision from what flowed in."""

    x: Tensor  # (C,) the stream
    mean: float
    variance: float
    spread: float  # sqrt(variance + eps): what is divided by
    eps: float
    subtracted: Tensor  # (C,) x - mean
    divided: Tensor  # (C,) mean 0 and variance 1, but for eps
    gain: Tensor  # (C,)
    bias: Tensor | None  # (C,)
    output: Tensor  # (C,)


def steps(model: GPT, trace: Trace, place: Place, token: int) -> Steps:
    """Every step of one norm for one token. Raises ValueError for a norm or a token that is not there."""
    norm = layer_norms.module(model, place)
    need_int("token", token, 0, len(trace.logits) - 1)
    index = layer_norms.places(model.config).index(place)
    x = layer_norms.inputs(model, trace)[index, token].double()  # (C,)
    mean = float(x.mean())
    subtracted = x - mean  # (C,)
    variance = float(subtracted.square().mean())
    spread = math.sqrt(variance + norm.eps)
    divided = subtracted / spread  # (C,)
    gain = norm.weight.detach().double()  # (C,)
    own = layer_norms.bias_of(norm)  # (C,) or None
    bias = None if own is None else own.double()  # (C,)
    output = divided * gain if bias is None else divided * gain + bias  # (C,)
    return Steps(x, mean, variance, spread, norm.eps, subtracted, divided, gain, bias, output)


@dataclass(frozen=True)
class Worked:
    """One number and the sum behind it; in words everything counts from 1."""

    shown: float  # in float32, as the model has it
    recomputed: float  # from its operands, in double precision
    formula: str
    terms: tuple[Term, ...]  # the largest first
    text: str
    code: str  # PyTorch, from `model` and its trace `seen`

    @property
    def difference(self) -> float:
        """Between the two, absolute."""
        return abs(self.shown - self.recomputed)


def worked(model: GPT, trace: Trace, place: Place, token: int, step: str, dimension: int = 0) -> Worked:
    """The sum behind one number of a token's way. Raises ValueError for a step, norm, token or dimension not there."""
    need_one_of("step", step, STEPS)
    found = steps(model, trace, place, token)
    need_int("dimension", dimension, 0, len(found.x) - 1)
    norm, C = layer_norms.module(model, place), len(found.x)
    x = f"{layer_norms.source(model.config, place)}[{token}]"
    out = f"model.{place.path}({x})"
    values = found.x.float()  # (C,)
    after = norm(values).detach()  # (C,)
    d = dimension + 1
    if step in ("mean", "mean after"):
        of, name, code = (values, "x", x) if step == "mean" else (after, "y", out)
        terms = sums.products(name, of.double(), of.new_full((C,), 1.0 / C).double())
        formula = f"{step} = sum over d of {name}[d] × 1/{C}"
        return made(float(of.mean()), terms, formula, f"{code}.mean()")
    if step in ("variance", "spread", "spread after"):
        of, name, code = (after, "y", out) if step == "spread after" else (values, "x", x)
        centred = of.double() - of.double().mean()  # (C,)
        terms = tuple(
            sorted((Term(f"{name} {i}", (v, v), v * v / C) for i, v in enumerate(centred.tolist(), 1)),
                   key=lambda term: -term.product)
        )  # fmt: skip
        total = sums.total(terms)
        if step == "variance":
            formula = f"variance = sum over d of (x[d] - mean)² / {C}"
            return made(float(of.var(unbiased=False)), terms, formula, f"{code}.var(unbiased=False)")
        eps = found.eps if step == "spread" else 0.0
        formula = f"{step} = sqrt(sum over d of ({name}[d] - mean)² / {C}{' + eps' if eps else ''})"
        text = f"sqrt({short(total)}{f' + {eps:g}' if eps else ''}) = {short(math.sqrt(total + eps))}"
        root = f"({code}.var(unbiased=False) + {eps:g}).sqrt()" if eps else f"{code}.std(unbiased=False)"
        shown = float((of.var(unbiased=False) + eps).sqrt())
        return Worked(shown, math.sqrt(total + eps), formula, terms, text, root)
    value = float(found.x[dimension])
    if step == "subtracted":
        terms = (Term(f"x {d}", (value,), value), Term("mean", (-1.0, found.mean), -found.mean))
        return made(float(values[dimension] - values.mean()), terms, f"subtracted[{d}] = x[{d}] - mean",
                    f"{x}[{dimension}] - {x}.mean()")  # fmt: skip
    level = float(F.layer_norm(values, (C,), eps=found.eps)[dimension])
    normal = f"torch.nn.functional.layer_norm({x}, ({C},))[{dimension}]"
    if step == "divided":
        away, own = float(found.subtracted[dimension]), float(found.divided[dimension])
        terms = (Term(f"x {d} - mean", (away, 1 / found.spread), own),)
        formula = f"divided[{d}] = (x[{d}] - mean) / sqrt(variance + eps)"
        text = f"{short(away)} / sqrt({short(found.variance)} + {found.eps:g}) = {short(own)}"
        return Worked(level, own, formula, terms, text, normal)
    own, gain = float(found.divided[dimension]), float(found.gain[dimension])
    terms, formula = (Term(f"divided {d}", (own, gain), own * gain),), f"output[{d}] = divided[{d}] × gain[{d}]"
    if found.bias is not None:
        terms, formula = (*terms, Term(f"bias {d}", (b := float(found.bias[dimension]),), b)), f"{formula} + bias[{d}]"
    return made(float(after[dimension]), terms, formula, f"{out}[{dimension}]")


def made(shown: float, terms: tuple[Term, ...], formula: str, code: str) -> Worked:
    """A number that is the plain sum of its terms."""
    value = sums.total(terms)
    return Worked(shown, value, formula, terms, sums.spelled(terms, None, value), code)
