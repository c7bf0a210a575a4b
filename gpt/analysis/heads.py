"""What a head does on this prompt, as numbers: the share of its attention that goes to one kind of place.

Each score is the mean, over the tokens for which the question makes sense, of the weight that a token puts on the keys
of that kind (the scores of TransformerLens' head detector; induction: Olsson et al. 2022, section 2). A role is claimed
only where three tokens or more were asked. `gpt.analysis.usual` asks the same of a set of texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gpt.analysis import entropy
from gpt.numerals import percent

# How far back a diagonal may lie: name -> tokens.
BACK = {"two back": 2, "three back": 3, "four back": 4, "five back": 5, "six back": 6, "seven back": 7, "eight back": 8}

# name -> how it ends the sentence "62 % on ...".
ROLES = {
    "previous": "the previous token",
    "first": "the first token",
    "itself": "the token itself",
    "same": "earlier copies of the same token",
    "induction": "the token after an earlier copy",
    "word start": "the first token of the word",
    **{name: f"the token {name}" for name in BACK},
}
NAMES = tuple(ROLES)
PLACE = {role: i for i, role in enumerate(NAMES)}
DIAGONALS = {"itself": 0, "previous": 1, **BACK}
CLEAR = 0.4  # below this share, a head has no clear role here
ENOUGH = 3  # tokens that must have been asked: one or two can look anywhere by chance
UNCLEAR = "no clear role on this text"
FEWEST_LETTERS = 12  # of an alphabet in which words are written: Rotokas has 12, no living language has fewer

# Each score in one sentence for a learner: what is measured, in per cent of the head's attention.
WORDS = {
    "previous": "How much of its attention goes to the token just before, on average over all tokens but the first.",
    "first": "How much goes to the very first token: where many heads rest when they find nothing to do.",
    "itself": "How much each token keeps on itself, on average over all tokens but the first.",
    "same": "How much goes to earlier copies of the same token, where there are any.",
    "induction": "How much goes to the token after an earlier copy of the present one: what came next last time.",
    "word start": "How much goes to the first token of the word, from its other tokens.",
    **{name: f"How much goes to the token {name}, from every token that has one." for name in BACK},
    "diffuse": "How evenly it spreads: its entropy as a share of the largest possible, "
    "100 % when all visible tokens weigh the same.",
}


def meaningful(vocabulary: Iterable[str]) -> tuple[str, ...]:
    """The roles that make sense for a model of this vocabulary: letters that are mere signs make no words."""
    return meaningful_of(tuple(vocabulary))


@lru_cache(32)
def meaningful_of(vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """The same, found once: it is asked at every key."""
    letters = {letter for token in vocabulary for letter in token.casefold() if letter.isalpha()}
    return tuple(role for role in ROLES if role != "word start" or len(letters) >= FEWEST_LETTERS)


def masks(tokens: Sequence[str], begin: int = 0) -> dict[str, Tensor]:
    """For each role, which keys (columns) count for which query (rows): bool (N, T), never above the diagonal.

    The N = T - begin rows are the queries from `begin` on.
    """
    return {role: torch.from_numpy(mask) for role, mask in zip(ROLES, table(tokens, begin), strict=True)}


def table(tokens: Sequence[str], begin: int = 0) -> np.ndarray:
    """The same as one array, bool (R, N, T)."""
    T = len(tokens)
    numbers = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    number = np.array([numbers[token] for token in tokens], np.int32)  # (T,) equal tokens, equal numbers
    before = np.append(np.int32(-1), number[:-1])[:T]  # (T,) of the token before each; the first has none
    asking, past = number[begin:, None], np.tri(T - begin, T, begin - 1, bool)  # (N, 1), (N, T)
    found = np.zeros((len(ROLES), T - begin, T), bool)
    found[PLACE["first"], max(1 - begin, 0) :, :1] = True
    found[PLACE["same"]] = (asking == number) & past
    found[PLACE["induction"]] = (asking == before) & past
    for role, back in DIAGONALS.items():
        skipped = max(max(back, 1) - begin, 0)  # queries that have no such key
        found[PLACE[role]].reshape(-1)[skipped * T + begin + skipped - back :: T + 1] = True
    start, starts = 0, list[tuple[int, int]]()
    for i, token in enumerate(tokens):
        if not token[-1:].isalpha():
            start = i + 1  # a word begins after whatever is no letter, at the very beginning too
        elif not token.isalpha():
            start = i  # " the" begins one itself
        elif start < i and begin <= i:
            starts.append((i - begin, start))
    if starts:
        rows, columns = zip(*starts, strict=True)
        found[PLACE["word start"], rows, columns] = True
    return found


def scores(pattern: Tensor, tokens: Sequence[str]) -> dict[str, Tensor]:
    """Every head's share of attention for each role: pattern (L, H, T, T) -> role: (L, H), from 0 to 1."""
    return {role: given / max(n, 1) for role, (given, n) in answers(pattern, tokens).items()}


class Given(NamedTuple):
    """What each of N tokens gives to the keys of each role."""

    weights: Tensor  # (L, H, R, N)
    asked: Tensor  # (R, N) bool: whether there are such keys


