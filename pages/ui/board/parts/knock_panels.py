"""The panels of the page of knock-outs: the choices, heads and MLPs, tokens, and cheap guesses beside the truth."""

from __future__ import annotations

import numpy as np

from gpt.figures import probe as figures
from gpt.figures.glyphs import named
from pages.ui.board.knocked import SAID, Knocked, strongest
from pages.ui.board.panel import Panel
from pages.ui.board.panels.chart import Chart
from pages.ui.board.panels.knock import Knock
from pages.ui.board.panels.matrix import Matrix
from pages.ui.board.panels.table import Table
from pages.ui.state.reading import Reading

GROUPS = (
    ("by", "A silent part says", (("zero", "nothing"), ("mean", "its mean so far"))),
    ("effect", "Effect on", (("logit", "the logit"), ("share", "the probability"), ("kl", "all (KL)"))),
)


class Guessed(Chart):
    """Guesses of heads beside the truth."""

    name = "chart:guessed"


class GuessedTokens(Chart):
    """Guesses of tokens beside the truth."""

    name = "chart:guessed-tokens"


def choices(seen: Reading, found: Knocked | None) -> Knock:
    """Which prediction it is, and what was found."""
    if found is None:
        empty = "Type a character: what the prediction needs will be measured, part by part."
        without = "This model has no blocks: nothing in it can be silenced. Choose another, such as shakespeare."
        return Knock(T=len(seen.ids), sentence=empty if seen.trace is None and seen.config.n_layer else without)
    chosen = seen.inputs.probe
    groups = [(parameter, label, options, getattr(chosen, parameter)) for parameter, label, options in GROUPS]
    done = found.job.done
    at = f"After token {found.asked.position + 1}, {found.called} has {100 * found.share:.1f} %."
    return Knock(
        groups=groups,
        T=len(seen.ids),
        sentence=f"{at} Each part is silent in turn, by itself; shown is the change of {SAID[chosen.effect]}.",
        found=strongest(found) or "Measuring ...",
        busy=None if done >= 1 else done,
    )


def panels(found: Knocked | None) -> list[tuple[Panel, int]]:
    """The pictures, each with its columns; what is not measured yet has no numbers, but its room."""
    return [] if found is None else [(parts(found), 30), (tokens(found), 30), *guesses(found)]


def parts(found: Knocked) -> Matrix:
    """Heads and MLPs as one picture."""
    config, job = found.seen.config, found.job
    heads = found.change(job.heads, config.n_layer * config.n_head).reshape(config.n_layer, config.n_head)
    mlps = found.change(job.mlps, config.n_layer if config.feed_forward else 0).reshape(config.n_layer, -1)
    picture = figures.parts(heads, mlps, found.unit)
    alt = f"Change when each head or MLP is silent. {strongest(found)}"
    return Matrix.of(picture, alt, "knockouts", "Heads and MLPs", "Each is silent by itself.")


def tokens(found: Knocked) -> Chart:
    """Every token that is not read."""
    picture = figures.tokens(found.change(found.job.tokens, len(found.texts)), found.texts, found.unit)
    alt = f"Change when each token is not read. {strongest(found)}"
    return Chart.of(picture, alt, "knockouts-tokens", "Tokens", "What goes into the first block is silent there.")


def guesses(found: Knocked) -> list[tuple[Panel, int]]:
    """How well what is cheap foretells the truth: a rank correlation each, and the points of the best."""
    job, rows, shown = found.job, list[dict[str, object]](), list[tuple[Panel, int]]()
    names = [f"{i + 1} {named(text)}" for i, text in enumerate(found.texts)]
    kinds = (
        ("heads", job.of_heads, job.heads, list(found.names), Guessed),
        ("tokens", job.of_tokens, job.tokens, names, GuessedTokens),
    )
    for kind, guessed, measured, called, panel in kinds:
        truth = found.lost(measured, len(called))
        known = {} if guessed is None or measured is None else {name: one.numpy() for name, one in guessed.items()}
        scores = {name: correlation(guess, truth) for name, guess in known.items()}
        rows += [{"of": kind, "cheap guess": name, "rank correlation": told(one)} for name, one in scores.items()]
        best = max(scores, key=lambda name, scores=scores: -2.0 if (one := scores[name]) is None else one, default="")
        note = f"The best of them here, rank correlation {told(scores[best])}." if best else "Measuring ..."
        guess, lost = (known[best], truth) if best else (np.zeros(0), np.zeros(0))
        picture = figures.foretold(guess, lost, best, called, found.unit)
        shown.append((panel.of(picture, f"Guesses of {kind}. {note}", f"guess-{kind}", f"Foretold: {kind}", note), 20))
    return [*shown, (Table.of(rows or [{"of": "", "cheap guess": "Measuring ...", "rank correlation": ""}]), 20)]


def correlation(guess: np.ndarray, truth: np.ndarray) -> float | None:
    """Spearman's rank correlation; None where one of the two ranks nothing."""
    import torch

    from gpt.analysis.attribution import agreement

    found = agreement({"guess": torch.from_numpy(guess.copy()), "truth": torch.from_numpy(truth.copy())})
    return next(iter(found.values()), None)


def told(score: float | None) -> str:
    """A correlation in words."""
    return "none: it ranks nothing" if score is None else f"{score:+.2f}"
