"""The prompt editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state import reading, validate
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Prompt(Panel):
    """The text, who changed it last, and what is said about it. It tells what is typed as `typed`."""

    name = "prompt"
    text: str
    rev: int  # another one: Python chose the text
    ack: int  # the number of the last commit that Python heard
    note: str
    warn: bool  # whether the note is a warning
    examples: Sequence[str]
    limit: int  # characters


def panel(seen: Reading) -> Prompt:
    """The prompt and what was written on from it."""
    chosen, (note, warn) = seen.inputs, noted(seen)
    return Prompt(
        text=chosen.full_text,
        rev=chosen.rev,
        ack=chosen.ack,
        note=note,
        warn=warn,
        examples=reading.examples(chosen.model, chosen.step),
        limit=validate.LIMIT,
    )


def noted(seen: Reading) -> tuple[str, bool]:
    """The sentence under the editor's title, and whether it is a warning."""
    size, warnings = seen.config.block_size, list[str]()
    if seen.unknown:
        shown = " ".join(f"“{character}”" for character in seen.unknown[:8])
        warnings.append(f"No token for {shown}: left out, struck through below.")
    if seen.hidden:
        warnings.append(f"Only the last {size} of {seen.hidden + size} tokens are read.")
    if warnings:
        return " ".join(warnings), True
    if not seen.ids:
        return "Type anything, or take an example.", False
    return f"{len(seen.ids)} of at most {size} tokens.", False
