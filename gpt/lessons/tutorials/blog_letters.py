"""Blog road: letters and contexts. "Hello" with its own alphabet, sub-words against characters, "Hi Tom"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from urllib.parse import quote

import numpy as np
import torch

from gpt import bundled, checkpoint
from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix
from gpt.lessons import vocabularies
from gpt.lessons.experiments.numbers import ALPHABET, examples
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Printed, Turn, Turned
from gpt.tokenizers import BPETokenizer, CharTokenizer, Tokenizer

ROAD = "letters"


def glyphs(tokens: Sequence[str]) -> list[str]:
    """Tokens as the names of rows and columns: blanks and new lines are seen."""
    return [glyph(token) for token in tokens]


# ---- "Hello" with its own alphabet

GREETINGS = ("Hello", "Hello world", "hii there")


def hello(turned: Turned) -> Outcome:
    """A word, the alphabet of its own letters, and its numbers there and back."""
    text = turned["text"]
    tokenizer = CharTokenizer.from_text(text)
    ids = tokenizer.encode(text)
    printed = (
        Printed("how many different letters Hello has", "4", str(tokenizer.vocab_size)),
        Printed("Hello in numbers, its letters counted from 0", "[0, 1, 2, 2, 3]", str(ids)),
    )
    chart = Matrix(
        [Cells(np.eye(tokenizer.vocab_size)[ids].T, glyphs(text), glyphs(tokenizer.chars))],
        x="letter of the text", y="letter of the alphabet", unit="", kind="share", most=1.0, form="d", height=260,
        key=False,
    )  # fmt: skip
    elsewhere = ALPHABET.encode(text)
    return Outcome(
        printed if text == GREETINGS[0] else (),
        (
            f"“{text}” has {len(text)} letters, {tokenizer.vocab_size} of them different: the alphabet is "
            f"“{''.join(glyphs(tokenizer.chars))}”, and the text {ids}. Read back it is “{tokenizer.decode(ids)}”.",
            f"In the {ALPHABET.vocab_size} characters of Shakespeare the same text is {elsewhere}: "
            "a number means something in its own alphabet only.",
        ),
        (Picture("letters-hello", chart, f"One column a letter of “{text}”, a 1 in the row of its number: {ids}."),),
    )


# ---- sub-words against characters

LINES = ("To be, or not to be: that is the question", "Wherefore art thou Romeo?", "The pointer array")


@cache
def pairs() -> BPETokenizer:
    """The byte pairs of the bundled model that reads them."""
    model = next(model for model in bundled.bundled() if model.name == "shakespeare-bpe")
    tokenizer = checkpoint.load(model.last).tokenizer
    assert isinstance(tokenizer, BPETokenizer)  # noqa: S101 - what this very model was trained with
    return tokenizer


def cut(tokenizer: Tokenizer, text: str) -> list[str]:
    """The tokens of a text, as text."""
    return [tokenizer.tokens[i] for i in tokenizer.encode(text)]


def subwords(turned: Turned) -> Outcome:
    """The same line in characters and in merged pairs: how many tokens, out of how large a vocabulary."""
    text = turned["text"]
    letters, pieces = cut(ALPHABET, text), cut(pairs(), text)
    longest = max(pieces, key=len)
    sizes = {row.size: row.tokens / row.size for row in vocabularies.recorded()}
    often = sizes[ALPHABET.vocab_size], sizes[pairs().vocab_size]
    names = [" ".join(line.split()[:2]) for line in LINES]
    counts = [(len(cut(ALPHABET, line)), len(cut(pairs(), line))) for line in LINES]
    chart = Chart(
        Axis("line", ticks=list(enumerate(names))), Axis("tokens", low=0, form=",d"),
        [
            Series("characters", [*range(len(LINES))], [many for many, _ in counts], "bars"),
            Series("sub-words", [*range(len(LINES))], [few for _, few in counts], "bars", 1, 1),
        ],
    )  # fmt: skip
    said = [f"{name}: {many} and {few}" for name, (many, few) in zip(names, counts, strict=True)]
    return Outcome(
        said=(
            f"“{text}” is {len(letters)} tokens out of {ALPHABET.vocab_size} characters, or {len(pieces)} out of "
            f"{pairs().vocab_size:,} sub-words: {len(letters) / len(pieces):.2f} characters each. The longest here is "
            f"“{glyph(longest)}”.",
            f"The price is the table: {pairs().vocab_size / ALPHABET.vocab_size:.1f} times as many rows to learn. In "
            f"the text's last tenth a character stands {often[0]:,.0f} times in the mean, a token of byte pairs "
            f"{often[1]:,.0f} times.",
        ),
        pictures=(Picture("letters-subwords", chart, f"Tokens in characters and in sub-words. {'; '.join(said)}."),),
        text=" | ".join(pieces),
    )


# ---- "Hi Tom": what one line teaches


def contexts(turned: Turned) -> Outcome:
    """Every beginning of a line, and the character after it: as many examples as the line has characters, less one."""
    text = turned["text"]
    tokenizer = CharTokenizer.from_text(text)
    ids = torch.tensor(tokenizer.encode(text))  # (T + 1,)
    found = examples(ids[:-1], ids[1:], tokenizer)
    T = len(found)
    seen = np.tri(T)
    chart = Matrix(
        [Cells(seen, glyphs(text[:-1]), [f"→ {glyph(one.target)}" for one in found])],
        x="character that may be read", y="character to foretell", unit="", kind="share", most=1.0, form="d",
        height=300, key=False,
    )  # fmt: skip
    return Outcome(
        said=(
            f"“{text}” has {T + 1} characters and teaches {T} things at once; the contexts are 1 to {T} long.",
            "Row by row the filled cells are what may be read: this triangle is the causal mask.",
        ),
        pictures=(
            Picture("letters-contexts", chart, f"A triangle: {T} rows, in row t the first t characters filled."),
        ),
        text="\n".join(f"{one.context!r:<{T + 3}} → {one.target!r}" for one in found),
    )


LISTINGS = (
    Listing(
        "letters-hello", ROAD, "“Hello” and its own alphabet",
        "A text becomes numbers by its alphabet: all different letters, sorted; a letter's number is its place. "
        "Both `l` have the same number.",
        hello, (CharTokenizer.from_text, CharTokenizer.encode, hello), (Turn("text", "Text", GREETINGS),),
        ("tokens?model=mini&prompt=Hello", "Tokens: every letter with its number"),
    ),
    Listing(
        "letters-subwords", ROAD, "Sub-words against characters",
        "Characters make long texts of few kinds; pairs that stand together often can be merged to pieces, again and "
        "again, and make short texts of many kinds.",
        subwords, (BPETokenizer.train, BPETokenizer.encode, subwords), (Turn("text", "Line", LINES),),
        (f"tokens?model=shakespeare-bpe&prompt={quote(LINES[0])}", "Tokens: the merges of every piece"),
    ),
    Listing(
        "letters-contexts", ROAD, "“Hi Tom”: every beginning is an example",
        "One line teaches as many things as it has characters, less one: after each beginning, the next character.",
        contexts, (examples, contexts), (Turn("text", "Line", ("Hi Tom", "Hi Tom, how are you?", "To be")),),
        ("lessons?lesson=1", "Lesson 1: text to numbers"),
    ),
)  # fmt: skip
