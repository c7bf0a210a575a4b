"""From a visitor's choices to what the page draws: the tokens that are read, and the pass that reads them."""

from __future__ import annotations

from dataclasses import dataclass

from gpt import sampling
from gpt.checkpoint import Checkpoint
from gpt.trace import Trace
from pages.ui import cache
from pages.ui.state import inputs, validate
from pages.ui.state.inputs import Inputs


@dataclass(frozen=True)
class Look:
    """One prompt, read by one model at one step."""

    loaded: Checkpoint
    ids: tuple[int, ...]  # the tokens that the model sees, at most its context
    tokens: list[str]  # what they are
    chips: list[tuple[str, int]]  # what the strip shows: (text, token's place, or -1 for an unknown character)
    hidden: int  # known characters before these, out of sight
    unknown: list[str]  # the characters that the model does not know, each once
    written: int  # the place of the first token that the model wrote itself
    trace: Trace | None  # everything inside; None without a token


def look(chosen: Inputs) -> Look:
    """Read the visitor's text with the chosen model: one cached pass."""
    loaded = cache.model(chosen.model, chosen.step)
    text, block_size = inputs.full_text(chosen), loaded.config.block_size
    all_ids, places = loaded.tokenizer.encode_known(text)
    hidden = max(0, len(all_ids) - block_size)
    ids, at = tuple(all_ids[hidden:]), {place: i for i, place in enumerate(places[hidden:])}
    first = places[hidden] if hidden else 0
    if chosen.pin is not None and chosen.pin >= len(ids):
        chosen.pin = None  # the text became shorter: the pin goes with its token, as it does in the browser
    chips = [(character, at.get(i, -1)) for i, character in enumerate(text) if i >= first]
    known = set(places)
    unknown = list(dict.fromkeys(character for i, character in enumerate(text) if i not in known))
    trace = cache.trace(chosen.model, chosen.step, ids) if ids else None
    tokens = [loaded.tokenizer.tokens[i] for i in ids]
    return Look(loaded, ids, tokens, chips, hidden, unknown, len(ids) - len(chosen.written), trace)


def note(seen: Look) -> tuple[str, bool]:
    """The sentence under the editor's title, and whether it is a warning."""
    size, vocabulary = seen.loaded.config.block_size, seen.loaded.config.vocab_size
    warnings = []
    if seen.unknown:
        shown = " ".join(f"“{character}”" for character in seen.unknown[:8])
        warnings.append(f"This model knows {vocabulary} characters but not {shown}: left out, struck through below.")
    if seen.hidden:
        warnings.append(f"It sees {size} tokens at most: only the last {size} of {seen.hidden + size} are read.")
    if warnings:
        return " ".join(warnings), True
    if not seen.ids:
        return "Type anything, or take an example: each character becomes one token.", False
    return f"{len(seen.ids)} of at most {size} tokens.", False


def write_asked() -> None:
    """The writing panel asks for one more token, or to go back to one: answered from the logits already there."""
    chosen, ask = inputs.current(), inputs.told("board", "ask")
    if not isinstance(ask, dict) or inputs.whole(ask.get("n"), 0, 10**9, 0) <= chosen.asked:
        return
    chosen.asked = inputs.whole(ask.get("n"), 0, 10**9, 0)
    if ask.get("what") == "back":
        del chosen.written[inputs.whole(ask.get("to"), 0, validate.WRITE_LIMIT, 0) :]
    elif len(chosen.written) < validate.WRITE_LIMIT:
        seen = look(chosen)
        if seen.trace is None:
            return
        generator = sampling.generator(chosen.knobs.seed, len(chosen.written))
        choice = sampling.choose(seen.trace.logits[-1], chosen.knobs, generator, explain=True)
        chosen.written.append((choice.id, choice.probability))
    chosen.rev += 1
