"""One number of a neuron, or a head's effect beside it, taken apart: its terms, its formula, and the same in PyTorch.

Formulas count from 1, as everything on a page does; PyTorch counts from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gpt.analysis.attribution import handed_on, head_effects, out_table
from gpt.analysis.logit_direction import read_backwards
from gpt.analysis.mlp import as_read, check_neuron, mlp_input, output_table, pushes, written_by
from gpt.analysis.neuron_names import KINDS
from gpt.analysis.stages import check_head
from gpt.analysis.sums import Sum, Term, products, spelled, total
from gpt.config import need_int, need_one_of
from gpt.model import GPT
from gpt.numerals import short
from gpt.trace import Trace

CURVES = {
    "relu": "max(0, x)",
    "gelu": "x × Φ(x), the share of a bell curve below x",
    "gelu_tanh": "x × (1 + tanh(sqrt(2/π) × (x + 0.044715 x³))) / 2",
    "solu": "x × its share of the softmax over all neurons of the layer",
}


@dataclass(frozen=True)
class Place:
    """Which number: neuron and token of the text count from 0; `token` is whose logit is pushed."""

    kind: str  # of KINDS
    layer: int
    neuron: int  # of the kind "head": which head
    position: int
    token: int


@dataclass(frozen=True)
class Worked:
    """One displayed number and the sum behind it."""

    sum: Sum
    shown: float  # as the page has it
    text: str  # the sum in one line

    @property
    def difference(self) -> float:
        """Between what is shown and what was recomputed in double precision."""
        return abs(self.shown - self.sum.value)


def worked(model: GPT, trace: Trace, place: Place) -> Worked:
    """The sum behind one number. Raises ValueError for a kind, neuron, place or token that is not there."""
    need_one_of("kind", place.kind, KINDS)
    if place.kind == "head":
        check_head(model.config, place.layer, place.neuron)
    else:
        check_neuron(model, place.layer, place.neuron)
    need_int("position", place.position, 0, len(trace.logits) - 1)
    need_int("token", place.token, 0, trace.logits.shape[1] - 1)
    by_kind = {"before": before_sum, "after": after_sum, "push": push_sum, "effect": effect_sum, "head": head_sum}
    made = by_kind[place.kind](model, trace, place)
    return Worked(made, shown(model, trace, place), made.text or spelled(made.terms, made.bias, made.value))


def shown(model: GPT, trace: Trace, place: Place) -> float:
    """The number as the page has it, in float32."""
    at = (place.layer, place.position, place.neuron)
    if place.kind in ("before", "after"):
        return float((trace.mlp_pre if place.kind == "before" else trace.mlp_post)[at])
    if place.kind == "push":
        return float(pushes(model, place.layer, place.neuron)[place.token])
    back = read_backwards(model, trace, place.position, place.token)
    if place.kind == "head":
        return float(head_effects(model, trace, place.position, back)[place.layer, place.neuron])
    way = back.mlp[place.layer].float()  # (C,)
    return float(trace.mlp_post[at] * (written_by(model, place.layer, place.neuron) @ way))


def before_sum(model: GPT, trace: Trace, place: Place) -> Sum:
    """What the MLP reads (C,) times the neuron's row of the first matrix, plus its bias."""
    layer, n, t = place.layer, place.neuron, place.position
    linear = check_neuron(model, layer, n).expand
    terms = products("c", mlp_input(model, trace, layer)[t], linear.weight[n])
    bias = float(linear.bias[n]) if isinstance(linear.bias, Tensor) else None
    stream, table = f"seen.resid_mid[{layer}, {t}]", f"model.blocks[{layer}].mlp.expand"
    x = f"model.blocks[{layer}].norm2({stream})" if model.config.norm == "pre" else stream
    formula = f"before[{n + 1}] = sum over c of x[c] × W_in[{n + 1}, c]" + ("" if bias is None else f" + b[{n + 1}]")
    code = f"{x} @ {table}.weight[{n}]" + ("" if bias is None else f" + {table}.bias[{n}]")
    return Sum(formula, terms, total(terms) + (bias or 0.0), code, bias)


