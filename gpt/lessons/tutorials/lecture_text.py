"""The lecture's first half hour: a text becomes numbers, the numbers two parts, the parts batches."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor

from gpt import corpora
from gpt.corpora import Corpus
from gpt.figures.glyphs import glyph
from gpt.figures.lessons import letters
from gpt.figures.matrix import Matrix
from gpt.lessons import facts
from gpt.lessons.experiments import numbers
from gpt.lessons.experiments.numbers import ALPHABET, GREETING, SEED
from gpt.lessons.rung import CORPUS
from gpt.lessons.tutorials.lecture_printed import BATCH_INPUTS, BATCH_TARGETS, EXAMPLES, FIRST_IDS, WINDOW_EXAMPLES
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Printed, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.tokenizers import CharTokenizer
from gpt.train import batches

ACROSS = 13  # characters in a row of the picture: 5 rows of them are all 65

# ---- the alphabet


TEXTS = {"Tiny Shakespeare": CORPUS, "first names": "names"}  # as they are called, and on the shelf


def alphabet(turned: Turned) -> Outcome:
    """All characters of the text in the order of their codes, each with its number."""
    text = corpora.load(TEXTS[turned["text"]]).text
    chars = CharTokenizer.from_text(text).chars
    ids = np.full(-(-len(chars) // ACROSS) * ACROSS, np.nan)  # (R * 13,), the last places may stay empty
    ids[: len(chars)] = np.arange(len(chars))
    table = ids.reshape(-1, ACROSS)  # (R, 13)
    shown = [["" if np.isnan(i) else f"{glyph(chars[int(i)])}\n{int(i)}" for i in row] for row in table]
    rows, columns = [str(r * ACROSS) for r in range(len(table))], [f"+{i}" for i in range(ACROSS)]
    figure = letters(
        table, shown, columns, rows, "and so many more", "number from", "number", height=20 + 62 * len(table), key=False
    )
    numbered = ", ".join(f"{glyph(char)} {i}" for i, char in enumerate(chars))
    return Outcome(
        printed=(
            beside("length of the text in characters", "1115394", len(text)),
            beside(
                "all characters, sorted; before them a new line",
                " !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                "".join(chars[1:]),
            ),
            beside("how many", "65", len(chars)),
        ),
        pictures=(Picture("lecture-characters", figure, f"Each character with its number: {numbered}."),),
    )


# ---- a greeting, there and back


def greeting(turned: Turned) -> Outcome:
    """A text as numbers, and the numbers as text again."""
    found = numbers.encode(turned["text"], ALPHABET)
    rows = (
        Printed("the text in numbers", "[46, 47, 47, 1, 58, 46, 43, 56, 43]", str(list(found.ids))),
        Printed("the numbers as text", GREETING, found.back),
    )
    said = f"{len(found.text)} characters give {len(found.ids)} numbers, and {len(found.ids)} numbers the same text."
    return Outcome(printed=rows, said=(said,))


# ---- the whole text in numbers, and its two parts


def whole(corpus: Corpus) -> Tensor:
    """All of the text in numbers, (N,) int64."""
    return torch.tensor(CharTokenizer.from_text(corpus.text).encode(corpus.text), dtype=torch.long)  # (N,)


def thousand(turned: Turned) -> Outcome:
    """The first thousand of all ids."""
    ids = torch.cat([facts.ids_of(0), facts.ids_of(1)])  # (N,), the same as whole(corpus), kept
    rows = [beside("shape and type", "torch.Size([1115394]) torch.int64", f"{ids.shape} {ids.dtype}")]
    here, line = ids[:1000].tolist(), 90
    for at in range(0, 1000, line):
        theirs = FIRST_IDS[at : at + line]
        mine = here[at : at + line]
        what = f"ids {at + 1} to {at + len(theirs)}"
        rows.append(beside(what, " ".join(map(str, theirs)), " ".join(map(str, mine))))
    return Outcome(printed=tuple(rows), text=ALPHABET.decode(here[: int(turned["characters"])]))


def parts(corpus: Corpus, share: float) -> tuple[str, str]:
    """A text cut in two: the first part to learn from, the rest to judge with."""
    cut = int(share * len(corpus.text))
    return corpus.text[:cut], corpus.text[cut:]


def sizes(turned: Turned) -> Outcome:
    """How long the two parts are, and what the second begins with."""
    share = int(turned["share"].removesuffix(" %")) / 100
    train, val = parts(facts.corpus(), share)
    first = str(facts.ids_of(0)[: numbers.WINDOW + 1])
    return Outcome(
        printed=(beside("the first nine ids to learn from", "tensor([18, 47, 56, 57, 58,  1, 15, 47, 58])", first),),
        said=(
            f"{len(train):,} characters are learned from, {len(val):,} are kept back to judge with: "
            f"{100 * len(val) / len(facts.corpus().text):.1f} % of {len(facts.corpus().text):,}.",
            "The part that is kept back is the end of the text: it begins in the middle of a scene that the model has "
            f"never read, “{' '.join(val[:60].split())}”.",
        ),
    )


# ---- windows and batches


def told(inputs: Tensor, targets: Tensor) -> list[str]:
    """What one window teaches, a sentence a place: inputs (T,), targets (T,)."""
    return [f"{inputs[: t + 1].tolist()} → {targets[t].item()}" for t in range(len(inputs))]


def window(turned: Turned) -> Outcome:
    """The first window: so many characters, and as many things to learn."""
    T = int(turned["context"])
    ids = facts.ids_of(0)[: T + 1]  # (T + 1,)
    here = told(ids[:-1], ids[1:])
    rows = [
        beside(f"{t + 1} characters of context", theirs, mine)
        for t, (theirs, mine) in enumerate(zip(WINDOW_EXAMPLES, here, strict=False))
    ]
    more = [] if T <= len(WINDOW_EXAMPLES) else here[len(WINDOW_EXAMPLES) :]
    said = [f"A window of {T} characters and the one behind it teach {T} things, one for each length of context."]
    return Outcome(printed=tuple(rows), said=(*said, *more))


def picture_of(inputs: Tensor, targets: Tensor) -> Matrix:
    """A batch as letters over their numbers: inputs (B, T), and the last target of each row behind a gap."""
    both = torch.cat([inputs, targets[:, -1:]], dim=1)  # (B, T + 1)
    shown = [[f"{glyph(ALPHABET.chars[i])}\n{i}" for i in row] for row in both.tolist()]
    places = [*(str(t + 1) for t in range(inputs.shape[1])), "target"]
    rows = [f"row {b + 1}" for b in range(len(inputs))]
    return letters(both.numpy(), shown, places, rows, "place", "row of the batch", "number", height=330, key=False)


def batch(turned: Turned) -> Outcome:
    """Four windows of eight at places drawn by chance: 32 things to learn at once."""
    ids, generator = facts.ids_of(0), Generator().manual_seed(int(turned["seed"]))
    inputs, targets = batches.batch(ids, numbers.WINDOW, 4, generator)  # (B, T), (B, T)
    rows = [beside("shape of the inputs", "torch.Size([4, 8])", inputs.shape)]
    for name, theirs, mine in (("inputs", BATCH_INPUTS, inputs), ("targets", BATCH_TARGETS, targets)):
        rows += [beside(f"{name}, row {b + 1}", theirs[b], str(mine[b].tolist())) for b in range(4)]
    here = [line for b in range(4) for line in told(inputs[b], targets[b])]
    rows += [
        beside(f"example {i + 1}: row {i // 8 + 1}, place {i % 8 + 1}", theirs, mine)
        for i, (theirs, mine) in enumerate(zip(EXAMPLES, here, strict=True))
    ]
    text = "; ".join(f"“{glyph(ALPHABET.decode(row))}”" for row in inputs.tolist())
    alt = f"The four rows begin at places drawn with seed {turned['seed']}, and read {text}."
    return Outcome(printed=tuple(rows), pictures=(Picture("lecture-batch", picture_of(inputs, targets), alt),))


LISTINGS = (
    Listing(
        "lecture-characters", "lecture", "All 65 characters",
        "The text is read, its different characters are sorted, and **each one's place in that order is its number**. "
        "The new line comes first, so it is number 0; small letters come last.",
        alphabet, (CharTokenizer.from_text,), (Turn("text", "Text", tuple(TEXTS)),),
        ("tokens?model=mini", "A model's alphabet, counted in its text"),
    ),
    Listing(
        "lecture-greeting", "lecture", "“hii there” in numbers",
        "Encoding looks every character up, decoding every number. **Nothing is lost on the way there and back**, and "
        "a capital letter is another character.",
        greeting, (CharTokenizer.encode, CharTokenizer.decode, numbers.encode),
        (Turn("text", "Text", (GREETING, "hello there", "HII THERE")),),
        ("tokens?model=mini&prompt=hii%20there", "The same text as tokens, live"),
    ),
    Listing(
        "lecture-thousand", "lecture", "The first 1,000 ids",
        "The whole text becomes one long tensor of whole numbers. Its first thousand are the first thousand "
        "characters: **every 0 is a new line, every 1 a space.**",
        thousand, (whole,), (Turn("characters", "Read back as text", ("250", "500", "1000")),),
        ("lessons?lesson=1&open=1", "Lesson 1: text to numbers"),
    ),
    Listing(
        "lecture-split", "lecture", "Nine tenths to learn from",
        "The last tenth is never trained on. **A model that learns its text by heart gets worse there**, and that is "
        "how one notices.",
        sizes, (parts,), (Turn("share", "To learn from", ("90 %", "80 %", "95 %")),),
        ("lessons?lesson=9&open=1", "Lesson 9: a model that learned by heart"),
    ),
    Listing(
        "lecture-window", "lecture", "Eight examples in one window",
        "A window of eight characters, and the same one character later. **Each place is a question of its own**: what "
        "comes after one character, after two, up to eight.",
        window, (told, window), (Turn("context", "Context", ("8", "4", "16")),),
        ("tokens?model=mini&block=8", "Batches as the trainer cuts them"),
    ),
    Listing(
        "lecture-batch", "lecture", "A batch of 4 × 8: thirty-two examples",
        "Four windows at places drawn by chance lie on top of each other, so that the processor has more to do at "
        "once. **They know nothing of each other**: no row looks at another row.",
        batch, (batches.draw_starts, batches.batch, told), (Turn("seed", "Seed", (str(SEED), "1", "42")),),
        ("tokens?model=mini&draw=1337", "Draw batches of your own"),
    ),
)  # fmt: skip
