"""Lesson 1, text to numbers: the alphabet, the split, and windows whose targets are the same text one step on."""

from __future__ import annotations

import string
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from gpt.corpora import Corpus
from gpt.tokenizers import CharTokenizer, Tokenizer
from gpt.train import batches

SEED = 1337  # the lecture's
GREETING = "hii there"  # the lecture's first text
WINDOW = 8  # characters that are read at once, as in the lecture's first batch
# Tiny Shakespeare's 65 characters.
ALPHABET = CharTokenizer(tuple("\n !$&',-.3:;?" + string.ascii_uppercase + string.ascii_lowercase))
# What SEED draws from its training part: eight characters to read in each row, and the last eight to foretell.
ROWS = ("Let's hea", "for that ", "nt that h", "MEO:\nI pa")


@dataclass(frozen=True)
class Numbers:
    """A text, its numbers, and what they say when they are read back."""

    text: str
    ids: tuple[int, ...]  # one a character
    back: str  # the same text again


@dataclass(frozen=True)
class Split:
    """How a text is cut: one part to learn from, one that the model never sees and is judged with."""

    alphabet: str  # all different characters, in the order of their numbers
    train: int  # characters
    val: int


@dataclass(frozen=True)
class Batch:
    """A few windows of the text: `inputs` are read, `targets` are to be foretold."""

    inputs: Tensor  # (B, T)
    targets: Tensor  # (B, T) the same windows, one character later


@dataclass(frozen=True)
class Example:
    """One of the T things that a window teaches: after this context, that character."""

    context: str
    target: str


def encode(text: str, tokenizer: Tokenizer) -> Numbers:
    """A text as numbers and back. Raises UnknownCharacter for a character outside the alphabet."""
    ids = tokenizer.encode(text)
    return Numbers(text, tuple(ids), tokenizer.decode(ids))


def split(corpus: Corpus) -> Split:
    """The alphabet of a text, and the sizes of its two parts: the first 90 %, and the rest."""
    train, val = corpus.split()
    return Split("".join(CharTokenizer.from_text(corpus.text).chars), len(train), len(val))


def first_batch(ids: Tensor, B: int = 4, T: int = WINDOW) -> Batch:
    """The lecture's first batch of ids (N,): B windows at places drawn with its seed."""
    inputs, targets = batches.batch(ids, T, B, Generator().manual_seed(SEED))  # (B, T), (B, T)
    return Batch(inputs, targets)


def lecture_batch() -> Batch:
    """The same batch without the text: B = 4, T = 8."""
    rows = torch.tensor([ALPHABET.encode(row) for row in ROWS])  # (B, T + 1)
    return Batch(rows[:, :-1], rows[:, 1:])


def last_start(length: int, T: int = WINDOW) -> int:
    """Where the last window of a text of so many characters can begin; shorter texts have one shorter window."""
    return max(0, length - T - 1)


def window(text: str, start: int, T: int = WINDOW) -> Batch:
    """One window of a text as a batch of one, (1, T): what is read, and the same one character later.

    Raises ValueError for a text of fewer than two known characters, which has nothing to foretell.
    """
    known = "".join(char for char in text if char in ALPHABET.chars)
    if len(known) < 2:
        raise ValueError("A window needs two characters that Shakespeare's alphabet has: type a few letters.")
    start = max(0, min(start, last_start(len(known), T)))
    ids = torch.tensor([ALPHABET.encode(known[start : start + T + 1])])  # (1, T + 1)
    return Batch(ids[:, :-1], ids[:, 1:])


def examples(inputs: Tensor, targets: Tensor, tokenizer: Tokenizer) -> list[Example]:
    """What one window teaches: inputs (T,), targets (T,) -> T examples, from one character of context to T."""
    if inputs.shape != targets.shape or inputs.dim() != 1:
        raise ValueError(f"A window is two rows of equal length, not {tuple(inputs.shape)} and {tuple(targets.shape)}.")
    ids, goals = inputs.tolist(), targets.tolist()
    return [Example(tokenizer.decode(ids[: t + 1]), tokenizer.decode([goal])) for t, goal in enumerate(goals)]
