"""One token for each character: the tokenizer of the tutorials. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gpt.tokenizers.protocol import UnknownCharacter

MAX_CHARS = 4_096


@dataclass(frozen=True)
class CharTokenizer:
    """One token for each character: the id of a character is its place in `chars`.

    Raises ValueError unless `chars` holds 1 to 4,096 different single characters that UTF-8 can write.
    """

    chars: tuple[str, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.chars, tuple) or not 1 <= len(self.chars) <= MAX_CHARS:
            count = f"{len(self.chars):,}" if isinstance(self.chars, tuple) else f"a {type(self.chars).__name__}"
            raise ValueError(f"chars is {count}, but it must be a tuple of 1 to {MAX_CHARS:,} characters.")
        for place, char in enumerate(self.chars):
            if not isinstance(char, str) or len(char) != 1 or "\ud800" <= char <= "\udfff":
                shown = repr(char)[:40]  # a lone surrogate is half a character: UTF-8 cannot write it
                raise ValueError(f"chars[{place}] is {shown}, but it must be one character that UTF-8 can write.")
        if len(self._ids) != len(self.chars):
            twice = next(char for place, char in enumerate(self.chars) if self._ids[char] != place)
            raise ValueError(f"chars holds {twice!r} more than once, but each character must be there once.")

    @classmethod
    def from_text(cls, text: str) -> CharTokenizer:
        """The tokenizer of a text: its different characters, sorted by code point.

        For Tiny Shakespeare these are 65, from the newline, the space and ! to z.
        """
        return cls(tuple(sorted(set(text))))

    @classmethod
    def from_json(cls, values: object) -> CharTokenizer:
        """Build from `to_json`'s dict; anything missing, unknown or out of place raises ValueError."""
        if not isinstance(values, dict) or set(values) != {"kind", "chars"} or values["kind"] != "char":
            raise ValueError("A character tokenizer must be a JSON object with 'kind': 'char' and 'chars' only.")
        if not isinstance(values["chars"], list):
            raise ValueError(f"chars is a {type(values['chars']).__name__}, but it must be a list of characters.")
        return cls(tuple(values["chars"]))

    def to_json(self) -> dict[str, Any]:
        """The characters as a list of JSON strings."""
        return {"kind": "char", "chars": list(self.chars)}

    @cached_property
    def _ids(self) -> dict[str, int]:
        """The id of each character."""
        return {char: place for place, char in enumerate(self.chars)}

    @property
    def vocab_size(self) -> int:
        """V: how many different characters there are."""
        return len(self.chars)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The character of each id."""
        return self.chars

    @property
    def lengths(self) -> tuple[int, ...]:
        """Each token is one character."""
        return (1,) * len(self.chars)

    def encode(self, text: str) -> list[int]:
        """The id of each character. Raises UnknownCharacter for a character that is not in `chars`."""
        try:
            return [self._ids[char] for char in text]
        except KeyError:
            places = self.unknown(text)
        first, rest = places[0], len(places) - 1
        more = f", and {rest:,} more of the text are not" if rest else ""
        raise UnknownCharacter(
            f"The character {text[first]!r} at position {first:,} (counted from 0) is not among the "
            f"{self.vocab_size:,} that this model knows{more}; leave out what it does not know."
        )

    def unknown(self, text: str) -> list[int]:
        """The positions, from 0, of the characters that have no id."""
        return [place for place, char in enumerate(text) if char not in self._ids]

    def encode_known(self, text: str) -> tuple[list[int], list[int]]:
        """The ids of the known characters, and where in the text each one stands: the others are left out.

        For a prompt while it is typed: the page shows what was left out instead of an error.
        """
        known = [(self._ids[char], place) for place, char in enumerate(text) if char in self._ids]
        return [token for token, _ in known], [place for _, place in known]

    def decode(self, ids: Iterable[int]) -> str:
        """The characters of some ids. Raises ValueError for an id outside 0 .. vocab_size - 1."""
        chars: list[str] = []
        for token in ids:
            if not 0 <= token < self.vocab_size:  # a negative one would count from the end
                raise ValueError(f"The id {token} has no character; ids run from 0 to {self.vocab_size - 1:,}.")
            chars.append(self.chars[token])
        return "".join(chars)
