"""Where a weight's gradient comes from: what its tensor reads, times what is asked of what it writes, over all tokens.

The chain rule of a linear layer, of layer norm's gain and of a table of vectors (Rumelhart et al. 1986).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis.sums import Term, total
from gpt.lessons.training_step.setting import CONFIG, B, Followed, T

C = CONFIG.n_embd
# A matrix -> what it reads and what it writes; the gain of a norm -> what it is applied to.
READS = {
    "query": ("norm1_out", "q"),
    "key": ("norm1_out", "k"),
    "value": ("norm1_out", "v"),
    "project": ("z", "attn_out"),
    "expand": ("norm2_out", "mlp_pre"),
    "shrink": ("mlp_post", "mlp_out"),
    "output": ("final_out", "logits"),
}
NORMS = {"norm1": "resid_pre", "norm2": "resid_mid", "final": "resid_post"}


def flat(x: Tensor) -> Tensor:
    """What flows, token by token: (B, T, N) or (B, H, T, D) as (B T, N), heads side by side."""
    return (x.transpose(1, 2) if x.dim() == 4 else x).reshape(B * T, -1)  # (B T, N)


def levelled(
    values: Mapping[str, Tensor], gradients: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What the three layer norms hand on (B, T, C), which no tap sees, and its gradients: those of all who read it."""
    found, asked = dict[str, Tensor](), dict[str, Tensor]()
    for norm, stream in NORMS.items():
        found[f"{norm}_out"] = F.layer_norm(values[stream], (C,), values[norm])  # (B, T, C)
        readers = [(name, writes) for name, (reads, writes) in READS.items() if reads == f"{norm}_out"]
        slopes = [flat(gradients[writes]) @ values[name] for name, writes in readers]  # (B T, C) each
        asked[f"{norm}_out"] = torch.stack(slopes).sum(0).view(B, T, C)  # (B, T, C)
    return found, asked


@dataclass(frozen=True)
class Source:
    """The gradient of one weight as a sum over tokens."""

    formula: str
    terms: tuple[Term, ...]  # one a token that has a part in it, the largest first; labels are places in the batch
    value: float
    code: str  # PyTorch, from `seen`, the film's pass


def source(values: Mapping[str, Tensor], gradients: Mapping[str, Tensor], inputs: Tensor, weight: Followed) -> Source:
    """The sum behind a weight's gradient; inputs (B, T). Tokens count from 1, windows one behind the other."""
    r, c, name = weight.row, weight.column, weight.name
    d, w = c + 1, r + 1
    if name in READS:
        reads, writes = READS[name]
        asked, read = flat(gradients[writes])[:, r], flat(values[reads])[:, c]  # (B T,), (B T,)
        formula = f"g = sum over tokens of d loss / d {writes}[{w}] × {reads}[{d}]"
        code = f'flat(seen.gradients["{writes}"])[:, {r}] @ flat(seen.values["{reads}"])[:, {c}]'
        return summed(formula, asked, read, range(B * T), code)
    if name in NORMS:
        stream = NORMS[name]
        asked = flat(gradients[f"{name}_out"])[:, c]  # (B T,)
        read = F.layer_norm(flat(values[stream]), (C,))[:, c]  # (B T,)
        formula = f"g = sum over tokens of d loss / d {name}_out[{d}] × levelled {stream}[{d}]"
        levels = f'torch.nn.functional.layer_norm(flat(seen.values["{stream}"]), ({C},))'
        code = f'flat(seen.gradients["{name}_out"])[:, {c}] @ {levels}[:, {c}]'
        return summed(formula, asked, read, range(B * T), code)
    slopes, where = flat(gradients["resid_pre"])[:, c], flat(inputs[..., None])[:, 0]  # (B T,), (B T,)
    if name == "places":
        where = torch.arange(T).repeat(B)  # (B T,)
    used = (where == r).nonzero()[:, 0].tolist()
    formula = f"g = sum of d loss / d resid_pre[{d}] over the tokens that read this row"
    code = f'flat(seen.gradients["resid_pre"])[{used}, {c}].sum()'
    return summed(formula, slopes, None, used, code)


def summed(formula: str, asked: Tensor, read: Tensor | None, used: range | list[int], code: str) -> Source:
    """The sum over tokens of asked (B T,) times read (B T,)."""
    terms = list[Term]()
    for i in used:
        factors = (asked[i].item(),) if read is None else (asked[i].item(), read[i].item())
        terms.append(Term(str(i), factors, factors[0] * (factors[1] if len(factors) > 1 else 1.0)))
    terms.sort(key=lambda term: -abs(term.product))
    return Source(formula, tuple(terms), total(terms), code)