def given(pattern: Tensor, tokens: Sequence[str], begin: int = 0) -> Given:
    """What the tokens from `begin` on give: pattern (L, H, T, T)."""
    keys, (L, H) = table(tokens, begin), pattern.shape[:2]  # (R, N, T) bool
    R, N, T = keys.shape
    rows = pattern[:, :, begin:].numpy().reshape(L * H, N, T).transpose(1, 0, 2)  # (N, L * H, T)
    weights = rows @ keys.transpose(1, 2, 0).astype(rows.dtype)  # (N, L * H, R)
    weights = weights.transpose(1, 2, 0).reshape(L, H, R, N)  # (L, H, R, N)
    return Given(torch.from_numpy(weights), torch.from_numpy(keys.any(axis=2)))


def given_on(old: Given, kept: int, new: Given) -> Given:
    """What the first `kept` tokens gave in a text that began alike, and what those behind them give."""
    weights = torch.cat([old.weights[..., :kept], new.weights], dim=3)  # (L, H, R, N)
    return Given(weights, torch.cat([old.asked[:, :kept], new.asked], dim=1))


def answers(pattern: Tensor, tokens: Sequence[str], found: Given | None = None) -> dict[str, tuple[Tensor, int]]:
    """For each role: the weight that all tokens which were asked give, (L, H), and how many these are.

    `found` is what each of them gives, where that is known already.
    """
    weights, asked = found or given(pattern, tokens)
    total, many = weights.sum(dim=3), asked.sum(dim=1).tolist()  # (L, H, R), (R,)
    return {role: (total[..., i], many[i]) for i, role in enumerate(ROLES)}


@dataclass(frozen=True)
class Usual:
    """What a model's heads do as a rule: shares of attention over some texts."""

    texts: int  # how many
    shares: Mapping[str, Tensor]  # role: (L, H), from 0 to 1, over all tokens of all texts that the role asks

    @cached_property
    def by_head(self) -> list[dict[str, float]]:
        """For each of the L * H heads its shares by role."""
        lists = {role: share.flatten().tolist() for role, share in self.shares.items()}
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]

    @cached_property
    def known(self) -> np.ndarray:
        """The same of every role, (L * H, R); 0 where it is not known."""
        return np.array([[shares.get(role, 0.0) for role in ROLES] for shares in self.by_head]).reshape(-1, len(ROLES))


class Role(NamedTuple):
    """What one head does most on this prompt."""

    layer: int
    head: int
    name: str  # a key of ROLES, or "" where none is clear
    share: float  # of its attention on this prompt, 0 to 1
    usual: float | None  # the same over the texts, where there are any
    phrase: str  # "62 % on the previous token here, 58 % over 20 texts", or "no clear role on this text"


def describe(
    pattern: Tensor,
    tokens: Sequence[str],
    usual: Usual | None = None,
    roles: Sequence[str] = tuple(ROLES),
    found: Given | None = None,
) -> list[Role]:
    """The role of every head, layer by layer; pattern (L, H, T, T). Empty without heads or tokens.

    `roles` are those that make sense for the model. A role is claimed from three tokens on and with a clear share;
    where several are, the one whose shares here and over the texts are the largest together. `found` as in `answers`.
    """
    if not len(pattern) or not tokens:
        return []
    L, H = pattern.shape[:2]
    weights, asked = found or given(pattern, tokens)
    many = asked.sum(dim=1).numpy()  # (R,)
    claimed = (many >= ENOUGH) & np.array([role in roles for role in ROLES])  # (R,)
    shares = weights.sum(dim=3).numpy().reshape(L * H, -1) / np.maximum(many, 1).astype(np.float32)  # (L * H, R)
    shares[:, ~claimed] = -1.0
    known, often, texts = (0.0, [{}] * (L * H), 0)
    if usual is not None and usual.shares:
        known, often, texts = usual.known, usual.by_head, usual.texts
    best = np.where(shares >= CLEAR, shares + known, -1.0).argmax(axis=1)  # (L * H,)
    rows = zip(shares.tolist(), often, best.tolist(), strict=True)
    return [role_of(*divmod(i, H), *row, texts) for i, row in enumerate(rows)]


def role_of(layer: int, head: int, here: Sequence[float], often: Mapping[str, float], best: int, texts: int) -> Role:
    """One head's role, from its shares on this prompt (by role, -1 where none is claimed) and over so many texts.

    `best` is where the two are the largest together, of the roles that are clear here.
    """
    share = here[best]
    if share >= CLEAR:
        name = NAMES[best]
        beside = f" here, {percent(often[name])} over {texts} texts" if name in often else ""
        return Role(layer, head, name, share, often.get(name), f"{percent(share)} on {ROLES[name]}{beside}")
    usually = max(often, key=often.__getitem__, default="")
    known = often.get(usually, 0.0)
    beside = f"; {percent(known)} on {ROLES[usually]} over {texts} texts" if known >= CLEAR else ""
    return Role(layer, head, "", max(0.0, *here), None, UNCLEAR + beside)


def clearest(roles: Sequence[Role], count: int) -> list[Role]:
    """The heads with a clear role, the clearest first, at most `count`: here, or here and over the texts together."""
    named = [role for role in roles if role.name]
    return sorted(named, key=lambda role: -role.share - (role.usual or 0.0))[:count]


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
