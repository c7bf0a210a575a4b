"""What activation patching lets choose: which vectors, which of a head's tokens, which way, between which answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

SITES = ("resid_pre", "attn_out", "mlp_out")
AT = ("all", "here")  # a head is patched at every token, or at the one that predicts
WAYS = ("in", "out")  # B into A, or A into B
ID = re.compile(r"[0-9]{0,6}")


@dataclass(frozen=True)
class PatchChoice:
    """The choices."""

    site: str = SITES[0]
    at: str = AT[0]
    way: str = WAYS[0]
    answers: tuple[int | None, int | None] = (None, None)  # A's and B's; None: the likeliest


def one_of(words: tuple[str, ...], what: str) -> Callable[[str, Inputs], str]:
    """A reader of one of some words."""

    def parse(word: str, inputs: Inputs) -> str:
        if word not in ("", *words):
            raise ValueError(f"The link's {what} is not one of {', '.join(words)}; showing {words[0]}.")
        return word or words[0]

    return parse


def parse_answers(word: str, inputs: Inputs) -> tuple[int | None, int | None]:
    """Two ids, "5.12"; what is left out is the likeliest."""
    parts = word.split(".") if word else ["", ""]
    if len(parts) != 2 or not all(ID.fullmatch(part) for part in parts):
        raise ValueError("The link's answers are not two tokens' ids, as in 5.12; showing the likeliest.")
    a, b = (int(part) if part else None for part in parts)
    return a, b


def write_answers(answers: tuple[int | None, int | None]) -> str:
    """As `parse_answers` reads them."""
    return "" if answers == (None, None) else ".".join("" if one is None else str(one) for one in answers)


ROWS = (
    Parameter("patch", "patching.site", lambda _: SITES[0], one_of(SITES, "site to patch"), str),
    Parameter("patch-at", "patching.at", lambda _: AT[0], one_of(AT, "place of a patched head"), str),
    Parameter("patch-way", "patching.way", lambda _: WAYS[0], one_of(WAYS, "way to patch"), str),
    Parameter("answers", "patching.answers", lambda _: (None, None), parse_answers, write_answers),
)
