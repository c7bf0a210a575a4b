"""Norms before each part, after it, or nowhere: the stream and the gradient in models trained alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from gpt.lessons import placements
from gpt.lessons.placements import DEEP, KINDS, STEPS, TRAIN
from pages.ui.board.panel import Panel

WORDS = {"pre": "before each part (pre)", "post": "after each part (post)", "none": "none"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Placements(Panel):
    """Every model's lengths and gradients at every boundary, one row a kind, seed and step."""

    name = "placements"
    kinds: Sequence[tuple[str, str]]  # name, in words
    steps: Sequence[int]
    rows: Sequence[tuple[str, int, int, float, Sequence[float], Sequence[float]]]  # kind, seed, step, loss, two lines
    sentence: str
    facts: Sequence[tuple[str, str]]


def panel() -> Placements:
    """What was measured; the same for every visitor."""
    rows = placements.measured()
    return Placements(
        kinds=[(kind, WORDS[kind]) for kind in KINDS],
        steps=STEPS,
        rows=[(row.kind, row.seed, row.step, row.loss, row.length, row.gradient) for row in rows],
        sentence=f"{DEEP.n_layer} blocks of width {DEEP.n_embd}, {TRAIN.steps} steps on Shakespeare, three seeds each; "
        "only the norms' place differs. Boundary 0 lies before the first block.",
        facts=[(WORDS[kind], fact(kind)) for kind in KINDS],
    )


def fact(kind: str) -> str:
    """One kind at the end of its training: loss, growth of the stream, fall of the gradient."""
    rows = placements.rows(kind, STEPS[-1])
    losses = [row.loss for row in rows]
    grows = fmean(row.length[-1] / row.length[0] for row in rows)
    falls = fmean(row.gradient[1] / row.gradient[-1] for row in rows)
    return (
        f"held-out loss {min(losses):.3f} to {max(losses):.3f} nats; the stream ends {grows:.0f} times as long as it "
        f"began; the gradient behind block 1 is {falls:.1f} times that behind block {DEEP.n_layer}."
    )
