"""The pictures of the page of edits: what each layer would say, the next token, the length of the stream."""

from __future__ import annotations

import numpy as np

from gpt.analysis.lens import boundary_names
from gpt.figures import edits as figures
from pages.ui.board import edited
from pages.ui.board.edited import Sides
from pages.ui.board.panel import Panel
from pages.ui.board.panels import beforeafter
from pages.ui.board.panels.chart import Chart
from pages.ui.board.panels.matrix import Matrix


class Likeliest(Chart):
    """The next token, before and after."""

    name = "chart:likeliest"


class Lengths(Chart):
    """The length of the stream, before and after."""

    name = "chart:lengths"


def panels(found: Sides | None) -> list[tuple[Panel, int]]:
    """Each with its columns; none without a token. A model without blocks has no heads."""
    if found is None:
        return []
    shown: list[tuple[Panel, int]] = [(likeliest(found), 22), (lens(found), 19), (lengths(found), 19)]
    return [*shown, (beforeafter.panel(found), 60)] if found.seen.config.n_layer else shown


def likeliest(found: Sides) -> Chart:
    """The five likeliest of both sides."""
    one, words = found.prediction, found.seen.vocabulary
    picture = figures.likeliest([words[i] for i in one.ids], one.before, one.after)
    note = f"The five likeliest of each side; KL(before ‖ after) {edited.bits(one.kl)}."
    return Likeliest.of(picture, f"{found.sentence} {note}", "edits-next-token", "Next token", note)


def lens(found: Sides) -> Matrix:
    """What each layer would say after the token that one looks from."""
    words = found.seen.vocabulary
    shares = [np.asarray(one.shares.numpy(), np.float32) for one in found.layers]
    said = [[[words[i] for i in row] for row in one.best.tolist()] for one in found.layers]
    names = boundary_names(found.seen.config)
    picture = figures.lens(shares, said, names)
    differ = sum(a[0] != b[0] for a, b in zip(*said, strict=True))
    note = f"If the model stopped there, after token {found.seen.query + 1}: "
    note += f"the first guess differs at {differ} of {len(names)} places." if found.changed else "the three likeliest."
    return Matrix.of(picture, note, "edits-lens", "What each layer would say", note)


def lengths(found: Sides) -> Chart:
    """How long the stream's vector is."""
    before, after = (one.lengths.tolist() for one in found.layers)
    picture = figures.lengths(boundary_names(found.seen.config), before, after)
    note = f"Of token {found.seen.query + 1} at the end: {before[-1]:.1f} before, {after[-1]:.1f} after."
    return Lengths.of(picture, note, "edits-lengths", "Length of the stream", note)
