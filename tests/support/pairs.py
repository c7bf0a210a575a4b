"""A tokenizer of another kind: one token for each two characters. It shows who takes a token for a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from gpt import tokenizers


@dataclass(frozen=True)
class PairTokenizer:
    """The id of a pair is its place in `tokens`."""

    tokens: tuple[str, ...]

    @property
    def vocab_size(self) -> int:
        """V."""
        return len(self.tokens)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Two characters each."""
        return tuple(map(len, self.tokens))

    def encode(self, text: str) -> list[int]:
        """The ids; ValueError for what is no pair."""
        return [self.tokens.index(text[at : at + 2]) for at in range(0, len(text), 2)]

    def encode_known(self, text: str) -> tuple[list[int], list[int]]:
        """From left to right: a pair where there is one, else a character is left out."""
        ids, places, at = list[int](), list[int](), 0
        while at < len(text):
            known = text[at : at + 2] in self.tokens
            if known:
                ids.append(self.tokens.index(text[at : at + 2]))
                places.append(at)
            at += 2 if known else 1
        return ids, places

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids."""
        return "".join(self.tokens[i] for i in ids)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` takes it."""
        return {"kind": "pairs", "tokens": list(self.tokens)}

    @classmethod
    def from_json(cls, values: Any) -> PairTokenizer:
        """Make it again."""
        return cls(tuple(values["tokens"]))


@contextmanager
def known() -> Iterator[None]:
    """Models that were saved with such a tokenizer can be loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tokenizers.KINDS, "pairs", PairTokenizer.from_json)
        yield
