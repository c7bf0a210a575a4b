"""Two passes side by side: where their attention, their streams, their predictions and their losses differ.

A and B may be two prompts, two models, two steps of a training, or one model with and without edits. They are compared
at the tokens that both texts have: a longest common subsequence. Sources: Wagner & Fischer 1974 (the subsequence), Lin
1991, "Divergence Measures Based on the Shannon Entropy" (Jensen-Shannon).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from gpt.analysis import entropy
from gpt.analysis.lens import streams
from gpt.analysis.perplexity import surprise
from gpt.model import GPT
from gpt.trace import Trace

MOST = 600_000  # weights of attention of one side that are compared: of 36 heads those of 129 tokens

Places = tuple[tuple[int, int], ...]  # pairs of places, one of each text, both rising


@dataclass(frozen=True)
class Side:
    """One of the two: a model, what it read, and the words of its vocabulary."""

    model: GPT
    trace: Trace
    ids: tuple[int, ...]  # (T,)
    vocabulary: tuple[str, ...]  # (V,)

    @property
    def tokens(self) -> tuple[str, ...]:
        """(T,) what it read, as text."""
        return tuple(self.vocabulary[i] for i in self.ids)


def align(a: Sequence[int] | Sequence[str], b: Sequence[int] | Sequence[str]) -> Places:
    """The places of a longest common subsequence of two texts: their ids, or their characters.

    The same whichever text is named first. Of several equally long it is one that moves tokens little.
    """
    code = {token: n for n, token in enumerate(dict.fromkeys([*a, *b]))}
    one, other = (np.array([code[token] for token in text], np.int64) for text in (a, b))
    equal = one[:, None] == other  # (A, B)
    best = np.zeros((len(a) + 1, len(b) + 1), np.int32)  # best[i, j]: of the first i tokens and the first j
    for i in range(len(a)):
        row = np.maximum(best[i, 1:], best[i, :-1] + equal[i])  # (B,)
        best[i + 1, 1:] = np.maximum.accumulate(row)
    found, i, j = list[tuple[int, int]](), len(a), len(b)
    while i and j:
        if equal[i - 1, j - 1]:
            i, j = i - 1, j - 1
            found.append((i, j))
        elif best[i - 1, j] != best[i, j - 1]:
            i, j = (i - 1, j) if best[i - 1, j] > best[i, j - 1] else (i, j - 1)
        elif (i, str(a[i - 1])) > (j, str(b[j - 1])):  # both are as good: the text that is ahead goes back
            i -= 1
        else:
            j -= 1
    return tuple(reversed(found))


def align_words(a: Sequence[str], b: Sequence[str]) -> Places:
    """The tokens of two vocabularies that are the same piece of text: their characters are aligned, one by one."""
    one, other = "".join(a), "".join(b)
    to = {i: i for i in range(len(one))} if one == other else dict(align(one, other))  # a character's place -> B's
    starts = dict(zip(accumulate(map(len, b), initial=0), range(len(b)), strict=False))  # a place -> B's token there
    found = list[tuple[int, int]]()
    for i, (word, start) in enumerate(zip(a, accumulate(map(len, a), initial=0), strict=False)):
        there = to.get(start, -1)
        j = starts.get(there, -1)
        if word and j >= 0 and b[j] == word and all(to.get(start + n) == there + n for n in range(len(word))):
            found.append((i, j))
    return tuple(found)


def merged(pairs: Places, a: int, b: int) -> tuple[tuple[int | None, int | None], ...]:
    """Texts of `a` and `b` tokens as one: each pair once, between them what only A has, then what only B has."""
    found, i, j = list[tuple[int | None, int | None]](), 0, 0
    for p, q in (*pairs, (a, b)):
        found += [(n, None) for n in range(i, p)] + [(None, n) for n in range(j, q)]
        if (p, q) != (a, b):
            found.append((p, q))
        i, j = p + 1, q + 1
    return tuple(found)


def jensen_shannon(p: Tensor, q: Tensor) -> Tensor:
    """How far two distributions (..., N) are from their mean, in bits (...): 0 of equal ones, 1 of disjoint ones.

    JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2, with H the entropy in bits.
    """
    p, q = p.double(), q.double()
    return (entropy.bits((p + q) / 2) - (entropy.bits(p) + entropy.bits(q)) / 2).clamp(0.0, 1.0)


def kullback_leibler(p: Tensor, q: Tensor) -> float:
    """KL(p || q) in bits, of two rows of logarithms of shares (V,)."""
    p, q = p.double(), q.double()
    return max(0.0, float((p.exp() * (p - q)).nan_to_num(0.0).sum()) / math.log(2))


@dataclass(frozen=True)
class HeadPairs:
    """The maps of the heads that both models have, over N aligned tokens; what looks and is looked at is in both."""

    a: Tensor  # (L, H, N, N) shares of a row, renormalised over the aligned tokens; 0 where nothing of it is left
    b: Tensor  # (L, H, N, N)
    js: Tensor  # (L, H) bits, the mean of the rows; NaN where there is no row
    pairs: Places  # the N aligned tokens

    def order(self) -> list[tuple[int, int]]:
        """The heads (layer, head), the ones that differ most first; those without a number last."""
        L, H = self.js.shape
        places = [(layer, head) for layer in range(L) for head in range(H)]
        return sorted(places, key=lambda place: -float(self.js[place].nan_to_num(-1.0)))


def heads(a: Trace, b: Trace, pairs: Places) -> HeadPairs:
    """Compare the heads of the layers that both have, over as many of the last aligned tokens as MOST allows."""
    L, H = (min(len(a.pattern), len(b.pattern)), min(a.pattern.shape[1], b.pattern.shape[1]))
    pairs = pairs[-max(1, math.isqrt(MOST // max(1, L * H))) :]
    one, other = (
        among(trace.pattern[:L, :H], [pair[side] for pair in pairs]) for side, trace in enumerate((a, b))
    )  # (L, H, N, N) each
    rows = jensen_shannon(one, other)  # (L, H, N)
    there = ~(one.isnan() | other.isnan()).any(-1)  # (L, H, N)
    js = torch.where(there, rows, 0.0).sum(-1) / there.sum(-1)  # (L, H)
    return HeadPairs(one.nan_to_num(0.0), other.nan_to_num(0.0), js, pairs)


def among(pattern: Tensor, places: Sequence[int]) -> Tensor:
    """Attention (L, H, T, T) among some tokens, (L, H, N, N), each row summing to 1; NaN where it has nothing."""
    at = torch.tensor(list(places), dtype=torch.int64)  # (N,)
    rows = pattern[:, :, at][..., at].double()  # (L, H, N, N)
    return rows / rows.sum(-1, keepdim=True)


@dataclass(frozen=True)
class Distances:
    """How far two streams are apart, at S boundaries and N aligned tokens."""

    relative: Tensor  # (S, N) |a - b| / ((|a| + |b|) / 2): 0 of equal vectors, at most 2
    cosine: Tensor  # (S, N) of the angle between them, from -1 to 1; 1 of equal vectors


def distances(a: Tensor, b: Tensor, pairs: Places) -> Distances | None:
    """Compare streams (S, T, C) at the boundaries that both have; None where their widths differ."""
    if a.shape[-1] != b.shape[-1]:
        return None
    S = min(len(a), len(b))
    one, other = (
        stream[:S, [pair[side] for pair in pairs]].double() for side, stream in enumerate((a, b))
    )  # (S, N, C) each
    long, wide, apart = one.norm(dim=-1), other.norm(dim=-1), (one - other).norm(dim=-1)  # (S, N) each
    relative = torch.where(apart > 0, apart / ((long + wide) / 2), 0.0)  # (S, N)
    product = (one * other).sum(-1)  # (S, N)
    cosine = torch.where(apart > 0, product / (long * wide).clamp_min(1e-300), 1.0)  # (S, N)
    return Distances(relative, cosine.clamp(-1.0, 1.0))


@dataclass(frozen=True)
class NextPair:
    """Two next-token distributions over the words that both vocabularies have."""

    a: Tensor  # (W,) shares
    b: Tensor  # (W,)
    words: tuple[str, ...]  # (W,)
    kl_ab: float  # bits, KL(A || B)
    kl_ba: float
    js: float  # bits
    whole: bool  # whether these are all words of both

    def likeliest(self, count: int) -> list[int]:
        """The words that either side gives most to, by the larger of their two shares; ties by their place."""
        most = torch.maximum(self.a, self.b)  # (W,)
        return most.sort(descending=True, stable=True).indices[:count].tolist()


def shared_words(a: Sequence[str], b: Sequence[str]) -> tuple[list[int], list[int]]:
    """The ids in either vocabulary of each word that both have, in A's order; a word that one has twice is left out."""
    if tuple(a) == tuple(b):
        return list(range(len(a))), list(range(len(b)))
    counts, ids = [Counter(words) for words in (a, b)], [{word: i for i, word in enumerate(words)} for words in (a, b)]
    both = [word for word, count in counts[0].items() if count == counts[1][word] == 1]
    return [ids[0][word] for word in both], [ids[1][word] for word in both]


