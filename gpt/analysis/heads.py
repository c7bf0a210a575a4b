"""What a head does on this prompt, as numbers: the share of its attention that goes to one kind of place.

Each score is the mean, over the tokens for which the question makes sense, of the weight that a token puts on the keys
of that kind (the scores of TransformerLens' head detector; induction: Olsson et al. 2022, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis import entropy

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
UNCLEAR = "no clear role on this text"

# Each score in one sentence for a learner: what is measured, in per cent of the head's attention.
WORDS = {
    "previous": "How much of its attention goes to the token just before, on average over all tokens but the first.",
    "first": "How much goes to the very first token: where many heads rest when they find nothing to do.",
    "itself": "How much each token keeps on itself, on average over all tokens but the first.",
    "same": "How much goes to earlier copies of the same token, where there are any.",
    "induction": "How much goes to the token after an earlier copy of the present one: what came next last time.",
    "word start": "How much goes to the first letter of the word, from its other letters.",
    "diffuse": "How evenly it spreads: its entropy as a share of the largest possible, "
    "100 % when all visible tokens weigh the same.",
}


def masks(tokens: Sequence[str]) -> dict[str, Tensor]:
    """For each role, which keys (columns) count for which query (rows): bool (T, T), never above the diagonal."""
    T = len(tokens)
    q, k = torch.arange(T)[:, None], torch.arange(T)[None, :]  # (T, 1), (1, T)
    numbers = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    number = torch.tensor([numbers[token] for token in tokens])  # (T,) equal tokens, equal numbers
    same = number[:, None] == number[None, :]  # (T, T)
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


@dataclass(frozen=True)
class Role:
    """What one head does most on this prompt."""

    layer: int
    head: int
    share: float  # of its attention, 0 to 1
    phrase: str  # "62 % on the previous token", or "no clear role on this text"


def describe(pattern: Tensor, tokens: Sequence[str], found: Mapping[str, Tensor] | None = None) -> list[Role]:
    """The role of every head, layer by layer; pattern (L, H, T, T). Empty without heads or tokens.

    `found` are its `scores`, for whoever has them already.
    """
    if not len(pattern) or not tokens:
        return []
    found = scores(pattern, tokens) if found is None else found
    share, which = torch.stack(list(found.values())).max(dim=0)  # (L, H), (L, H)
    names = list(found)
    roles = []
    for layer, row in enumerate(share.tolist()):
        for head, part in enumerate(row):
            role = ROLES[names[int(which[layer, head])]]
            roles.append(Role(layer, head, part, f"{100 * part:.0f} % on {role}" if part >= CLEAR else UNCLEAR))
    return roles


def clearest(roles: Sequence[Role], count: int) -> list[Role]:
    """The heads with a clear role, the clearest first, at most `count`."""
    return sorted((role for role in roles if role.share >= CLEAR), key=lambda role: -role.share)[:count]


def entropy_share(pattern: Tensor) -> Tensor:
    """How evenly each head spreads its attention: pattern (L, H, T, T) -> (L, H), from 0 to 1.

    A row's entropy by the entropy of spreading evenly over the tokens it can see, averaged over the rows that see two
    or more; 0 when there is no such row. A pattern with any weight in the future is an encoder's, which sees all.
    """
    T = pattern.shape[-1]
    seen = torch.arange(1, T + 1)  # (T,) tokens that each row can see
    if pattern.triu(1).any():
        seen = torch.full_like(seen, T)  # (T,)
    asked = seen > 1  # (T,)
    if not asked.any():
        return torch.zeros(pattern.shape[:2])  # (L, H)
    bits = entropy.bits(pattern)[..., asked]  # (L, H, rows asked)
    return (bits / seen[asked].log2()).mean(dim=-1).clamp(0.0, 1.0)  # (L, H)


def similar(pattern: Tensor) -> list[tuple[int, int]]:
    """All heads as (layer, head), ordered so that like patterns stand side by side; pattern (L, H, T, T).

    Greedy: begin with the head that is least like the others, then always take the one most like the last. Likeness is
    the Hellinger distance, the Euclidean one between the square roots of the weights, over all rows at once.
    """
    L, H = pattern.shape[:2]
    flat = pattern.flatten(2).flatten(0, 1).sqrt()  # (L * H, T * T)
    like = (flat @ flat.T).double()  # (L * H, L * H)
    own = like.diagonal()  # (L * H,)
    apart = (own[:, None] + own[None, :] - 2 * like).clamp_min(0.0).sqrt()  # (L * H, L * H) |a - b|
    distances, lonely = apart.tolist(), (-apart.sum(dim=1)).tolist()
    waiting, order = list(range(L * H)), list[int]()
    while waiting:
        distance = distances[order[-1]] if order else lonely
        order.append(min(waiting, key=lambda i: (round(distance[i], 4), i)))
        waiting.remove(order[-1])
    return [divmod(i, H) for i in order]
