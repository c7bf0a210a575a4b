"""What every tokenizer can do: one small Protocol, so every model meets the same face."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol


class UnknownCharacter(ValueError):
    """A text holds characters that the model has no number for; the message names the first and counts the rest."""


class Tokenizer(Protocol):
    """What every tokenizer can do. Ids run from 0 to vocab_size - 1."""

    @property
    def vocab_size(self) -> int:
        """V: how many different tokens there are."""
        ...

    @property
    def tokens(self) -> tuple[str, ...]:
        """The text of each id, in the order of the ids; what is a part of a character is shown as <0xE2>."""
        ...

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many characters begin in each id's token: 1 for a character, 0 for the rest of one."""
        ...

    def encode(self, text: str) -> list[int]:
        """The ids of a text, one for each token."""
        ...

    def encode_known(self, text: str) -> tuple[list[int], list[int]]:
        """The ids of the tokens that there are, and where in the text each begins; what is no token is left out.

        For a prompt while it is typed: the `lengths[id]` characters from that place on are the token's. One that begins
        inside a character has the place behind it.
        """
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids, `decode(encode(text)) == text`; bytes that are no text become U+FFFD."""
        ...

    def to_json(self) -> dict[str, Any]:
        """JSON values from which `load` makes the same tokenizer again; "kind" says which sort it is."""
        ...
