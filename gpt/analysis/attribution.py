"""What flows through the attention, beyond the raw pattern: how much is carried, from how far, and to what effect.

A pattern says where a head looks, not what it takes from there: a token with a short value vector can be looked at and
hand over nothing (Kobayashi et al. 2020, section 3), and what stands at a place after a layer is a mixture of places.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import torch
from torch import Tensor

from gpt.analysis.logit_direction import Way, read_backwards
from gpt.analysis.stages import block_of, check_head
from gpt.analysis.writes import direction_at, vectors
from gpt.model import GPT
from gpt.trace import Trace

NOISE = 1e-5  # numbers of 32 bits that differ by less than this share of themselves differ by rounding


def out_table(model: GPT, layer: int) -> Tensor:
    """W_O, cut into heads: what each number of a head's z adds to the stream, (H, D, C)."""
    H, D = model.config.n_head, model.config.head_size
    return block_of(model, layer).attn.project.weight.detach().view(-1, H, D).permute(1, 2, 0)  # (H, D, C)


def value_weighted(trace: Trace, model: GPT) -> Tensor:
    """The pattern, each weight times the length of what it brings, |v_j W_O|; each row then sums to 1: (L, H, T, T).

    A row whose tokens all hand over nothing stays zero, and so do all of a head that is switched off.
    Source: Kobayashi et al. 2020, section 3, formula 4.
    """
    if not len(trace.pattern):
        return trace.pattern.clone()  # (0, H, T, T)
    return torch.stack([layer_weighted(trace, model, layer) for layer in range(len(trace.v))])  # (L, H, T, T)


def layer_weighted(trace: Trace, model: GPT, layer: int) -> Tensor:
    """`value_weighted` of one layer: (H, T, T)."""
    length = (handed_on(trace, layer) @ out_table(model, layer)).norm(dim=-1)  # (H, T)
    carried = trace.pattern[layer] * length[:, None, :]  # (H, T, T)
    return carried / carried.sum(dim=-1, keepdim=True).clamp_min(1e-30)  # (H, T, T)


def handed_on(trace: Trace, layer: int) -> Tensor:
    """The values (H, T, D) that a layer's heads can hand on: of a head that is switched off (its z is zero) none."""
    return trace.v[layer] * trace.z[layer].flatten(1).any(dim=1)[:, None, None]  # (H, T, D)


def rollout(trace: Trace, model: GPT) -> Tensor:
    """How much of each token's input is left at each place after every layer, if heads mixed whole tokens: (L, T, T).

    Each layer is half its heads' mean pattern and half the token itself, which stays in the stream; the layers are
    multiplied. Rows sum to 1. Source: Abnar & Zuidema 2020, section 3. It knows nothing of values or of the MLPs, and
    the half that stays is a guess. Without residual connections nothing stays: the patterns alone are multiplied.
    """
    mean = trace.pattern.mean(dim=1)  # (L, T, T)
    so_far, steps = torch.eye(mean.shape[-1], dtype=mean.dtype), []  # (T, T)
    stays = 0.5 if model.config.residual else 0.0
    for layer in mean:
        so_far = (1 - stays) * layer @ so_far + stays * so_far  # (T, T)
        steps.append(so_far)
    return torch.stack(steps) if steps else mean  # (L, T, T)


def direct_effect(model: GPT, trace: Trace, position: int, token: int | None = None) -> Tensor:
    """What each head itself adds to the logit of the predicted (or given) token at `position`, (L, H).

    Measured from the mean over the vocabulary, in nats: a head that lifts all logits alike tells nothing. Norms on the
    way are taken as what they are at this place, a division by a number, which makes the way to the logits linear.
    Direct, since what later layers make of a head's output is counted as theirs. See `direct_parts` for the law.
    Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022, section 3.1.
    Raises ValueError for a position or token that is not there.
    """
    return head_effects(model, trace, position, read_backwards(model, trace, position, token))  # (L, H)


def head_effects(model: GPT, trace: Trace, position: int, way: Way) -> Tensor:
    """The same, (L, H), by a way back from a logit that is known already."""
    effects = torch.zeros(trace.z.shape[:2])  # (L, H)
    for layer, z in enumerate(trace.z[:, :, position].double()):  # (H, D)
        effects[layer] = (z * (out_table(model, layer).double() @ way.attn[layer])).sum(dim=-1)  # (H,)
    return effects


