"""What every head of a model does as a rule: its roles over a set of texts, beside which one prompt can be held."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gpt.analysis.heads import ENOUGH, Usual, answers, meaningful
from gpt.model import GPT


@torch.no_grad()
def usual(model: GPT, texts: Sequence[Sequence[int]], vocabulary: Sequence[str]) -> Usual | None:
    """One pass over each text; ids (T,) each, at most the context. None without a text or without heads.

    Roles that make no sense for this vocabulary, and those that fewer than three tokens answer, are left out.
    """
    L, H = model.config.n_layer, model.config.n_head
    texts = [text for text in texts if text]
    if not L or not texts:
        return None
    total = {role: (torch.zeros(L, H), 0) for role in meaningful(vocabulary)}  # (L, H) each
    for text in texts:
        for role, (given, asked) in answers(patterns(model, text), [vocabulary[i] for i in text]).items():
            if role in total:
                so_far, n = total[role]
                total[role] = so_far + given, n + asked  # (L, H)
    return Usual(len(texts), {role: given / n for role, (given, n) in total.items() if n >= ENOUGH})


def patterns(model: GPT, ids: Sequence[int]) -> Tensor:
    """Only the patterns (L, H, T, T) of one pass: a whole trace of twenty texts would be a hundred megabytes."""
    kept: list[Tensor] = []

    def keep(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "pattern":
            kept.append(x[0])  # (H, T, T)
        return x

    model(torch.tensor([list(ids)]), keep)  # ids (1, T)
    return torch.stack(kept)  # (L, H, T, T)
