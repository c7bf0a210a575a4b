"""Blog road: good and bad ways to tell a token's place. The index, a share of it, waves, learned vectors, nothing."""

from __future__ import annotations

from functools import cache

import torch
from torch import Generator

from gpt.figures.chart import Axis, Chart, Series, look
from gpt.lessons import facts
from gpt.lessons.position_kinds import KINDS, MODEL, SEEDS, SHORT, STEPS, Row, rows
from gpt.lessons.train_position_kinds import added, fresh, tell, train
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned

ROAD = "attention"
LIVE = 12  # steps that are trained while one waits
NORMS = {"no norm": "none", "norm before each part": "pre"}
LENGTHS = {"whole context": MODEL.block_size, f"{SHORT} characters": SHORT}


@cache
def begun(norm: str) -> dict[str, list[float]]:
    """The losses of the first steps of every kind, trained now: with the first seed, all on the same windows."""
    return {kind: train(kind, norm, SEEDS[0], LIVE)[1] for kind in KINDS}


@torch.no_grad()
def seen_of(kind: str, norm: str) -> float:
    """How far a fresh model's logits move when places are told that way, and not at all: the largest difference."""
    model = fresh(kind, norm, Generator().manual_seed(SEEDS[0]))
    ids = facts.ids_of(1)[None, : MODEL.block_size]  # (1, T)
    tell(model, kind, MODEL.block_size)
    told = model(ids)  # (1, T, V)
    model.computed = torch.zeros_like(model.computed)  # (T, C)
    return float((told - model(ids)).abs().max())


def positions(turned: Turned) -> Outcome:
    """Six ways to tell places in small models trained alike, three seeds each; the first steps are trained here."""
    norm, T = NORMS[turned["norm"]], LENGTHS[turned["windows"]]
    found = {kind: [loss_at(row, T) for row in rows(kind, norm)] for kind in KINDS}
    means = {kind: sum(losses) / len(losses) for kind, losses in found.items()}
    ranked = sorted(KINDS, key=lambda kind: means[kind])
    without = found["none"]
    apart = ", ".join(f"{kind} {means[kind] - means['none']:+.3f}{sure(found[kind], without)}" for kind in KINDS[1:])
    x = [*range(len(KINDS))]
    losses = Chart(
        Axis("how places are told", ticks=list(enumerate(KINDS))), Axis("nats a character, held out", form=".3f"),
        [Series(f"seed {seed}", x, [found[kind][i] for kind in KINDS], "points", i) for i, seed in enumerate(SEEDS)],
    )  # fmt: skip
    first = begun(norm)
    steps = [*range(1, LIVE + 1)]
    start = Chart(
        Axis("step", form=",d"), Axis("nats a character, this step's windows", form=".3f"),
        [Series(kind, steps, first[kind], "line", *look(i)) for i, kind in enumerate(KINDS)],
    )  # fmt: skip
    moved = {kind: seen_of(kind, norm) for kind in KINDS[1:4]}
    told = ", ".join(f"{kind} {most:.2g}" for kind, most in moved.items())
    high = ", ".join(f"{kind} {float(added(kind, MODEL.block_size)[-1]):.3g}" for kind in moved)
    because = ": a norm takes away what is added to all numbers of a token alike." if norm == "pre" else "."
    each = "; ".join(f"{kind} {means[kind]:.3f}" for kind in ranked)
    return Outcome(
        said=(
            f"After {STEPS:,} steps alike, in windows of {T} characters, against no positions at all (none: "
            f"{means['none']:.3f}): {apart} nats a character, means of three seeds.",
            f"What is added at the last of {MODEL.block_size} places, to numbers that begin with a spread of 0.1: "
            f"{high}. A fresh model's logits move by {told} at most{because}",
            "Over T the same place is another number in another text: the fourth of 4 is "
            f"{float(added('index / T', 4)[3]):.2f}, the fourth of {MODEL.block_size} "
            f"{float(added('index / T', MODEL.block_size)[3]):.2f}.",
        ),
        pictures=(
            Picture("attention-positions", losses, f"The best first, means of three seeds: {each}."),
            Picture(
                "attention-positions-start", start,
                f"The first {LIVE} steps, trained here; at the end of them "
                + ", ".join(f"{kind} {first[kind][-1]:.3f}" for kind in KINDS) + ".",
            ),
        ),
    )  # fmt: skip


def loss_at(row: Row, T: int) -> float:
    """A model's loss in windows of so many characters."""
    return row.short if T == SHORT else row.long


def sure(losses: list[float], others: list[float]) -> str:
    """Whether the seeds agree on which is better: with each of them both have read the same windows."""
    better = [one < other for one, other in zip(losses, others, strict=True)]
    return "" if all(better) or not any(better) else " (not with every seed)"


LISTINGS = (
    Listing(
        "attention-positions", ROAD, "Good and bad positions",
        "A place can be told by adding the index to every number, or the index over 1,023 or over the text's length T, "
        "or waves of many lengths, or vectors that are learned. All are trained alike, on the same windows.",
        positions, (added, fresh, tell, train),
        (Turn("norm", "Norm", tuple(NORMS)), Turn("windows", "Windows", tuple(LENGTHS))),
        ("embeddings?model=mini", "Embeddings: the vectors of places"),
    ),
)  # fmt: skip