def after_sum(model: GPT, trace: Trace, place: Place) -> Sum:
    """The activation of one number; SoLU looks at all of the layer."""
    layer, n, t, name = place.layer, place.neuron, place.position, model.config.activation
    pre = trace.mlp_pre[layer, t].double()  # (N,)
    x = float(pre[n])
    share = {
        "relu": lambda: float(x > 0),
        "gelu": lambda: 0.5 * (1 + math.erf(x / math.sqrt(2))),
        "gelu_tanh": lambda: 0.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        "solu": lambda: float(pre.softmax(dim=-1)[n]),
    }[name]()
    value = x * share
    terms = (Term("x × share", (x, share), value),)
    text = f"{short(x)} × {short(share)} = {short(value)}"
    code = f"model.blocks[{layer}].mlp.activation(seen.mlp_pre[{layer}, {t}])[{n}]"
    return Sum(f"after[{n + 1}] = {name}(x) = {CURVES[name]}", terms, value, code, text=text)


def push_sum(model: GPT, trace: Trace, place: Place) -> Sum:
    """What a neuron writes, as the output table gets it, times a token's row of that table."""
    layer, n, v = place.layer, place.neuron, place.token
    read = as_read(model, layer, written_by(model, layer, n).double())  # (C,)
    terms = products("c", read, output_table(model).double()[v])
    formula = f"push[{n + 1}] = sum over c of w[c] × (E[c] - mean of E[c]); w is what the neuron writes" + (
        "" if model.config.norm == "none" else ", less its mean, × the norm's gain"
    )
    code = f"from gpt.analysis.mlp import pushes\npushes(model, {layer}, {n})[{v}]"
    if model.config.norm == "pre" and model.config.head != "none":
        code = (
            f"w = model.blocks[{layer}].mlp.project.weight[:, {n}]\n"
            f"w = (w - w.mean()) * model.norm_final.weight\nE = model.unembed.weight\nw @ (E[{v}] - E.mean(dim=0))"
        )
    return Sum(formula, terms, total(terms), code)


def effect_sum(model: GPT, trace: Trace, place: Place) -> Sum:
    """What a neuron writes at this place, read into one token's logit, norms taken as they are here."""
    layer, n, t, v = place.layer, place.neuron, place.position, place.token
    way = read_backwards(model, trace, t, v).mlp[layer]  # (C,)
    written = trace.mlp_post[layer, t, n].double() * written_by(model, layer, n).double()  # (C,)
    terms = products("c", written, way)
    formula = (
        f"effect[{n + 1}] = sum over c of after[{n + 1}] × W_out[c, {n + 1}] × way[c], from the stream to the logit"
    )
    code = (
        "from gpt.analysis.logit_direction import read_backwards\n"
        f"way = read_backwards(model, seen, {t}, {v}).mlp[{layer}].float()\n"
        f"seen.mlp_post[{layer}, {t}, {n}] * model.blocks[{layer}].mlp.project.weight[:, {n}] @ way"
    )
    return Sum(formula, terms, total(terms), code)


def head_sum(model: GPT, trace: Trace, place: Place) -> Sum:
    """What a head brings from each token, as much as it looks at it, read into one token's logit."""
    layer, head, t, v = place.layer, place.neuron, place.position, place.token
    way = read_backwards(model, trace, t, v).attn[layer]  # (C,)
    brought = handed_on(trace, layer)[head].double() @ (out_table(model, layer)[head].double() @ way)  # (T,)
    terms = products("token", trace.pattern[layer, head, t], brought)
    D = model.config.head_size
    code = (
        "from gpt.analysis.logit_direction import read_backwards\n"
        f"way = read_backwards(model, seen, {t}, {v}).attn[{layer}].float()\n"
        f"table = model.blocks[{layer}].attn.project.weight[:, {head * D} : {(head + 1) * D}]\n"
        f"seen.z[{layer}, {head}, {t}] @ table.T @ way"
    )
    formula = f"effect of head {head + 1} = sum over tokens j of pattern[{t + 1}, j] × (v[j] W_O · way to the logit)"
    return Sum(formula, terms, total(terms), code)


def pytorch(loading: str, ids: Sequence[int], made: Sum) -> str:
    """A few lines of PyTorch that print the number; `loading` is an expression that gives a Checkpoint."""
    *before, last = made.code.split("\n")
    imports = [line for line in before if line.startswith("from ")]
    lines = ["from gpt import checkpoint", *imports, "from gpt.trace import trace", f"model = {loading}.model"]
    lines += [f"seen = trace(model, {[int(i) for i in ids]})"] if "seen" in made.code else []
    return "\n".join([*lines, *(line for line in before if line not in imports), f"print(({last}).item())"])
