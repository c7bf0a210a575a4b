"""What a head does on this prompt, as numbers: the share of its attention that goes to one kind of place.

Each score is the mean, over the tokens for which the question makes sense, of the weight that a token puts on the keys
of that kind (the scores of TransformerLens' head detector; induction: Olsson et al. 2022, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

# name -> how it ends the sentence "62 % on ...".
ROLES = {
    "previous": "the previous token",
    "first": "the first token",
    "itself": "the token itself",
    "same": "earlier copies of the same token",
    "induction": "the token after an earlier copy",
    "word start": "the first letter of the word",
}
CLEAR = 0.4  # below this share, a head has no clear role here


def masks(tokens: Sequence[str]) -> dict[str, Tensor]:
    """For each role, which keys (columns) count for which query (rows): bool (T, T), never above the diagonal."""
    T = len(tokens)
    q, k = torch.arange(T)[:, None], torch.arange(T)[None, :]  # (T, 1), (1, T)
    same = torch.tensor([[a == b for b in tokens] for a in tokens]).reshape(T, T)  # (T, T)
    found = {
        "previous": k == q - 1,
        "first": (k == 0) & (q > 0),
        "itself": (k == q) & (q > 0),
        "same": same & (k < q),
        "induction": torch.zeros(T, T, dtype=torch.bool),
        "word start": torch.zeros(T, T, dtype=torch.bool),
    }
    found["induction"][:, 1:] = same[:, :-1] & (k < q)[:, :-1] & (k <= q)[:, 1:]  # (T, T)
    found["induction"] &= k != q  # a token that repeats itself would count its own place
    start = 0
    for i, token in enumerate(tokens):
        if not token[-1:].isalpha() and i:
            start = i + 1  # a word begins after whatever is no letter
        elif start < i:
            found["word start"][i, start] = True
    return found


def scores(pattern: Tensor, tokens: Sequence[str]) -> dict[str, Tensor]:
    """Every head's share of attention for each role: pattern (L, H, T, T) -> role: (L, H), from 0 to 1."""
    result = {}
    for role, mask in masks(tokens).items():
        asked = mask.any(dim=1)  # (T,) the queries that have such a key at all
        given = (pattern * mask).sum(dim=-1)  # (L, H, T)
        result[role] = given[..., asked].mean(dim=-1) if asked.any() else torch.zeros(pattern.shape[:2])  # (L, H)
    return result


def describe(pattern: Tensor, tokens: Sequence[str]) -> list[str]:
    """One phrase a head, layer by layer: "62 % on the previous token", or "no clear role on this text"."""
    if not len(pattern) or not tokens:
        return []
    found = scores(pattern, tokens)
    table = torch.stack(list(found.values()))  # (roles, L, H)
    best, which = table.flatten(1).max(dim=0)  # (L * H,), (L * H,)
    names = list(found)
    return [
        f"{share:.0%} on {ROLES[names[int(role)]]}".replace("%", " %") if share >= CLEAR else "no clear role on this text"
        for share, role in zip(best.tolist(), which.tolist(), strict=True)
    ]
