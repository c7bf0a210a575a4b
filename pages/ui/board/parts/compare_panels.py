"""The pictures of the page of comparisons: streams, next tokens, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpt.figures import comparison as figures
from pages.ui.board.compared import Compared
from pages.ui.board.panel import Panel
from pages.ui.board.panels.chart import Chart
from pages.ui.board.panels.matrix import Matrix
from pages.ui.board.words import quoted

if TYPE_CHECKING:
    from gpt.analysis.comparison import Comparison, Distances

WINDOW = 256  # aligned tokens that a picture shows, the last ones
BARS = 8  # words of the next token


class Streams(Matrix):
    """How far the streams are apart."""

    name = "matrix:streams"


class NextPair(Chart):
    """The next token on both sides."""

    name = "chart:nextpair"


class Losses(Chart):
    """The loss of every token on both sides."""

    name = "chart:losses"


def panels(here: Compared) -> list[tuple[Panel, int]]:
    """All of them, each with its columns; none as long as one side reads no token, no distance where there is none."""
    if here.found is None:
        return []
    found = here.found
    shown: list[tuple[Panel, int]] = [(next_pair(here, found), 30), (losses(here, found), 30)]
    if found.stream is not None and found.pairs:
        shown.append((streams(here, found, found.stream), 60))
    return shown


def streams(here: Compared, found: Comparison, apart: Distances) -> Matrix:
    """The distance of the streams at every boundary and aligned token."""
    from gpt.analysis.lens import boundary_names

    relative = apart.relative[:, -WINDOW:]  # (S, N)
    S, t = divmod(int(relative.argmax()), relative.shape[1])
    names = boundary_names(here.a.config)[: len(relative)]
    tokens = [here.a.tokens[i] for i, _ in found.pairs[-WINDOW:]]
    cosine = float(apart.cosine[:, -WINDOW:][S, t])
    note = (
        f"|a − b| as a share of the mean of |a| and |b|: 0 where they are equal, at most 2. Most: {names[S]}, "
        f"{quoted(tokens[t])}: {float(relative[S, t]):.3f} (cosine {cosine:.3f})."
    )
    if len(found.pairs) > WINDOW:
        note += f" Of the last {WINDOW} tokens that both have."
    if here.a.inputs.model != here.b.inputs.model:
        note += " Trained apart, two models need not share directions: read this with care."
    picture = figures.streams(relative.numpy(), names, tokens)
    return Streams.of(picture, f"Distance of the streams. {note}", "streams", "Distance of the streams", note)


def next_pair(here: Compared, found: Comparison) -> Chart:
    """The likeliest next tokens of either side as pairs of bars, with how far both distributions are apart."""
    (i, j), one = found.at, found.next
    if one is None:
        picture, note = figures.next_tokens([], [], []), "The two vocabularies have no word in common."
    else:
        best = one.likeliest(BARS)
        picture = figures.next_tokens(
            [one.words[n] for n in best], [float(one.a[n]) for n in best], [float(one.b[n]) for n in best]
        )
        note = (
            f"After token {i + 1} {quoted(here.a.tokens[i])} of A and {j + 1} {quoted(here.b.tokens[j])} of B: "
            f"KL(A‖B) {one.kl_ab:.3f}, KL(B‖A) {one.kl_ba:.3f}, Jensen-Shannon {one.js:.3f} bits"
        )
        note += "." if one.whole else f", over the {len(one.words):,} words that both have, as if there were no others."
    return NextPair.of(picture, f"Next token on both sides. {note}", "next-tokens", "Next token", note)


def losses(here: Compared, found: Comparison) -> Chart:
    """The loss of every token; texts that differ lie along each other at the tokens that both have."""
    from gpt.analysis.comparison import merged

    columns = merged(found.pairs, len(here.a.ids), len(here.b.ids))
    texts = [here.a.tokens[i] if i is not None else here.b.tokens[j or 0] for i, j in columns]
    a = [float(found.loss_a[i - 1]) if i else None for i, _ in columns]
    b = [float(found.loss_b[j - 1]) if j else None for _, j in columns]
    both = found.losses()
    if both:
        means = [sum(pair[side] for pair in both) / len(both) for side in (0, 1)]
        each = "token" if len(both) == 1 else f"{len(both)} tokens"
        note = f"Mean of the {each} that both have: A {means[0]:.3f}, B {means[1]:.3f} nats. The first has no loss."
    else:
        note = "A loss needs a token before it, and one that both texts have."
    return Losses.of(figures.losses(texts, a, b), f"Loss by position. {note}", "losses", "Loss by position", note)
