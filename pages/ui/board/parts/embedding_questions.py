"""What there is to guess on the page Embeddings, answered by this model's own numbers."""

from __future__ import annotations

from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.board.words import quoted
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading

SHARES = (0.3, 0.6)  # of the variance: little, about half, most
DEALT = 1  # the order that is asked about
TOLD = 1e-5  # what moves by less has not moved


def panel(seen: Reading) -> Guess:
    """As many questions as this model can answer."""
    asked = (neighbour(seen), kept(seen), order(seen), index(seen))
    return guess.panel(*(one for one in asked if one is not None))


def neighbour(seen: Reading) -> Question | None:
    """Which of four tokens is most like the first vowel, or the first token of an alphabet without one."""
    names, chosen = seen.vocabulary, seen.inputs
    one = next((i for i, name in enumerate(names) if name == "e"), 0)
    others = [i for i in (names.index(x) for x in ("a", "E", "r", ".") if x in names) if i != one]
    if len(others) < 3:
        return None
    from gpt.analysis.likeness import unit

    table = unit(seen.checkpoint.model.token_embedding.weight[[one, *others]])  # (1 + options, C)
    cosines = (table[1:] @ table[0]).tolist()
    best = max(range(len(others)), key=cosines.__getitem__)
    told = ", ".join(f"{quoted(names[i])} {cosine:.2f}" for i, cosine in zip(others, cosines, strict=True))
    step = f" at step {chosen.step:,}" if len(chosen.shelved.steps) > 1 else ""
    return Question(
        f"Whose vector points most the way of {quoted(names[one])}?",
        tuple(quoted(names[i]) for i in others),
        best,
        f"By cosine{step}: {told}.",
    )


def kept(seen: Reading) -> Question:
    """How much a flat map can show."""
    shares = derived.along(seen.inputs.model, seen.inputs.step, seen.inputs.step).shares
    two = sum(shares[:2])
    return Question(
        f"How much of the variance of these {seen.config.n_embd} dimensions do the two best axes keep?",
        ("less than 30 %", "30 to 60 %", "more than 60 %"),
        sum(two >= share for share in SHARES),
        f"{100 * two:.0f} %: so the map shows that much of what tells these tokens apart, and hides the rest.",
    )


def order(seen: Reading) -> Question | None:
    """How far an order shows through without positions."""
    if seen.checkpoint.config.n_layer < 2 or len(seen.ids) < 3 or not seen.inputs.embeddings.shuffle:
        return None
    found = derived.reordered(seen.inputs.model, seen.inputs.step, seen.ids, seen.inputs.embeddings.shuffle).without
    still = sum(change <= TOLD for change in found)
    right = 0 if still == 0 else 2 if still == len(found) else 1
    moved = ", ".join(f"{change:.1e}" if change <= TOLD else f"{change:.2f}" for change in found)
    return Question(
        "Without positions: after which blocks is the last token's output the same in either order?",
        ("after none", "after the first ones only", "after all"),
        right,
        f"Largest change after each block: {moved}.",
    )


def index(seen: Reading) -> Question | None:
    """What a layer norm does to an index that is added to every number."""
    config = seen.checkpoint.config
    if config.norm != "pre" or not config.n_layer:
        return None
    found = {one.scheme: one for one in derived.ideas(seen.inputs.model, seen.inputs.step)}["index"]
    return Question(
        "Add the index 0, 1, 2 … to every number of a token's vector: how much of it is left behind a layer norm?",
        ("nothing", "about half", "nearly all"),
        0 if found.seen < 1e-3 else 1 if found.seen < 1 else 2,
        f"The norm's output changes by {found.seen:.0e} of its length: what is added to all numbers alike is their "
        "mean, and the norm takes the mean away. So this model reads as if it had no positions.",
    )
