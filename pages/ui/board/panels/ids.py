"""The prompt as the model is given it: characters, ids, bytes; and ids that someone types, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.token_kinds import kind
from gpt.tokenizers import Tokenizer, bytes_of
from pages.ui.board.panel import Panel, sized
from pages.ui.board.words import quoted
from pages.ui.state.choices.tokens import IDS
from pages.ui.state.reading import Reading

MOST = 64  # ids that are decoded, at most


@dataclass(frozen=True, kw_only=True, eq=False)
class Ids(Panel):
    """What the model reads, and what was typed to be decoded; it tells that as the choice `ids`."""

    name = "ids"
    T: int
    V: int
    tokens: Sequence[str] = sized("T")
    ids: Sequence[int] = sized("T")
    kinds: Sequence[str] = sized("T")
    bytes: Sequence[str] = sized("T")  # of each token in UTF-8, in hexadecimal: "c3 a9"
    unknown: str  # a sentence; empty when every character has an id
    typed: str
    decoded: str  # the text of what was typed
    fault: str  # what is wrong with it
    limit: int  # characters that may be typed


def panel(seen: Reading) -> Ids:
    """The prompt's ids; and the text of the typed ones."""
    typed = seen.inputs.token_choices.ids
    decoded, fault = decode(typed, seen.checkpoint.tokenizer)
    return Ids(
        T=len(seen.ids),
        V=seen.config.vocab_size,
        tokens=seen.tokens,
        ids=seen.ids,
        kinds=[kind(token) for token in seen.tokens],
        bytes=[bytes_of(seen.checkpoint.tokenizer, i).hex(" ") for i in seen.ids],
        unknown=unknown(seen),
        typed=typed,
        decoded=decoded,
        fault=fault,
        limit=IDS,
    )


def unknown(seen: Reading) -> str:
    """Which characters have no id, named."""
    if not seen.unknown:
        return ""
    named = ", ".join(f"{quoted(one)} (U+{ord(one):04X})" for one in seen.unknown[:6])
    more = f" and {len(seen.unknown) - 6} more" if len(seen.unknown) > 6 else ""
    verb = "has" if len(seen.unknown) == 1 else "have"
    return f"{named}{more} {verb} no id among the {seen.config.vocab_size:,} of this model: left out."


def decode(typed: str, tokenizer: Tokenizer) -> tuple[str, str]:
    """The text of ids as someone types them, and what is wrong with those that are none."""
    words = typed.replace(",", " ").replace("[", " ").replace("]", " ").split()
    last, ids = tokenizer.vocab_size - 1, list[int]()
    odd, beyond = list[str](), list[str]()
    for word in words[:MOST]:
        if not word.isascii() or not word.removeprefix("-").isdigit():
            odd.append(word)
        elif not 0 <= int(word) <= last:
            beyond.append(word)
        else:
            ids.append(int(word))
    faults = list[str]()
    if odd:
        faults.append(f"“{odd[0][:20]}” is not a whole number: type ids such as “0 {last}”.")
    if beyond:
        others = f" (nor for {len(beyond) - 1} more)" if len(beyond) > 1 else ""
        faults.append(f"There is no token {beyond[0][:20]}{others}: this model's ids run from 0 to {last:,}.")
    if len(words) > MOST:
        faults.append(f"Only the first {MOST} of {len(words)} are decoded.")
    return tokenizer.decode(ids), " ".join(faults)
