"""What is cheap to know about a prediction, beside which the truth, silencing and cutting, is put.

Every guess is large where the prediction should lose much; none of them changes anything in the model. Which of them
foretells the truth is what the page shows: Jain & Wallace 2019, "Attention is not Explanation", asked it of attention.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gpt.analysis.attribution import direct_effect, handed_on, out_table, rollout, value_weighted
from gpt.analysis.input_gradients import gradient_times_head, gradient_times_input, integrated_gradients
from gpt.analysis.logit_direction import read_backwards
from gpt.analysis.writes import vectors
from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import Trace

POINTS = 128  # of integrated gradients at most, where they must not take long


def edge_effects(model: GPT, trace: Trace, position: int, token: int) -> Tensor:
    """Every head's direct effect on a logit, split by the tokens it took it from: (L, H, T).

    As `attribution.token_effect`, for all heads at once. Raises ValueError for a position or token that is not there.
    """
    way = read_backwards(model, trace, position, token)
    found = torch.zeros(trace.pattern.shape[:3])  # (L, H, T)
    for layer in range(len(trace.pattern)):
        to_logit = out_table(model, layer).double() @ way.attn[layer]  # (H, D)
        brought = (handed_on(trace, layer).double() * to_logit[:, None]).sum(-1)  # (H, T)
        found[layer] = trace.pattern[layer, :, position].double() * brought  # (H, T)
    return found


def of_heads(
    model: GPT, trace: Trace, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = ()
) -> dict[str, Tensor]:
    """Guesses of what each head does for a logit, (L x H,) each; `trace` is the pass with the `edits`."""
    return {
        "direct effect": direct_effect(model, trace, position, token).flatten(),
        "gradient × output": gradient_times_head(model, ids, position, token, edits).flatten(),
    }


def of_tokens(
    model: GPT, trace: Trace, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = ()
) -> dict[str, Tensor]:
    """Guesses of what each token does for it, (T,) each.

    The direct effect is what all heads bring from a token by themselves, and at `position` its own vector besides.
    """
    direct = edge_effects(model, trace, position, token).sum((0, 1))  # (T,)
    way = read_backwards(model, trace, position, token)
    if model.config.residual:
        parts = vectors(model, trace, trace.resid_pre[0, position], position)
        own = torch.stack([vector for kind, _, _, vector in parts if kind in ("token", "position")]).sum(0)  # (C,)
        direct[position] += float(own @ way.embed)
    return {
        "attention": trace.pattern[:, :, position].mean((0, 1)),
        "rollout": rollout(trace, model)[-1, position],
        "direct effect": direct,
        "gradient × input": gradient_times_input(model, ids, position, token, edits),
    }


def integrated(model: GPT, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = ()) -> Tensor:
    """Integrated gradients of each token, (T,): dearer than the others by far."""
    return integrated_gradients(model, ids, position, token, edits, POINTS).parts


def of_edges(model: GPT, trace: Trace, query: int, position: int, token: int) -> dict[str, Tensor]:
    """Guesses of what each edge from `query` does, (L, H, T) each: a row's weights, and what they carry.

    What it carries reaches the logit directly only from `position` itself.
    """
    found = {
        "attention": trace.pattern[:, :, query],
        "attention × |value|": value_weighted(trace, model)[:, :, query],
    }
    return found | ({"direct effect": edge_effects(model, trace, position, token)} if query == position else {})
