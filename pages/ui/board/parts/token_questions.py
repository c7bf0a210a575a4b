"""What one may guess on the page Tokens, answered from the counted text."""

from __future__ import annotations

from gpt.numerals import percent
from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.board.words import quoted
from pages.ui.derived import tokens as derived
from pages.ui.derived.vocabulary import entries, ordered
from pages.ui.state.reading import Reading

WAITING = "The text is being counted; then there is something to guess."


def panel(seen: Reading) -> Guess:
    """Up to three questions about this model's text."""
    found = [frequent(seen), shorter(seen), bytes_twice(seen)]
    return guess.panel(*[one for one in found if one is not None], waiting=WAITING)


def frequent(seen: Reading) -> Question | None:
    """How unevenly the text uses its tokens."""
    every = entries(seen.inputs.model)
    if every[0].count is None or len(every) < 10:
        return None
    most, reached, many = ordered(every, "count"), 0.0, 0
    while reached < 0.5 and many < len(most):
        reached += most[many].share or 0
        many += 1
    share = many / len(every)
    return Question(
        "How many of this model's tokens make up half of its text?",
        ("at most an eighth of them", "between an eighth and a third", "more than a third"),
        0 if share <= 1 / 8 else 1 if share <= 1 / 3 else 2,
        f"{many:,} of {len(every):,}, {percent(share)}: {percent(reached)} of the text, first of all "
        f"{', '.join(quoted(one.token) for one in most[:4])}.",
    )


def shorter(seen: Reading) -> Question | None:
    """What the last merges save."""
    work = derived.pairs(seen.inputs.model)
    if work.result is None or work.result.merges.count < 2_000:
        return None
    lengths = work.result.lengths
    first, all_ = lengths[0] - lengths[256], lengths[0] - lengths[-1]
    share = float(first / all_)
    return Question(
        "Of all bytes that merging saves in this text, what do the first 256 merges save?",
        ("less than a quarter", "a quarter to a half", "more than a half"),
        0 if share < 1 / 4 else 1 if share <= 1 / 2 else 2,
        f"{percent(share)}: the first 256 take {first:,} tokens away, all {len(lengths) - 1:,} together {all_:,}.",
    )


def bytes_twice(seen: Reading) -> Question | None:
    """Whether the merges leave the prompt in fewer pieces than half of its characters."""
    work, text = derived.pairs(seen.inputs.model), seen.inputs.full_text[-100:]
    if work.result is None or not text:
        return None
    seams = work.result.merges.seams_of(text)
    pieces = 1 + sum(closed > work.result.merges.count for closed in seams)
    share = pieces / len(text)
    return Question(
        "With all merges, how many tokens is the end of your prompt (100 characters at most)?",
        ("fewer than a third of its characters", "a third to two thirds", "more"),
        0 if share < 1 / 3 else 1 if share <= 2 / 3 else 2,
        f"{len(text)} characters become {pieces} tokens, {len(text) / pieces:.2f} characters each.",
    )
