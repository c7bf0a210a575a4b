"""What the page about the residual stream lets choose: whose logit, which number, residual off, which dice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.state.parameter import Parameter
from pages.ui.state.validate import clean, whole

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

NUMBER = re.compile(r"[a-z]{3,9}(\.\d{1,5}){0,3}")
SHARES = (0.1, 0.2, 0.5)  # that dropout may drop
DRAWS = (1, 16, 256, 1_024)
SEEDS = 1_000_000
TYPED = "~"  # before a token that was typed; else its id is told
LONG = 40  # characters of it


@dataclass(frozen=True)
class ResidualChoice:
    """Whatever of it there is not in the model or the prompt is clamped when the page reads it."""

    token: int | str | None = None  # whose logit: an id, a text that is no token, or the likeliest
    number: str = ""  # that is worked out: "effect.3", "share.2.5"; none: the logit
    off: bool = False  # the model without its residual connections
    measured: bool = False  # whether the gradients are wanted
    seed: int = 0  # of the first draw
    draws: int = 16  # whose mean is shown
    drop: float | None = None  # the share that is dropped; none: the model's own, else the first of SHARES


def parse_token(word: str, inputs: Inputs) -> int | str | None:
    """A token by its id, or typed: the first one of a text that the model knows; else the text itself."""
    tokenizer = cache.model(inputs.model, inputs.step).tokenizer
    if word.startswith(TYPED):
        text = clean(word[1:], LONG)
        known = tokenizer.encode_known(text)[0]
        return known[0] if known and tokenizer.tokens[known[0]] == text[: len(tokenizer.tokens[known[0]])] else text
    if word == "":
        return None
    token = whole(word, -1, 10**6, -1)
    if not 0 <= token < len(tokenizer.tokens):
        raise ValueError("The link's token for the logit is not one of this model's; showing the likeliest.")
    return token


def write_token(token: int | str | None) -> str:
    """As `parse_token` reads it."""
    return f"{TYPED}{token}" if isinstance(token, str) else "" if token is None else str(token)


def parse_number(word: str, inputs: Inputs) -> str:
    """Which number is worked out; whether there is such a one is asked when the page reads it."""
    if word and not NUMBER.fullmatch(word):
        raise ValueError("The link's number of the stream is none of this page; showing the logit.")
    return word


def parse_drop(word: str, inputs: Inputs) -> float | None:
    """One of the shares that are offered."""
    found = [share for share in SHARES if str(share) == word]
    if word and not found:
        raise ValueError(f"The link's dropout is not one of {', '.join(map(str, SHARES))}; showing the model's own.")
    return found[0] if found else None


def parse_draws(word: str, inputs: Inputs) -> int:
    """As many draws as are offered, the nearest number of them."""
    asked = whole(word, DRAWS[0], DRAWS[-1], ResidualChoice.draws)
    return min(DRAWS, key=lambda n: abs(n - asked))


ROWS = (
    Parameter("logit", "residual.token", lambda _: None, parse_token, write_token),
    Parameter("worked", "residual.number", lambda _: "", parse_number, str),
    Parameter("bare", "residual.off", lambda _: False, lambda word, _: word == "1", lambda on: str(int(on))),
    Parameter("gradient", "residual.measured", lambda _: False, lambda word, _: word == "1", lambda on: str(int(on))),
    Parameter("dice", "residual.seed", lambda _: 0, lambda word, _: whole(word, 0, SEEDS, 0), str),
    Parameter("draws", "residual.draws", lambda _: ResidualChoice.draws, parse_draws, str),
    Parameter("drop", "residual.drop", lambda _: None, parse_drop, lambda share: "" if share is None else str(share)),
)
