"""What the size of a vocabulary buys and costs: the length of the text, and models trained alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.lessons import vocabularies
from pages.ui.board.panel import Panel
from pages.ui.derived import tokens as derived
from pages.ui.state.reading import Reading

SIZES = (256, 512, 1_024, 2_048, 4_096, 8_192)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sizes(Panel):
    """A row for each size."""

    name = "sizes"
    sentence: str
    # name, entries, tokens of the text (None: not counted), characters a token
    lengths: Sequence[tuple[str, int, int | None, float | None]]
    # the same sizes of models trained alike: name, parameters, steps, bits a character: mean, least and largest
    models: Sequence[tuple[str, int, int, float, float, float]]
    trade: str
    busy: float | None


def panel(seen: Reading) -> Sizes:
    """The lengths measured on this model's text, the models as they are recorded."""
    work = derived.pairs(seen.inputs.model)
    rows = vocabularies.recorded()
    return Sizes(
        sentence=sentence(seen),
        lengths=lengths(seen),
        models=[
            (
                name(row.kind == "characters", row.size),
                row.parameters,
                row.steps,
                row.mean,
                min(row.bits),
                max(row.bits),
            )
            for row in rows
        ],
        trade=vocabularies.in_words(rows),
        busy=work.share if work.result is None and not work.problem else None,
    )


def name(characters: bool, size: int) -> str:
    """A row's name."""
    return "characters" if characters else f"{size:,} entries"


def lengths(seen: Reading) -> list[tuple[str, int, int | None, float | None]]:
    """The text in characters, and in byte pairs of each size that there is."""
    work = derived.pairs(seen.inputs.model)
    if work.result is None:
        return [(name(False, size), size, None, None) for size in SIZES]
    found, merges = work.result, work.result.merges
    rows: list[tuple[str, int, int | None, float | None]] = [("characters", found.alphabet, found.characters, 1.0)]
    for size in SIZES:
        if size > merges.tokenizer.vocab_size:
            break
        n = int((merges.sizes <= size).sum()) - 1  # the last merge that makes no token beyond that size
        tokens = int(found.lengths[n])
        rows.append((name(False, size), size, tokens, found.characters / tokens))
    return rows


def sentence(seen: Reading) -> str:
    """Which text, and how it shrinks."""
    work, rows = derived.pairs(seen.inputs.model), lengths(seen)
    if work.result is None:
        return work.problem or "Counting how long the text is in pieces of every size…"
    _, size, tokens, a_token = rows[-1]
    return (
        f"{work.result.title}, {work.result.characters:,} characters long: with {size:,} entries {tokens:,} tokens, "
        f"{a_token:.2f} characters each."
    )
