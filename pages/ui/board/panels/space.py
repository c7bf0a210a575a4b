"""The token vectors along two or three principal axes, with the prompt's path through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.token_kinds import CASES, KINDS, case, kind
from gpt.numerals import percent
from pages.ui.board.panel import Panel, array, sized
from pages.ui.derived import embeddings as derived
from pages.ui.state.choices.embeddings import COLOURS, axes_step
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Space(Panel):
    """Points along all axes that can be chosen. It tells `choice`: which axes, colours, and whose axes."""

    name = "space"
    U: int
    K: int  # axes to choose from
    names: Sequence[str] = sized("U")
    row: Sequence[int]  # (T,) of each of the prompt's tokens
    colour: str
    colours: Sequence[str]
    group: Sequence[int] = sized("U")  # of each token, by that colour; or how often it occurs
    groups: Sequence[str]  # what they are called; none where the colour is a number
    axes: Sequence[int]
    shares: Sequence[float] = sized("K")  # of the variance
    view: str
    steps: int  # that this model has kept
    low: Sequence[float] = sized("K")  # of the points of this step and of the one whose axes these are
    high: Sequence[float] = sized("K")
    sentence: str
    points: np.ndarray = array("float32", "U", "K")


def panel(seen: Reading) -> Space:
    """All tokens, or the most frequent and the prompt's."""
    chosen, steps = seen.inputs, seen.inputs.shelved.steps
    view = chosen.embeddings.view if len(steps) > 1 else "own"
    of = axes_step(chosen)
    found = derived.along(chosen.model, chosen.step, of)
    bounds = np.concatenate([found.points.numpy(), derived.along(chosen.model, of, of).points.numpy()])  # (2U, K)
    ids = list(derived.mapped(chosen.model))
    more = [i for i in dict.fromkeys(seen.ids) if i not in set(ids)] if len(ids) < len(seen.vocabulary) else []
    points, every = found.points.numpy(), [*ids, *more]
    if more:
        points = np.concatenate([points, derived.placed(chosen.model, chosen.step, of, tuple(more))])
    place = {one: u for u, one in enumerate(every)}
    names = [seen.vocabulary[i] for i in every]
    group, groups = grouped(chosen.embeddings.colour, names, every, chosen.model)
    return Space(
        U=len(every),
        K=points.shape[1],
        names=names,
        row=[place[i] for i in seen.ids],
        colour=chosen.embeddings.colour,
        colours=COLOURS,
        group=group,
        groups=groups,
        axes=chosen.embeddings.axes,
        shares=[round(share, 6) for share in found.shares],
        view=view,
        steps=len(steps),
        low=bounds.min(axis=0).tolist(),
        high=bounds.max(axis=0).tolist(),
        sentence=sentence(seen, view, len(ids), sum(found.shares[axis] for axis in chosen.embeddings.axes)),
        points=points,
    )


def grouped(colour: str, names: Sequence[str], ids: Sequence[int], model: str) -> tuple[list[int], Sequence[str]]:
    """What each token's colour stands for."""
    if colour == "frequency":
        counts = derived.counts(model)
        return [counts[i] if counts else 0 for i in ids], ()
    groups, find = (KINDS, kind) if colour == "kind" else (CASES, case)
    return [groups.index(find(name)) for name in names], groups


def sentence(seen: Reading, view: str, count: int, kept: float) -> str:
    """Which axes these are, and what they keep."""
    V, last = len(seen.vocabulary), seen.inputs.shelved.steps[-1]
    who = f"all {V}" if count == V else f"the {count} most frequent of {V:,}"
    of = f"step {last:,}" if view == "last" and seen.inputs.step != last else "this step"
    return f"PCA of {who} token vectors, axes of {of}. Those chosen keep {percent(kept)} of what is shown."