def next_tokens(a: Side, b: Side, at: tuple[int, int]) -> NextPair | None:
    """What follows the tokens at these two places; None where the vocabularies have no word in common."""
    ids = shared_words(a.vocabulary, b.vocabulary)
    if not ids[0]:
        return None
    p, q = (
        side.trace.logits[place][of].double().log_softmax(-1) for side, place, of in zip((a, b), at, ids, strict=True)
    )  # (W,) each
    return NextPair(
        p.exp(), q.exp(), tuple(a.vocabulary[i] for i in ids[0]), kullback_leibler(p, q), kullback_leibler(q, p),
        float(jensen_shannon(p.exp(), q.exp())), len(ids[0]) == len(a.vocabulary) == len(b.vocabulary),
    )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Everything that two passes can be compared in."""

    a: Side
    b: Side
    pairs: Places  # all aligned tokens
    heads: HeadPairs
    stream: Distances | None  # of the aligned tokens; None: the streams' widths differ
    at: tuple[int, int]  # the two tokens that one looks from
    next: NextPair | None
    loss_a: Tensor  # (T - 1,) nats, of A's tokens from the second on
    loss_b: Tensor

    def losses(self) -> list[tuple[float, float]]:
        """The losses of the aligned tokens that have one in both texts, in nats."""
        return [(float(self.loss_a[i - 1]), float(self.loss_b[j - 1])) for i, j in self.pairs if i and j]


def compare(a: Side, b: Side, query: int | None = None) -> Comparison:
    """Compare two passes; the next token is that after `query` of A and its pair in B, else after both last ones."""
    alike = a.vocabulary == b.vocabulary
    pairs = align(a.ids, b.ids) if alike else align_words(a.tokens, b.tokens)
    pair = next((pair for pair in pairs if pair[0] == query), None)
    at = (len(a.ids) - 1, len(b.ids) - 1) if query in (None, len(a.ids) - 1) or pair is None else pair
    flows = [streams(side.model, side.trace, side.ids) for side in (a, b)]  # (S, T, C) each
    return Comparison(
        a, b, pairs, heads(a.trace, b.trace, pairs), distances(flows[0], flows[1], pairs), at, next_tokens(a, b, at),
        surprise(a.trace.logits, a.ids), surprise(b.trace.logits, b.ids),
    )  # fmt: skip


def limits(a: Side, b: Side) -> str:
    """One sentence: what of the two cannot be compared, and what is instead; nothing where all can."""
    said, one, other = list[str](), a.model.config, b.model.config
    if a.vocabulary != b.vocabulary:
        shared = len(shared_words(a.vocabulary, b.vocabulary)[0])
        said.append(f"their vocabularies ({len(a.vocabulary):,} and {len(b.vocabulary):,}) share {shared:,} words")
    if (one.n_layer, one.n_head) != (other.n_layer, other.n_head):
        layers, count = min(one.n_layer, other.n_layer), min(one.n_head, other.n_head)
        first = "layer" if layers == 1 else f"{layers} layers"
        heads_of = (
            f"of heads only the first {first} and {count} a layer" if layers else "one has no blocks, so no heads"
        )
        said.append(heads_of)
    if one.n_embd != other.n_embd:
        said.append(f"streams of {one.n_embd} and {other.n_embd} numbers have no distance")
    return f"Not all can be compared: {'; '.join(said)}." if said else ""
