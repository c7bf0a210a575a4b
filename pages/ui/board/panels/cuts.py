"""How a text becomes batches: where it is cut in two, where windows are drawn, and what each position has to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt.corpora.split import split_at
from pages.ui.board.panel import Panel
from pages.ui.derived import tokens as derived
from pages.ui.state.choices.tokens import BLOCKS
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor

SHOWN = 4  # windows of a batch


@dataclass(frozen=True, kw_only=True, eq=False)
class Cuts(Panel):
    """A batch of the text that the model learned from. It tells `block` and `draw` as choices."""

    name = "cuts"
    sentence: str
    parts: Sequence[tuple[str, int]]  # name and characters of the two parts of the text
    windows: Sequence[tuple[float, Sequence[str], Sequence[int]]]  # where in the text (a share), tokens and ids, B + 1
    block: int
    blocks: Sequence[int]
    draw: int
    busy: float | None


def panel(seen: Reading) -> Cuts:
    """Four windows, drawn by the function that the trainer draws them with."""
    chosen, corpus = seen.inputs.token_choices, derived.text_of(seen.inputs.model)
    fitting = [block for block in BLOCKS if block <= seen.config.block_size] or [seen.config.block_size]
    block = chosen.block if chosen.block in fitting else fitting[-1]
    plain = {"block": block, "blocks": fitting, "draw": chosen.draw}
    work = derived.ids_of(seen.inputs.model)
    if corpus is None or work is None:
        text = "The text that this model learned from is not on the shelf here: choose a bundled model to see it cut."
        return Cuts(sentence=text, parts=[], windows=[], busy=None, **plain)
    N = len(corpus.text)
    cut = split_at(N)
    parts = [("to learn from", cut), ("to judge with", N - cut)]
    if work.result is None:
        told = work.problem or f"{corpus.title}: {N:,} characters, the first 90 % to learn from. Cutting into tokens…"
        return Cuts(sentence=told, parts=parts, windows=[], busy=None if work.problem else work.share, **plain)
    ids, held_out = work.result
    return Cuts(
        sentence=sentence(seen, corpus.title, cut, N, len(ids), len(held_out)),
        parts=parts,
        windows=windows(seen, ids, block, chosen.draw, cut / N) if len(ids) > block else [],
        busy=None,
        **plain,
    )


def windows(
    seen: Reading, ids: Tensor, block: int, draw: int, share: float
) -> list[tuple[float, list[str], list[int]]]:
    """Where each begins, as a share of the text, with its tokens and their ids: one more than the context."""
    from torch import Generator

    from gpt.train import batches

    x, y = batches.batch(ids, block, SHOWN, Generator().manual_seed(draw))  # (B, T), (B, T)
    starts = batches.draw_starts(len(ids), block, SHOWN, Generator().manual_seed(draw)).tolist()
    rows = [[int(first[0]), *last.tolist()] for first, last in zip(x, y, strict=True)]
    return [
        (share * start / len(ids), [seen.vocabulary[i] for i in row], row)
        for start, row in zip(starts, rows, strict=True)
    ]


def sentence(seen: Reading, title: str, cut: int, N: int, tokens: int, held_out: int) -> str:
    """The split in numbers, and how much of it one step of this model's training reads."""
    said = (
        f"{title} has {N:,} characters. The first 90 %, {cut:,} ({tokens:,} tokens), are there to learn from; the last "
        f"{N - cut:,} ({held_out:,} tokens) only judge."
    )
    train = seen.checkpoint.record.get("train")
    size = train.get("batch_size") if isinstance(train, dict) else None
    if not isinstance(size, int) or size < 1:
        return said
    read = size * seen.config.block_size
    return (
        f"{said} One step of this model's training read {size} windows of {seen.config.block_size} tokens, {read:,} in "
        f"all: after {max(round(tokens / read), 1):,} steps as many as there are."
    )
