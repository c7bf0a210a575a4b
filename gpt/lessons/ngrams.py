"""Language models without learning: how often each character followed the last n - 1, counted.

Letters of the shapes: **N** characters that are counted, **M** characters that are judged, **V** vocabulary.

Sources: Jurafsky & Martin, "Speech and Language Processing" (3rd edition, chapter 3: n-grams, Laplace's rule, backing
off and interpolation); MacKay & Peto 1995 ("A hierarchical Dirichlet language model": a shorter context as a guess
that is worth so many counts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

LONGEST = 5  # n: characters of an n-gram, the foretold one among them
STRENGTHS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # counts that a shorter context's guess may be worth
KEPT = 1 / 9  # of the training part: what the strength is chosen on, as long as the part that judges in the end
LARGEST = 1 << 62  # codes of n-grams are 64 bits long
Smoothing = Literal["add one", "back off"]


@dataclass(frozen=True)
class Counts:
    """How often each n-gram occurs; those that never do take no room."""

    n: int
    V: int
    grams: np.ndarray  # (U,) code of each that occurs, rising
    times: np.ndarray  # (U,) how often
    contexts: np.ndarray  # (W,) codes of the first n - 1 characters, rising
    seen: np.ndarray  # (W,) how often something followed them

    def of(self, context: np.ndarray, following: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How often (M,) a character followed its context, codes of n - 1 characters (M,), and how often any did."""
        return found(self.grams, self.times, context * self.V + following), found(self.contexts, self.seen, context)


def codes(ids: np.ndarray, n: int, V: int) -> np.ndarray:
    """One number for each run of n characters in ids (N,): (N - n + 1,); for n = 0 the empty run, N + 1 times."""
    code = np.zeros(len(ids) - n + 1, dtype=np.int64)  # (N - n + 1,)
    for place in range(n):
        code = code * V + ids[place : len(ids) - n + 1 + place]  # (N - n + 1,)
    return code


def found(known: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The value (M,) of each wanted code (M,) among known ones (U,) that rise; 0 for one that is not there."""
    place = np.searchsorted(known, wanted).clip(max=len(known) - 1)  # (M,)
    return np.where(known[place] == wanted, values[place], 0)  # (M,)


def count(ids: np.ndarray, n: int, V: int) -> Counts:
    """Count the n-grams of ids (N,). Raises ValueError for n below 1, too large a one, and fewer characters than n."""
    if not 1 <= n <= len(ids) or V**n > LARGEST:
        raise ValueError(f"n is {n}, but it must be 1 or more, at most the text's {len(ids):,}, and V^n 62 bits long.")
    grams, times = np.unique(codes(ids, n, V), return_counts=True)  # (U,), (U,)
    contexts, first = np.unique(grams // V, return_index=True)  # (W,), (W,)
    return Counts(n, V, grams, times, contexts, np.add.reduceat(times, first))


@dataclass(frozen=True)
class NGram:
    """A model that foretells a character from the n - 1 before it: the shares of what was counted, smoothed.

    What was never seen must not cost infinitely much. "add one" counts everything once more than it occurs; "back off"
    adds `strength` counts and divides them as the (n - 1)-gram guesses, down to all characters alike.
    """

    counts: tuple[Counts, ...]  # of 1, 2, ..., n characters
    smoothing: Smoothing
    strength: float = 1.0

    @property
    def n(self) -> int:
        """Characters of an n-gram, the foretold one among them."""
        return len(self.counts)

    @property
    def V(self) -> int:
        """How many different characters there are."""
        return self.counts[0].V

    def evidence(self, context: np.ndarray, following: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """What was counted of each character (M,) after its context, codes of n - 1 characters (M,).

        Shortest context first: how often the character followed it (M,), and how often any did (M,). Adding one looks
        at the longest alone.
        """
        looked = self.counts[-1:] if self.smoothing == "add one" else self.counts
        return [counts.of(context % self.V ** (counts.n - 1), following) for counts in looked]

    def judged(self, evidence: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """How likely (M,) the characters of some evidence are."""
        times, seen = evidence[-1]  # (M,), (M,)
        if self.smoothing == "add one":
            return (times + 1) / (seen + self.V)  # (M,)
        guess = np.full(len(times), 1 / self.V)  # (M,)
        for times, seen in evidence:
            guess = (times + self.strength * guess) / (seen + self.strength)  # (M,)
        return guess

    def probability(self, context: np.ndarray, following: np.ndarray) -> np.ndarray:
        """How likely (M,) each character (M,) is after its context, codes of n - 1 characters (M,)."""
        return self.judged(self.evidence(context, following))  # (M,)

    def row(self, before: Sequence[int]) -> np.ndarray:
        """What follows some characters, the last n - 1 of which count: (V,), sums to 1.

        Raises ValueError for fewer than n - 1 characters.
        """
        if len(before) < self.n - 1:
            raise ValueError(f"{len(before)} characters come before, but {self.n - 1} are looked at: give more.")
        last = np.array(list(before)[len(before) - self.n + 1 :], dtype=np.int64)  # (n - 1,)
        return self.probability(codes(last, self.n - 1, self.V).repeat(self.V), np.arange(self.V))

    def loss(self, ids: np.ndarray) -> float:
        """Nats a character on ids (M,), all but the first n - 1."""
        return -float(np.log(self.judged(self.along(ids))).mean())

    def along(self, ids: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """The evidence of each of ids (M,) but the first n - 1."""
        context = codes(ids, self.n - 1, self.V)[:-1]  # (M - n + 1,)
        return self.evidence(context, ids[self.n - 1 :])

    def write(self, begin: Sequence[int], length: int, seed: int) -> list[int]:
        """So many characters more, each drawn from its row. Raises ValueError as `row` does."""
        dice, written = np.random.default_rng(seed), list(begin)
        for _ in range(length):
            written.append(int(dice.choice(self.V, p=self.row(written))))
        return written


@dataclass(frozen=True)
class Counted:
    """The n-grams of a text, counted once for all n."""

    ids: np.ndarray  # (N,) what is counted
    V: int

    @cached_property
    def all(self) -> tuple[Counts, ...]:
        """Of 1 to LONGEST characters."""
        return tuple(count(self.ids, n, self.V) for n in range(1, LONGEST + 1))

    @cached_property
    def strength(self) -> float:
        """What a shorter context's guess is worth, in counts: chosen on the last KEPT of these ids, counting the rest.

        Chosen for the longest context, which needs it most.
        """
        cut = len(self.ids) - max(LONGEST, int(KEPT * len(self.ids)))
        before = Counted(self.ids[:cut], self.V).all
        evidence = NGram(before, "back off").along(self.ids[cut:])  # counted once: only what it is worth changes
        models = {strength: NGram(before, "back off", strength) for strength in STRENGTHS}
        return max(STRENGTHS, key=lambda strength: np.log(models[strength].judged(evidence)).mean())

    def model(self, n: int, smoothing: Smoothing = "back off") -> NGram:
        """The n-gram model of these counts. Raises ValueError for n beyond 1 to LONGEST."""
        if not 1 <= n <= LONGEST:
            raise ValueError(f"n is {n}, but it must be 1 to {LONGEST}.")
        return NGram(self.all[:n], smoothing, self.strength if smoothing == "back off" else 1.0)
