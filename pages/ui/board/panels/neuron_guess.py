"""What there is to guess about the neurons, answered by this model."""

from __future__ import annotations

from gpt.analysis import mlp
from gpt.numerals import percent
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.derived.search import job
from pages.ui.state.reading import Reading

SHARES = ("fewer than 1 in 20", "1 in 20 to 1 in 5", "more than 1 in 5")


def panel(seen: Reading, shown: Look | None) -> Guess:
    """Two questions: how few neurons carry a token, and which layer's MLP the model misses most."""
    if shown is None:
        return guess.panel(waiting=waiting(seen, guess.WAITING))
    return guess.panel(*(one for one in (few(shown), missed(seen)) if one is not None))


def few(shown: Look) -> Question:
    """How many neurons carry half of a token's activity."""
    after = shown.trace.mlp_post[shown.layer, shown.position]  # (N,)
    half = mlp.carry_half(after)
    share = half / len(after)
    rest = mlp.at_rest(shown.trace.mlp_pre[shown.layer, shown.position])
    return Question(
        "How many of the chosen layer's neurons carry half of the activity at the token that you look at?",
        SHARES,
        sum(share >= border for border in (0.05, 0.2)),
        f"{half:,} of {len(after):,}, {percent(share, 1)}, in layer {shown.layer + 1} at {shown.place}; "
        f"{percent(rest)} are at rest.",
    )


def missed(seen: Reading) -> Question | None:
    """Which layer's MLP costs most when it is off; None with one layer, or while that is not measured."""
    before, *losses = job(seen.inputs.model, seen.inputs.step).losses or (0.0,)
    L = len(losses)
    if L < 2:
        return None
    worst = max(range(L), key=lambda layer: losses[layer])
    options = ("the first", "one in between", "the last") if L > 2 else ("the first", "the last")
    each = ", ".join(f"{loss:.2f}" for loss in losses)
    return Question(
        "Switch off one layer's whole MLP: without which of them does this model guess worst on held-out text?",
        options,
        0 if worst == 0 else len(options) - 1 if worst == L - 1 else 1,
        f"Layer {worst + 1}: {losses[worst]:.2f} nats a token instead of {before:.2f}. Layer by layer: {each}.",
    )