def token_effect(model: GPT, trace: Trace, layer: int, head: int, position: int, token: int | None = None) -> Tensor:
    """One head's direct effect, split by the tokens it took it from: (T,), which sums to `direct_effect[layer, head]`.

    That is pattern x (v_j W_O), read into the logit. (Of the edits of z itself only a head switched off is known.)
    Raises ValueError for a head, position or token that is not there.
    """
    check_head(model.config, layer, head)
    to_logit = read_backwards(model, trace, position, token).attn[layer]  # (C,) float64
    brought = handed_on(trace, layer)[head].double() @ (out_table(model, layer)[head].double() @ to_logit)  # (T,)
    return (trace.pattern[layer, head, position].double() * brought).float()  # (T,)


def direct_parts(model: GPT, trace: Trace, position: int, token: int | None = None) -> dict[str, float]:
    """Everything that makes a logit, by name: embeddings, heads, biases, MLPs, and what norms and the table add.

    `gpt.analysis.writes` has the vectors. Law: on a trace without edits the parts sum to the logit minus the mean
    logit. It holds for pre-norm, post-norm and no norm. Without residual connections only what is written last is a
    part; all before it acts through it.
    Raises ValueError for a position or token that is not there, and for a model without blocks, whose trace has no
    stream.
    """
    if model.config.n_layer == 0:
        raise ValueError("This model has no blocks: its logits are one part, the embedding. Choose one with blocks.")
    way = read_backwards(model, trace, position, token)
    parts: dict[str, float] = {}
    for kind, layer, head, vector in vectors(model, trace, trace.resid_pre[0, position], position):
        where = f"layer {layer} " if layer >= 0 else ""
        parts[f"{where}{kind}{f' {head}' if head >= 0 else ''}"] = float(vector @ direction_at(way, kind, layer))
    return parts | way.added


def alike(sorted_row: Tensor) -> Tensor:
    """Which numbers of a rising row (T,) are the same as the one before, but for 32-bit rounding: bool (T - 1,)."""
    low, high = sorted_row[:-1], sorted_row[1:]
    noise = NOISE * torch.maximum(low.abs(), high.abs()) + 0.01 * NOISE * sorted_row.abs().max()  # (T - 1,)
    return high - low <= noise


def ranks(row: Tensor) -> Tensor:
    """The rank of each number (T,), from 0; numbers that differ only by rounding share the mean of theirs."""
    order = row.double().argsort(stable=True)  # (T,)
    if len(row) < 2:
        return torch.zeros(len(row))
    new = torch.cat([torch.tensor([0]), (~alike(row.double()[order])).int()]).cumsum(0)  # (T,) number of the group
    places = torch.arange(len(row), dtype=torch.float64)  # (T,)
    size = torch.bincount(new).double()  # (groups,)
    mean = torch.zeros_like(size).index_add(0, new, places) / size  # (groups,)
    found = torch.empty(len(row), dtype=torch.float64)  # (T,)
    found[order] = mean[new]
    return found.float()


def ranks_nothing(row: Tensor) -> bool:
    """Whether all numbers of a row (T,) are the same, but for rounding."""
    return len(row) < 2 or bool(alike(row.double().sort().values).all())


def agreement(rows: Mapping[str, Tensor]) -> dict[tuple[str, str], float]:
    """How far ways to weigh the same tokens rank them alike, for each pair: 1 the same order, -1 the reverse.

    Spearman's rank correlation of rows (T,), with mean ranks for ties; what differs only by rounding is a tie. A pair
    is left out when one of its rows ranks nothing (all its numbers are equal). Give only tokens that can be seen:
    hidden ones would all tie at zero. Raises ValueError when the rows are not equally long.
    """
    lengths = {name: tuple(row.shape) for name, row in rows.items()}
    if any(len(shape) != 1 for shape in lengths.values()) or len(set(lengths.values())) > 1:
        raise ValueError(f"The rows have shapes {lengths}, but they must all be (T,) with the same T.")
    ranked = {name: ranks(row) - ranks(row).mean() for name, row in rows.items() if not ranks_nothing(row)}  # (T,) each
    found = {}
    for a, b in combinations(ranked, 2):
        spread = (ranked[a].norm() * ranked[b].norm()).item()
        found[a, b] = max(-1.0, min(1.0, (ranked[a] @ ranked[b]).item() / spread))
    return found
