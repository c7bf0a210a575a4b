"""The words of this app, read from `assets/lessons/glossary.md`: one row of its table a term. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gpt.config import ConfigError
from gpt.lessons.rung import TEXTS

FILE = TEXTS / "glossary.md"


@dataclass(frozen=True)
class Term:
    """One entry."""

    name: str
    symbol: str  # as the code and the pictures have it; "" if there is none
    shape: str  # "" if it is not an array
    sentence: str
    lesson: int  # where it is explained; 0 if a page alone tells of it
    page: str  # where it lives: the title of a page, in small letters

    @property
    def key(self) -> str:
        """How a link names it."""
        return "-".join("".join(char if char.isalnum() else " " for char in self.name.lower()).split())


@cache
def glossary() -> tuple[Term, ...]:
    """All entries, by name. Raises ConfigError for a row that is not one, OSError when the file is gone."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| term "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) != 6 or not (cells[4].isdecimal() or cells[4] == "-"):
                raise ConfigError(f"A row of the glossary has {len(cells)} cells, but it must have 6: {line!r}.")
            found.append(Term(*cells[:4], lesson=int(cells[4].replace("-", "0")), page=cells[5]))
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def term(key: str) -> Term:
    """The entry of a link. Raises ConfigError for none."""
    for entry in glossary():
        if entry.key == key:
            return entry
    raise ConfigError(f"term is {key!r}, but it must be one of {', '.join(entry.key for entry in glossary())}.")
