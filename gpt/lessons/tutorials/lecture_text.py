"""The lecture's first half hour: a text becomes numbers, the numbers two parts, the parts batches."""

from __future__ import annotations

from gpt.figures.glyphs import glyph
from gpt.lessons import facts
from gpt.lessons.experiments import numbers
from gpt.lessons.experiments.numbers import ALPHABET, GREETING
from gpt.lessons.tutorials.listing import Listing, Outcome, Printed, Turn, Turned
from gpt.tokenizers import CharTokenizer

# ---- the alphabet


def alphabet(turned: Turned) -> Outcome:
    """All characters of the text in the order of their codes, each with its number."""
    chars = CharTokenizer.from_text(facts.corpus().text).chars
    numbered = ", ".join(f"{glyph(char)} {i}" for i, char in enumerate(chars))
    return Outcome(
        printed=(
            Printed("length of the text in characters", "1115394", str(len(facts.corpus().text))),
            Printed("all characters, sorted, without the new line that stands first",
                    " !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "".join(chars[1:])),
            Printed("how many", "65", str(len(chars))),
        ),
        said=(f"Each with its number: {numbered}.",),
    )  # fmt: skip


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


LISTINGS = (
    Listing(
        "lecture-characters", "lecture", "All 65 characters",
        "The text is read, its different characters are sorted, and **each one's place in that order is its number**. "
        "The new line comes first, so it is number 0.",
        alphabet, (CharTokenizer.from_text, alphabet), live=("tokens?model=mini", "The alphabet of a model, live"),
    ),
    Listing(
        "lecture-greeting", "lecture", "“hii there” in numbers",
        "Encoding looks every character up, decoding every number. **Nothing is lost on the way there and back.**",
        greeting, (numbers.encode, greeting), (Turn("text", "Text", (GREETING, "hello there", "HII THERE")),),
        ("tokens?model=mini&prompt=hii%20there", "The same text as tokens, live"),
    ),
)  # fmt: skip
