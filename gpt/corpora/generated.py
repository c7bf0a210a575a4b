"""Small texts made from lists and dice: first names, and two tasks that show what one attention head can do.

Each is a function of its seed alone (random.Random, never the global generator). Standard library only.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from gpt.corpora.split import split_at

NAME_FILES = ("dist.female.first", "dist.male.first")  # lines such as "MARY           2.629  2.629      1"
SIZE = 200_000  # characters of a made text

COPY_LETTERS = "abcdefgh"
COPY_LENGTHS = (4, 10)
SORT_LETTERS = "abcdef"
SORT_LENGTH = 3
HELD_OUT = 0.1  # this share of the sorting questions is asked in the last tenth only


def first_names(folder: Path, seed: int) -> str:
    """The census' first names in lower case, each once, one a line, in an order drawn from `seed`.

    Shuffled, because the lists run from common to rare: a validation part cut off their end would hold only rare ones.
    Raises FileNotFoundError if a list is missing from `folder`.
    """
    lines = itertools.chain.from_iterable((folder / file).read_text("ascii").splitlines() for file in NAME_FILES)
    found = sorted({line.split()[0].lower() for line in lines if line.strip()})
    random.Random(seed).shuffle(found)
    return "\n".join(found) + "\n"


def copy_lines(seed: int) -> str:
    """Lines such as `gacb|gacb`: random letters, a bar, the same letters again.

    What attention should do: after the bar, look back to the letter that followed the last one copied, and repeat it.
    That is the induction pattern, and it takes two layers: a head of the first writes down what each letter follows,
    a head of the second looks for the letter that follows the present one (Olsson et al. 2022, "In-context Learning
    and Induction Heads"); positions help too, for the bar tells how far back to look. The letters before the bar are
    dice, so no model can get below about 1.03 nats a character: (7 ln 8 + ln 7) / 16; after the bar the loss can be 0.
    """
    dice = random.Random(seed)
    lines: list[str] = []
    written = 0
    while written < SIZE:
        word = "".join(dice.choices(COPY_LETTERS, k=dice.randint(*COPY_LENGTHS)))
        lines.append(f"{word}|{word}\n")
        written += len(lines[-1])
    return "".join(lines)


def sort_lines(seed: int) -> str:
    """Lines such as `cab>abc`: three letters in any order, then the same letters sorted (repeats are allowed).

    What attention should do: from the `>` and each answer so far, look at all three letters of the question and pick
    the smallest one not yet used; where it looks depends on what the letters are, not on where they stand.
    There are only 216 questions, so a tenth of them is kept for the last tenth of the text: the validation loss asks
    for sorting, not for memory. The question is dice and costs any model about ln 216 / 8 = 0.67 nats a character;
    after the `>` the loss can be 0.
    """
    dice = random.Random(seed)
    questions = ["".join(letters) for letters in itertools.product(SORT_LETTERS, repeat=SORT_LENGTH)]
    dice.shuffle(questions)
    held = round(HELD_OUT * len(questions))
    lines = SIZE // (2 * SORT_LENGTH + 2)
    early = split_at(lines)
    asked = dice.choices(questions[held:], k=early) + dice.choices(questions[:held], k=lines - early)
    return "".join(f"{question}>{''.join(sorted(question))}\n" for question in asked)
