"""What there is to guess about the layer norms of this model."""

from __future__ import annotations

from gpt.analysis.layer_norms import Blind, blind, module
from gpt.numerals import short
from pages.ui.board.norms_seen.view import View, waiting
from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.state.reading import Reading


def panel(seen: Reading, view: View | None) -> Guess:
    """Two questions, answered by the norm and the token one looks at."""
    if view is None:
        return guess.panel(waiting=waiting(seen))
    x = view.every.before[view.index, seen.query]  # (C,)
    found = blind(module(seen.model, view.place), x)
    return guess.panel(doubled(found, view), loudest(view))


def doubled(found: tuple[Blind, ...], view: View) -> Question:
    """Which change of its input a norm hears."""
    quiet = [one.what for one in found]
    right = max(range(len(found)), key=lambda i: found[i].seen / found[i].moved)
    told = "; ".join(f"{one.what}: {short(one.seen)}" for one in found)
    return Question(
        "A token's numbers are changed before a norm in one of three ways. Which one does the norm let through?",
        tuple(quiet),
        right,
        f"How far any number behind {view.name} moves: {told}. The mean is taken away and the length divided out; eps "
        f"= {1e-5:g} alone leaves a trace of it. What is left is the shape.",
    )


OPTIONS = ("more than the others (above the mean gain)", "less than the others (below it)")


def loudest(view: View) -> Question:
    """Whether the last norm turns the stream's loudest dimension up or down."""
    before, gain = view.every.before[-1], view.every.gain[-1]  # (T, C), (C,)
    loud = before.abs().mean(dim=0)  # (C,)
    c = int(loud.argmax())
    below = bool(gain[c] < gain.mean())
    rank = int((gain < gain[c]).sum()) + 1
    name = view.names[-1]
    return Question(
        f"One dimension of the stream is the loudest on its way into {name}. Which gain has that norm learned for it?",
        OPTIONS,
        int(below),
        f"Dimension {c + 1} has the mean size {float(loud[c]):.2f}, {float(loud[c] / loud.median()):.1f} times the "
        f"median's; its gain is {float(gain[c]):.2f} and the mean gain {float(gain.mean()):.2f}: number {rank} of "
        f"{len(gain)} from below.",
    )
