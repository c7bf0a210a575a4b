"""The lessons' texts, and the numbers in them that claim to be measured.

A claim is a number followed by an HTML comment, so that the text reads well without the app:

    Trained, it costs 2.49 <!-- = bigram.val_loss --> nats a character.

The test asks `facts.fact` for each, to as many digits as the text gives. No torch is needed to read a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gpt.lessons.lookup import numbered

CLAIM = re.compile(r"(?P<number>[-−]?\d[\d,]*(?:\.\d+)?)(?P<percent> %)?\s*<!-- = (?P<name>[\w.-]+) -->")
GUESS = "<!-- guess -->"  # up to here a text gives no answer away
COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Claim:
    """One number of a text, and the name of the value that it must be."""

    shown: str  # as the text has it
    name: str

    @property
    def number(self) -> float:
        """What the text says."""
        return float(self.shown.replace(",", "").replace("−", "-"))

    @property
    def half_digit(self) -> float:
        """How far from the truth a number of so many digits may be: half of its last one."""
        _, _, digits = self.shown.partition(".")
        return 0.5 * 10.0 ** -len(digits)


def source(lesson: int) -> str:
    """A lesson's text as it was written. Raises ConfigError for a number that is none."""
    return numbered(lesson).text.read_text(encoding="utf-8")


def shown(lesson: int, whole: bool = True) -> str:
    """A lesson's text as a page shows it, without the comments; or only what may be read before guessing."""
    before, after = parts(lesson)
    return f"{before}\n\n{after}" if whole else before


def parts(lesson: int) -> tuple[str, str]:
    """A lesson's text, without the comments, up to the guess and from there on."""
    before, after = source(lesson).split(GUESS)
    return COMMENT.sub("", before).strip(), COMMENT.sub("", after).strip()


def claims(text: str) -> list[Claim]:
    """All numbers of a text that claim to be measured, in order."""
    return [Claim(found["number"], found["name"]) for found in CLAIM.finditer(text)]


def unproved(text: str) -> list[str]:
    """Decimal numbers that neither claim to be measured nor stand in code, in a link, or beside a quoted source."""
    rest = re.sub(r"```.*?```|`[^`]*`|\(http[^)]*\)", "", text, flags=re.DOTALL)
    rest = re.sub(r"[-−]?\d[\d,]*\.\d+( %)?\s*<!--.*?-->", "", rest, flags=re.DOTALL)
    return re.findall(r"(?<![\w.])\d+\.\d+(?![\w.]*\d)", rest)
