"""What one number of the residual stream is the sum of: its terms, its formula, and the same in PyTorch.

Formulas and labels count from 1, as everything on a page does; PyTorch counts from 0. In every code `model` is the
model, `seen` its trace of `ids`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis import edited_writes
from gpt.analysis.dropout import draws
from gpt.analysis.lens import streams
from gpt.analysis.logit_direction import spread_of
from gpt.analysis.norms import stream_before
from gpt.analysis.sums import Term, products, total
from gpt.analysis.writes import OF_MLP, Write, Written
from gpt.model import GPT
from gpt.numerals import short
from gpt.trace import Trace


@dataclass(frozen=True)
class Found:
    """A number with the sum behind it: `value` is what comes out of the terms, `shown` what a page shows."""

    formula: str
    terms: tuple[Term, ...]
    shown: float
    value: float
    text: str  # how the terms make the value
    code: str  # an expression
    imports: str = ""  # a line that the code needs


def by_size(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Terms, the largest product first."""
    return tuple(sorted(terms, key=lambda term: -abs(term.product)))


def vector_code(one: Write, position: int) -> str:
    """A part's vector in PyTorch."""
    layer, block = one.layer, f"model.blocks[{one.layer}]"
    if one.kind == "token":
        return f"model.token_embedding.weight[ids[{position}]]"
    if one.kind.startswith("edit"):
        return edited_writes.code_of(one.kind, one.layer, position)
    if one.kind == "position":
        return f"model.positions(len(ids))[{position}]"
    if one.kind == "attention":
        return f"seen.attn_out[{layer}, {position}]"
    if one.kind == "head":
        z = f"seen.z[{layer}, {one.head}, {position}]"
        return f"{block}.attn.project.weight.unflatten(1, (model.config.n_head, -1))[:, {one.head}] @ {z}"
    if one.kind == "bias":
        return f"{block}.attn.project.bias"
    if one.kind == "MLP bias":
        return f"{block}.mlp.project.bias"
    return f"{block}.mlp.project.weight @ seen.mlp_post[{layer}, {position}]"


def stream_code(one: Write, position: int) -> str:
    """The stream that a part writes onto, in PyTorch."""
    if one.layer < 0:
        return f"streams(model, seen, ids)[0, {position}]"
    site = "resid_mid" if one.kind in (*OF_MLP, edited_writes.BEHIND) else "resid_pre"
    return f"seen.{site}[{one.layer}, {position}]"


def length_sum(one: Write, position: int) -> Found:
    """A length: the root of the sum of the squares."""
    terms = products("c", one.vector, one.vector)
    value = math.sqrt(total(terms))
    text = f"The squares add up to {short(total(terms))}; the root of that is {short(value)}"
    return Found(
        "|w| = √ sum over c of w[c]²", terms, one.length, value, text, f"({vector_code(one, position)}).norm()"
    )


def cosine_sum(one: Write, position: int) -> Found:
    """A cosine: the product of both vectors over the product of their lengths."""
    terms, long = products("c", one.vector, one.stream), float(one.stream.norm())
    value = total(terms) / (one.length * long) if one.length * long else 0.0
    lengths = f"over the lengths, {short(one.length)} × {short(long)}, that is {short(value)}"
    text = f"The products add up to {short(total(terms))}; {lengths}"
    code = f"torch.cosine_similarity({vector_code(one, position)}, {stream_code(one, position)}, dim=0)"
    formula = "cos = (sum over c of w[c] × x[c]) / (|w| × |x|)"
    imports = "import torch" + ("\nfrom gpt.analysis.lens import streams" if one.layer < 0 else "")
    return Found(formula, terms, one.cosine, value, text, code, imports)


def effect_sum(one: Write, position: int, token: int) -> Found:
    """An effect on a logit: the vector times the direction that lifts that logit."""
    terms = products("c", one.vector, one.direction)
    row = f"way.{'mlp' if 'MLP' in one.kind else 'attn'}[{one.layer}]"
    row = "way.embed" if one.layer < 0 or one.kind in edited_writes.STREAM else row
    row = row.replace("way", f"read_backwards(model, seen, {position}, {token})")
    text = f"The products add up to {short(total(terms))}"
    code = f"({vector_code(one, position)}).double() @ {row}"
    imports = "from gpt.analysis.logit_direction import read_backwards"
    formula = "effect = sum over c of w[c] × d[c], d: what lifts this logit over the mean of all, read back to here"
    return Found(formula, terms, one.effect, total(terms), text, code, imports)


def logit_sum(found: Written) -> Found:
    """The logit: everything that was written, what norms and table add, and the mean of all logits."""
    terms = [Term(one.name, (one.effect,), one.effect) for one in found.writes]
    terms += [Term(name_of(name), (effect,), effect) for name, effect in found.added.items()]
    terms.append(Term("mean of all logits", (found.mean,), found.mean))
    if found.besides:
        terms.append(Term("what edits changed besides", (found.besides,), found.besides))
    terms = by_size(terms)
    text = f"All {len(terms)} add up to {total(terms):.5f}; what is missing is rounding"
    code = f"seen.logits[{found.position}, {found.token}]"
    return Found("logit = mean of all logits + sum of all effects", terms, found.logit, total(terms), text, code)


