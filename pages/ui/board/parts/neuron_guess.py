"""What there is to guess about the neurons, answered by this model."""

from __future__ import annotations

from gpt.analysis import mlp
from gpt.numerals import percent
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.derived.neurons import Losses
from pages.ui.derived.search import job
from pages.ui.state.reading import Reading

SHARES = ("fewer than 1 in 20", "1 in 20 to 1 in 5", "more than 1 in 5")


def panel(seen: Reading, shown: Look | None) -> Guess:
    """What is measured in the background is asked once it is there."""
    if shown is None:
        return guess.panel(waiting=waiting(seen, guess.WAITING))
    losses = job(seen.inputs.model, seen.inputs.step).losses
    asked = [few(shown)] if losses is None else [worse(losses, shown.layer), missed(losses), few(shown)]
    return guess.panel(*(one for one in asked if one is not None))


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


def missed(losses: Losses) -> Question | None:
    """Which layer's MLP costs most when it is off; None with one layer."""
    L = len(losses.off)
    if L < 2:
        return None
    worst = max(range(L), key=lambda layer: losses.off[layer])
    options = ("the first", "one in between", "the last") if L > 2 else ("the first", "the last")
    each = ", ".join(f"{loss:.2f}" for loss in losses.off)
    return Question(
        "Switch off one layer's whole MLP: without which of them does this model guess worst on held-out text?",
        options,
        0 if worst == 0 else len(options) - 1 if worst == L - 1 else 1,
        f"Layer {worst + 1}: {losses.off[worst]:.2f} nats a token instead of {losses.trained:.2f}. "
        f"Layer by layer: {each}.",
    )


def worse(losses: Losses, layer: int) -> Question:
    """Whether an MLP without its bend is worse than none."""
    off, straight = losses.off[layer], losses.straight[layer]
    return Question(
        f"What costs this model more on held-out text: no MLP at all in layer {layer + 1}, or only no bend in it?",
        ("no MLP at all", "only no bend"),
        int(straight > off),
        f"{losses.trained:.2f} nats a token as trained, {off:.2f} without this MLP, {straight:.2f} without its bend, "
        "when the neurons at rest speak, too.",
    )
