"""a - b + c: where a difference of two token vectors leads from a third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel, sized
from pages.ui.board.words import quoted
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Direction(Panel):
    """Three tokens and what is near to their sum. It tells `choice`: the ids, as the parameter `sum`."""

    name = "direction"
    N: int
    ids: Sequence[int] = sized("N")  # that can be chosen
    names: Sequence[str] = sized("N")
    chosen: Sequence[int]  # a, b, c
    called: Sequence[str]  # their text
    nearest: Sequence[tuple[str, int, float]]  # text, id, cosine with a - b + c; without these three
    before: Sequence[tuple[str, int, float]]  # the same with c alone
    sentence: str


def panel(seen: Reading) -> Direction:
    """The chosen sum; of letters, small - capital + another capital, if none is chosen."""
    chosen, V = seen.inputs, len(seen.vocabulary)
    a, b, c = terms(seen)
    found = derived.direction(chosen.model, chosen.step, a, b, c)
    ids = list(derived.mapped(chosen.model))
    ids += [i for i in dict.fromkeys((a, b, c)) if i not in ids]

    def told(rows: Sequence[tuple[int, float]]) -> list[tuple[str, int, float]]:
        return [(seen.vocabulary[i], i, round(cosine, 4)) for i, cosine in rows]

    return Direction(
        N=len(ids),
        ids=ids,
        names=[seen.vocabulary[i] for i in ids],
        chosen=(a, b, c),
        called=[seen.vocabulary[i] for i in (a, b, c)],
        nearest=told(found.nearest),
        before=told(found.before),
        sentence=sentence(seen) if V > 3 else "This alphabet is too small for directions to mean much.",
    )


def terms(seen: Reading) -> tuple[int, int, int]:
    """Ids of a, b and c that this model has."""
    V, asked = len(seen.vocabulary), seen.inputs.embeddings.sum
    if asked is not None:
        a, b, c = (min(i, V - 1) for i in asked)
        return a, b, c
    pairs = derived.letters(seen.inputs.model)
    if len(pairs) > 1:
        (capital, small), (other, _) = pairs[0], pairs[1]
        return small, capital, other
    return min(2, V - 1), min(1, V - 1), 0


def sentence(seen: Reading) -> str:
    """What the direction from capital to small does for all other letters, where there are letters."""
    found = derived.capitals(seen.inputs.model, seen.inputs.step)
    if found is None:
        return "The three tokens themselves do not count as neighbours."
    pairs = derived.letters(seen.inputs.model)
    capital, small = (quoted(seen.vocabulary[i]) for i in pairs[0])
    return (
        f"{small} − {capital} added to each of {found.count} other capital letters: the nearest is its small letter "
        f"for {found.right}; for {found.alone} it was already. "
        f"The mean cosine with the small letter: {found.before:.2f} → {found.after:.2f}."
    )
