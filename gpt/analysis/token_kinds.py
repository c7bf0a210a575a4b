"""What kind of text a token is: for the order of a table and the colours of a map."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

KINDS = ("vowel", "consonant", "letters", "digit", "mark", "blank")  # "letters": several, as subword tokens have
CASES = ("small", "capital", "no letter")
VOWELS = frozenset("aeiou")


def kind(token: str) -> str:
    """One of KINDS. Of a token of several characters, blanks around it do not count; y is a consonant."""
    core = token.strip()
    if not core:
        return "blank"
    if core.isdigit():
        return "digit"
    if not core[0].isalpha():
        return "mark"
    if len(core) > 1:
        return "letters"
    base = unicodedata.normalize("NFD", core.lower())[0]
    return "vowel" if base in VOWELS else "consonant"


def case(token: str) -> str:
    """One of CASES, by the first letter."""
    first = token.strip()[:1]
    return "capital" if first.isupper() else "small" if first.islower() else "no letter"


def letter_pairs(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Every capital letter with its small one, (capital, small), in the order of the alphabet."""
    place = {token: i for i, token in enumerate(tokens)}
    capitals = sorted(token for token in place if len(token) == 1 and token.isupper())
    return [(place[one], place[one.lower()]) for one in capitals if one.lower() in place]