def name_of(added: str) -> str:
    """What norms and table add, as people call it: layers count from 1."""
    word, _, rest = added.partition(" ")
    if word != "layer":
        return f"{added}'s shift" if added == "final norm" else added
    number, _, rest = rest.partition(" ")
    return f"layer {int(number) + 1} {rest}: its shift"


def share_sum(model: GPT, stream: Tensor, boundary: int, position: int, token: int, words: Sequence[str]) -> Found:
    """A probability of the lens: exp of a logit over the sum of all of them; stream (S, T, C)."""
    with torch.no_grad():
        shown = float(model.unembed_stream(stream[boundary, position]).softmax(dim=-1)[token])
        logits = model.unembed_stream(stream[boundary, position]).double()  # (V,)
    most = float(logits.max())
    powers = (logits - most).exp()  # (V,)
    terms = by_size([
        Term(words[i], (logit, most), power)
        for i, (logit, power) in enumerate(zip(logits.tolist(), powers.tolist(), strict=True))
    ])  # fmt: skip
    value = float(powers[token]) / math.fsum(powers.tolist())
    text = f"exp({float(logits[token]):.4f} - {most:.4f}) = {float(powers[token]):.4f}, of the sum {total(terms):.4f}: "
    L = model.config.n_layer
    where = f"seen.resid_post[{L - 1}, {position}]" if boundary == L else f"seen.resid_pre[{boundary}, {position}]"
    where = where if L else f"model.embed(torch.tensor([ids]))[0, {position}]"
    code = f"model.unembed_stream({where}).softmax(dim=-1)[{token}]"
    formula = "p(token) = exp(logit - largest) / sum over all tokens of exp(logit - largest)"
    return Found(formula, terms, shown, value, text + short(value), code, "import torch" if not L else "")


def number_sum(model: GPT, trace: Trace, ids: Sequence[int], found: Written, boundary: int, column: int) -> Found:
    """One number of the stream at a boundary: the sum of what every part before it wrote into this dimension."""
    config, position, layer = model.config, found.position, boundary - 1
    stream = streams(model, trace, ids)  # (S, T, C)
    shown = float(stream[boundary, position, column])
    code = f"streams(model, seen, ids)[{boundary}, {position}, {column}]"
    imports = "from gpt.analysis.lens import streams"
    before = [one for one in found.writes if one.layer < boundary]
    if not config.residual and boundary:  # a part takes the place of all that was there
        kinds = ("MLP", "MLP bias") if config.feed_forward else ("head", "bias")
        before = [one for one in before if one.layer == layer and one.kind in kinds]
    if config.norm != "post" or not boundary:
        terms = by_size([Term(one.name, (float(one.vector[column]),), float(one.vector[column])) for one in before])
        formula = f"x[{column + 1}] = sum over all parts that wrote before of w[{column + 1}]"
        return Found(
            formula, terms, shown, total(terms), f"The {len(terms)} add up to {short(total(terms))}", code, imports
        )
    part = "mlp" if config.feed_forward else "attn"
    norm = getattr(model.blocks[layer], "norm2" if config.feed_forward else "norm1")
    x = stream_before(model, trace, part)[layer, position].double()  # (C,)
    spread = spread_of(norm, x)
    gain, shift = float(norm.weight[column]), float(norm.bias[column]) if config.bias else 0.0
    level = (float(x[column]), -float(x.mean()))
    terms = tuple(
        Term(name, (y, gain / spread), y * gain / spread) for name, y in zip(("y", "- mean of y"), level, strict=True)
    )
    terms = (*terms, Term("shift", (shift,), shift)) if config.bias else terms
    text = (
        f"Gain {short(gain)} over spread {short(spread)} is {short(gain / spread)}; all add up to {short(total(terms))}"
    )
    formula = (
        "x[c] = (y[c] - mean of y) / spread × gain[c]" + (" + shift[c]" if config.bias else "") + ", y before the norm"
    )
    return Found(formula, terms, shown, total(terms), text, code, imports)


def mean_sum(vector: Tensor, code: str, share: float, seed: int, n: int, column: int) -> Found:
    """The mean of n draws of what dropout leaves of one number of a vector (C,); `code` is the vector in PyTorch."""
    found = draws(vector, share, seed, n)[:, column].double()  # (n,)
    terms = by_size([Term(f"seed {seed + i}", (x, 1 / n), x / n) for i, x in enumerate(found.tolist())])
    kept = int((found != 0).sum())
    x = float(vector[column])
    left = f"{short(x)} / {1 - share:g} = {short(x / (1 - share))}"
    text = f"{kept} of {n} draws keep it, as {left}; the number itself is {short(x)}"
    shown = float(draws(vector, share, seed, n).mean(dim=0)[column])
    line = f"draws({code}, {share:g}, {seed}, {n})[:, {column}].mean()"
    formula = f"mean over {n} draws of x[{column + 1}] × (kept ? 1 / (1 - p) : 0), p = {share:g}"
    imports = "from gpt.analysis.dropout import draws\nfrom gpt.analysis.lens import streams"
    return Found(formula, terms, shown, total(terms), text, line, imports)
