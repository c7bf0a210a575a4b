"""How a text is glued together, merge after merge: what byte-level BPE does between bytes and whole words.

Every merge closes some of the seams between neighbouring bytes, and none ever opens again: a token that merge r makes
stands only in pairs that were found later. So one number a seam, the merge that closes it, tells the tokens after any
number of merges. Source: Sennrich, Haddow & Birch 2016, section 3.2; on bytes, Radford et al. 2019, section 2.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gpt.tokenizers import BPETokenizer
from gpt.tokenizers.pairs import BYTES, stretches

NEVER = 65_535  # of a seam that no merge closes
PLACE = {byte: place for place, byte in enumerate(BYTES)}  # the id of each byte


@dataclass(frozen=True)
class Merges:
    """The merges of a tokenizer, ready to be played one after another."""

    tokenizer: BPETokenizer

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.tokenizer.merges)

    @cached_property
    def made(self) -> tuple[int, ...]:
        """The id that each merge makes; two pairs may make the same piece."""
        pieces = self.tokenizer.pieces
        place = {piece: i for i, piece in enumerate(pieces)}
        return tuple(place[pieces[left] + pieces[right]] for left, right in self.tokenizer.merges)

    @cached_property
    def sizes(self) -> np.ndarray:
        """The size of the vocabulary after 0, 1, 2, ... merges, (N + 1,)."""
        return np.array([256, *np.maximum.accumulate(np.array(self.made, np.int64) + 1)])[: self.count + 1]

    @cached_property
    def ranks(self) -> dict[tuple[int, int], int]:
        """The number of each merge, from 0."""
        return {pair: rank for rank, pair in enumerate(self.tokenizer.merges)}

    @cached_property
    def _words(self) -> dict[str, tuple[int, ...]]:
        """What was found of words; a text has the same ones again and again."""
        return {}

    def seams(self, word: str) -> tuple[int, ...]:
        """After how many merges each seam between two bytes of a word is closed; NEVER for one that stays.

        The pair that was found first is merged first, the leftmost of several.
        """
        if word in self._words:
            return self._words[word]
        data = word.encode("utf-8")
        parts, ends = [PLACE[byte] for byte in data], list(range(1, len(data) + 1))
        closed = [NEVER] * max(len(data) - 1, 0)
        while len(parts) > 1:
            last = len(self.ranks)
            found = [self.ranks.get(pair, last) for pair in zip(parts, parts[1:], strict=False)]
            rank = min(found)
            if rank == last:
                break
            at = found.index(rank)
            closed[ends[at] - 1] = rank + 1
            parts[at : at + 2] = [self.made[rank]]
            del ends[at]
        self._words[word] = tuple(closed)
        return self._words[word]

    def seams_of(self, text: str) -> list[int]:
        """The same for a text: seams between words are never closed."""
        found = list[int]()
        for word in words(text):
            found += [*self.seams(word), NEVER]
        return found[:-1]

    def lengths(self, text: str, tell: Callable[[float], None] = lambda share: None) -> np.ndarray:
        """How many tokens a text has after 0, 1, 2, ... merges, (N + 1,); `tell` hears the share that is done."""
        counted = Counter(words(text))
        closing, total = np.zeros(self.count + 1, np.int64), 0  # (N + 1,) seams that each merge closes
        for i, (word, times) in enumerate(counted.items()):
            total += times * len(word.encode("utf-8"))
            for merges in self.seams(word):
                if merges != NEVER:
                    closing[merges] += times
            if i % 256 == 0:
                tell(i / len(counted))
        return total - np.cumsum(closing)  # (N + 1,)


def words(text: str) -> Iterator[str]:
    """The words that merges never leave, as GPT-2's pattern cuts them, with the blank before each."""
    from tokenizers.pre_tokenizers import ByteLevel

    cutter = ByteLevel(add_prefix_space=False, use_regex=True)
    for stretch in stretches(text):
        for _, (start, end) in cutter.pre_tokenize_str(stretch):
            yield stretch[start:end]


def cut(text: str, seams: list[int], merges: int) -> list[bytes]:
    """A text's tokens after so many merges, as bytes."""
    data, found, start = text.encode("utf-8"), list[bytes](), 0
    for place, closed in enumerate(seams, 1):
        if closed > merges:
            found.append(data[start:place])
            start = place
    return [*found, data[start:]] if data else []
