"""Cheap guesses beside the truth, on the page of knock-outs: a panel for heads, for tokens, and for edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from gpt.figures import probe as figures
from gpt.figures.glyphs import named
from pages.ui.board.knocked import Knocked
from pages.ui.board.panel import Panel
from pages.ui.board.panels.foretold import Foretold

if TYPE_CHECKING:
    from torch import Tensor

DIGITS = 4  # of a guess, as far as a point's place is seen


class OfTokens(Foretold):
    """Guesses of tokens."""

    name = "foretold:tokens"


class OfEdges(Foretold):
    """Guesses of edges."""

    name = "foretold:edges"


def panels(found: Knocked) -> list[Panel]:
    """How well what is cheap foretells the truth, of every kind of part."""
    job, edges = found.job, found.edges
    heads = list(found.names)
    tokens = [f"{i + 1} {named(text)}" for i, text in enumerate(found.texts)]
    keys = found.seen.tokens[: found.cut.query + 1] if found.seen.config.causal else found.seen.tokens
    seen = [f"{i + 1} {named(text)}" for i, text in enumerate(keys)]
    of_edges = {name: whole(found, one)[: len(keys)] for name, one in edges.guesses.items()}
    cut = edges.rows.get(0) if len(keys) > 1 else None
    return [
        panel(Foretold, found, "heads", heads, found.lost(job.heads, len(heads)), job.of_heads),
        panel(OfTokens, found, "tokens", tokens, found.lost(job.tokens, len(tokens)), job.of_tokens),
        panel(OfEdges, found, "edges", seen, found.lost(cut, len(keys)), of_edges),
    ]


def whole(found: Knocked, flow: Tensor) -> Tensor:
    """A guess of edges (L, H, T) in the grid's first row: the sum over all heads, or those of one layer, (T,)."""
    layer = found.cut.layer
    return flow.sum((0, 1)) if layer is None else flow[layer].sum(0)


def panel(
    kind: type[Foretold],
    found: Knocked,
    parts: str,
    names: Sequence[str],
    truth: np.ndarray,
    guesses: Mapping[str, Tensor],
) -> Foretold:
    """One kind of part. Of the whole distribution only a guess's size can tell."""
    measured = not np.isnan(truth).any()
    sizes = found.seen.inputs.probe.effect == "kl"
    known = {name: np.abs(one.numpy()) if sizes else one.numpy() for name, one in guesses.items() if measured}
    scores = {name: correlation(guess, truth) for name, guess in known.items()}
    ranking = [-2.0 if score is None else score for score in scores.values()]
    best = int(np.argmax(ranking)) if ranking else -1
    told = [f"{name} {score_of(score)}" for name, score in scores.items()]
    note = "Rank correlation with the truth:" if told else "Measuring ..."
    if problem := found.edges.problem if parts == "edges" else found.job.problem:
        note = problem
    elif len(names) < 2:
        note = "There is but one: nothing to rank."
    return kind(
        **asdict(figures.foretold(found.unit)),
        title=f"Foretold: {parts}",
        note=note,
        alt=f"What cheap guesses say of {parts}, beside what is lost. {note} {', '.join(told)}",
        file=f"guess-{parts}",
        N=len(names) if measured else 0,
        parts=names if measured else (),
        truth=rounded(truth) if measured else (),
        guesses=[(name, score_of(scores[name]), rounded(guess)) for name, guess in known.items()],
        best=best,
        kind=parts,
    )


def rounded(values: np.ndarray) -> list[float]:
    """Numbers in as many digits as a point needs."""
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]


def correlation(guess: np.ndarray, truth: np.ndarray) -> float | None:
    """Spearman's rank correlation; None where one of the two ranks nothing."""
    import torch

    from gpt.analysis.attribution import agreement

    found = agreement({"guess": torch.from_numpy(guess.copy()), "truth": torch.from_numpy(truth.copy())})
    return next(iter(found.values()), None)


def score_of(score: float | None) -> str:
    """A correlation in words."""
    return "–" if score is None else f"{score:+.2f}"
