"""From text to the whole numbers a model reads, and back: by characters, or by pieces that byte pairs were merged to.

Bad input raises ValueError with one sentence that names what is wrong and what would do.
"""

from __future__ import annotations

from collections.abc import Callable

from gpt.tokenizers.characters import MAX_CHARS, CharTokenizer
from gpt.tokenizers.pairs import MAX_VOCABULARY, MIN_VOCABULARY, USUAL_VOCABULARY, BPETokenizer, check_vocabulary
from gpt.tokenizers.protocol import Tokenizer, UnknownCharacter

__all__ = ["BPETokenizer", "CharTokenizer", "KINDS", "MAX_CHARS", "MAX_VOCABULARY", "MIN_VOCABULARY", "Tokenizer"]
__all__ += ["USUAL_VOCABULARY", "UnknownCharacter", "bytes_of", "check_vocabulary", "load", "of_text"]

KINDS: dict[str, Callable[[object], Tokenizer]] = {"char": CharTokenizer.from_json, "bpe": BPETokenizer.from_json}


def load(values: object) -> Tokenizer:
    """The tokenizer that `to_json` wrote down. Raises ValueError for anything else."""
    if not isinstance(values, dict):
        raise ValueError(f"A tokenizer must be a JSON object, not a {type(values).__name__}.")
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"The tokenizer's kind is {repr(kind)[:40]}, but it must be one of {', '.join(KINDS)}.")
    return KINDS[kind](values)


def bytes_of(tokenizer: Tokenizer, token: int) -> bytes:
    """A token in UTF-8; of byte pairs it may be a part of a character."""
    return tokenizer.pieces[token] if isinstance(tokenizer, BPETokenizer) else tokenizer.tokens[token].encode("utf-8")


def of_text(kind: str, text: str, vocab_size: int) -> Tokenizer:
    """The tokenizer of a text: its characters ("char"), or byte pairs merged to `vocab_size` tokens at most ("bpe").

    Raises ValueError for another kind, and as the tokenizers do.
    """
    if kind == "bpe":
        return BPETokenizer.train(text, vocab_size)
    if kind == "char":
        return CharTokenizer.from_text(text)
    raise ValueError(f"The tokenizer is {kind[:40]!r}, but it must be one of {', '.join(KINDS)}.")
