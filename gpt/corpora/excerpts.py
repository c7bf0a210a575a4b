"""Pieces of a text that a model was not trained on, to look at what it does as a rule."""

from __future__ import annotations

from gpt.corpora.registry import CorpusUnavailable, load
from gpt.tokenizers import Tokenizer

COUNT = 20
PIECE = 4  # characters of a token that is a piece of text: no text that was seen so far has more in the mean
KNOWN = 0.9  # of a piece's characters a model must know, else it is no text of its kind


def pieces(text: str, length: int, count: int = COUNT) -> list[str]:
    """`count` pieces of so many characters, spread evenly over a text; each begins with a line where one is near."""
    found = []
    for i in range(count):
        start = i * max(0, len(text) - length) // count
        line = text.find("\n", start, start + length) + 1
        start = line if line and line + length <= len(text) else start
        found.append(text[start : start + length])
    return [piece for piece in dict.fromkeys(found) if piece]


def known(tokenizer: Tokenizer, ids: list[int]) -> int:
    """How many characters some tokens hold."""
    return sum(tokenizer.lengths[i] for i in ids)


def held_out(corpus: str, tokenizer: Tokenizer, length: int, count: int = COUNT) -> list[list[int]]:
    """Token ids (T,) of pieces of a text's last tenth, T <= length; none for a text that is not on the shelf here.

    Of a text that can be made anew offline under another name (Tiny Shakespeare), that one is taken.
    """
    for name in (corpus, "shakespeare" if corpus == "tinyshakespeare" else ""):
        try:
            text = load(name).split()[1]
        except CorpusUnavailable:
            continue
        stretch = length * (1 if max(tokenizer.lengths) == 1 else PIECE)
        found = [(piece, tokenizer.encode_known(piece)[0]) for piece in pieces(text, stretch, count)]
        return [ids[:length] for piece, ids in found if known(tokenizer, ids) >= KNOWN * stretch]
    return []
